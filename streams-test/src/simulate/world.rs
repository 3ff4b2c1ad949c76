//! A run: processes of one application, what goes wrong, and what has to hold in the end. One
//! thread, whose time is made up.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use streams_runtime::broker::{BrokerError, NewTopic, TopicPartition};
use streams_runtime::machine::{Now, Process, Wake};
use streams_runtime::plan::changelog_topic;
use streams_runtime::record::{NewRecord, RecordRef};
use streams_runtime::{AppState, Streams, Topology};

use super::broker::SimBroker;
use super::layout::Layout;
use super::link::Link;
use super::net::{EPOCH_MS, Net, lock};
use super::plan::{Fault, MS, Micros, Plan, SECOND};
use super::random::Random;
use super::stores::{Disk, SimStores};
use super::watch::{Fed, Round, Watch};

/// Everything has to be done and committed so long after the last fault.
const PATIENCE: Micros = 120 * SECOND;
/// How long a step of the input that has to wait waits at a time.
const PACE: Micros = 30 * MS;
/// A part that has so many steps one after the other without any rest does not get on.
const RESTLESS: u32 = 20_000;

/// What is simulated: a topology, its topics, and who makes the input and looks on.
pub(super) struct Scenario<T> {
    pub(super) application_id: String,
    /// Topics that are there at the start; those without a number of partitions have that of the
    /// run.
    pub(super) topics: Vec<(String, Option<i32>)>,
    pub(super) make: Box<dyn Fn() -> T>,
    pub(super) settings: Box<dyn Fn(Streams<T>) -> Streams<T>>,
    /// Whether the log is on a disk.
    pub(super) on_disk: bool,
    /// Whether a step of the input waits for all before it.
    pub(super) is_paced: bool,
    pub(super) watch: Box<dyn Watch>,
}

/// What came of a run.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) findings: Vec<String>,
    /// What happened, if it was to be kept.
    pub(super) trace: Vec<String>,
    /// The same for the same events.
    pub(super) hash: u64,
    /// How many steps the processes had.
    pub(super) steps: u64,
}

/// Something that the world does at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    Step {
        slot: usize,
        incarnation: u64,
        part: usize,
        token: u64,
    },
    Fault(usize),
    Feed(u64),
    Start(usize),
    /// The log is opened again.
    Reopen,
}

#[derive(Default)]
struct Part {
    token: u64,
    next: Option<Micros>,
    has_ended: bool,
    restless: u32,
}

struct Running {
    link: Arc<Link>,
    process: Process,
    parts: Vec<Part>,
    /// It was started while things went wrong.
    in_trouble: bool,
    /// It was told to stop, and comes back after so long.
    stopping: Option<Micros>,
    /// It will die within a step.
    dying: Option<(Micros, bool)>,
}

#[derive(Default)]
struct Slot {
    incarnation: u64,
    running: Option<Running>,
    disk: Arc<Mutex<Disk>>,
    shift_ms: i64,
    slow: (Micros, Micros),
    /// It comes back by itself.
    is_due: bool,
}

pub(super) struct World<T> {
    net: Arc<Net>,
    scenario: Scenario<T>,
    slots: Vec<Slot>,
    agenda: BinaryHeap<Reverse<(Micros, u64, Item)>>,
    numbers: u64,
    links: u64,
    random: Random,
    steps: u64,
    /// Steps of the input that are still to come.
    unfed: u64,
    /// Records of the input that the disk did not take.
    waiting: Vec<Fed>,
    /// The log is opened again soon, after a loss of power or not.
    reopens: Option<bool>,
    /// Syncs have lied, and nothing can be said of what is left.
    is_void: bool,
}

/// Runs a scenario.
pub(super) fn run<T: Topology>(plan: Plan, mut scenario: Scenario<T>, traced: bool) -> Ran {
    struct Nobody;
    impl Watch for Nobody {
        fn feed(&mut self, _: &mut Random, _: u64) -> Vec<Fed> {
            Vec::new()
        }
    }
    let topology_plan = (scenario.make)().plan();
    let layout = Layout::new(&topology_plan, &scenario.application_id);
    let watch = std::mem::replace(&mut scenario.watch, Box::new(Nobody));
    let net = match Net::new(plan, layout, watch, (traced, scenario.on_disk)) {
        Ok(net) => net,
        Err(error) => return Ran { findings: vec![error.to_string()], trace: Vec::new(), hash: 0, steps: 0 },
    };
    let random = Random::new(net.plan.dice.of("input"));
    let slots = (0..net.plan.processes).map(|_| Slot::default()).collect();
    let agenda = BinaryHeap::new();
    let mut world = World {
        net: Arc::clone(&net),
        scenario,
        slots,
        agenda,
        numbers: 0,
        links: 0,
        random,
        steps: 0,
        unfed: 0,
        waiting: Vec::new(),
        reopens: None,
        is_void: false,
    };
    if let Err(error) = world.run() {
        net.find(format!("the run did not come to its end: {error}"));
    }
    for slot in &mut world.slots {
        if let Some(running) = slot.running.take() {
            running.link.die();
        }
    }
    net.close();
    Ran { findings: net.findings(), trace: net.trace.take_text(), hash: net.trace.hash(), steps: world.steps }
}

impl<T: Topology> World<T> {
    fn run(&mut self) -> Result<(), BrokerError> {
        let plan = self.net.plan.clone();
        for (topic, partitions) in &self.scenario.topics {
            let partitions = partitions.unwrap_or(plan.partitions);
            self.net.create_topic(&NewTopic { name: topic.clone(), partitions, replication: 1, config: BTreeMap::new() })?;
        }
        self.feed_before(Round::Begin)?;
        for slot in 0..self.slots.len() {
            let dice = plan.dice.of("start");
            let at = if slot == 0 || dice.one_in(slot as u64, 2) { 0 } else { dice.nth(1).below(slot as u64, plan.feed / 2) };
            self.slots[slot].is_due = true;
            self.at(at, Item::Start(slot));
        }
        self.unfed = plan.steps;
        for step in 0..plan.steps {
            let at = plan.feed * step / plan.steps.max(1) + plan.dice.of("feed").below(step, 20 * MS);
            self.at(at, Item::Feed(step));
        }
        for (place, (_, at, _)) in plan.faults.iter().enumerate() {
            self.at(*at, Item::Fault(place));
        }
        self.go_on(plan.feed)?;
        if !self.is_void {
            self.calm_down()?;
        }
        if self.is_void {
            return Ok(());
        }
        self.settle(Round::Calm)?;
        self.restart()?;
        self.settle(Round::Restarted)?;
        self.count_questions();
        Ok(())
    }

    fn at(&mut self, at: Micros, item: Item) {
        self.numbers += 1;
        self.agenda.push(Reverse((at.max(self.net.now()), self.numbers, item)));
    }

    /// Everything until then.
    fn go_on(&mut self, until: Micros) -> Result<(), BrokerError> {
        loop {
            let (events, items) = (self.net.next_at(), self.agenda.peek().map(|Reverse((at, ..))| *at));
            let next = match (events, items) {
                (Some(event), Some(item)) => event.min(item),
                (Some(at), None) | (None, Some(at)) => at,
                (None, None) => Micros::MAX,
            };
            if next > until {
                self.net.advance(until);
                return Ok(());
            }
            if events == Some(next) {
                self.net.next();
            } else if let Some(Reverse((at, _, item))) = self.agenda.pop() {
                self.net.advance(at);
                self.does(item)?;
            }
            self.take_wakes();
            if self.net.is_broken() && self.reopens.is_none() {
                // Whoever hears of it ends; then somebody makes room, and starts all anew.
                self.reopens = Some(false);
                self.at(self.net.now() + SECOND, Item::Reopen);
            }
            if self.is_void {
                return Ok(());
            }
        }
    }

    fn does(&mut self, item: Item) -> Result<(), BrokerError> {
        match item {
            Item::Start(slot) => self.start(slot),
            Item::Reopen => self.reopen(self.reopens.unwrap_or(false), SECOND)?,
            // All steps before it as well, of which each was fed when nothing was open.
            Item::Feed(step) if self.scenario.is_paced && (step + self.unfed > self.net.plan.steps || !self.is_done()) => {
                self.at(self.net.now() + PACE, Item::Feed(step));
            }
            Item::Feed(step) => {
                self.unfed -= 1;
                let mut random = self.random.clone().for_step(step);
                let fed = lock(&self.net.watch).feed(&mut random, step);
                self.feed(fed)?;
            }
            Item::Fault(place) => {
                if let Some((_, _, fault)) = self.net.plan.faults.get(place).copied() {
                    self.happen(fault)?;
                }
            }
            Item::Step { slot, incarnation, part, token } => self.step(slot, incarnation, part, token),
        }
        Ok(())
    }

    fn feed(&mut self, fed: Vec<Fed>) -> Result<(), BrokerError> {
        for record in fed {
            let Fed { topic, partition, key, value, timestamp_ms } = &record;
            let new = NewRecord { key: key.as_deref(), value: value.as_deref(), timestamp_ms: *timestamp_ms, offset: 0 };
            if self.net.medium.is_none() {
                self.net.append(topic, *partition, new.into(), None)?;
            } else if self.reopens.is_some() || !self.write_safely(&record)? {
                self.waiting.push(record);
            }
        }
        Ok(())
    }

    /// Whether a record of the input is there for good. One that was written and could not be made
    /// safe may be there as well; then it is written again.
    fn write_safely(&mut self, fed: &Fed) -> Result<bool, BrokerError> {
        let new = NewRecord { key: fed.key.as_deref(), value: fed.value.as_deref(), timestamp_ms: fed.timestamp_ms, offset: 0 };
        let net = Arc::clone(&self.net);
        let written = net.append(&fed.topic, fed.partition, new.into(), None).and_then(|written| net.log().flush().map(|()| written));
        match written {
            Ok((partition, offset)) => {
                net.on_medium(|medium| medium.acknowledged(&TopicPartition::new(fed.topic.as_str(), partition), offset + 1));
                Ok(true)
            }
            Err(error) if net.is_of_disk(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether a record that could not be made safe has got through all the same.
    fn is_there(&self, fed: &Fed) -> bool {
        let log = self.net.log();
        (0..log.partitions(&fed.topic).unwrap_or(0)).any(|partition| {
            let found = log.read(&fed.topic, partition, 0, usize::MAX).unwrap_or_default();
            let is_it = |record: RecordRef<'_>| -> bool {
                (record.key, record.value, record.timestamp_ms) == (fed.key.as_deref(), fed.value.as_deref(), fed.timestamp_ms)
            };
            found.iter().any(is_it)
        })
    }

    /// All processes are gone and the log with them, and come back.
    fn reopen(&mut self, loses_power: bool, down: Micros) -> Result<(), BrokerError> {
        self.net.trace.note(self.net.now(), None, "reopen", [i64::from(loses_power), 0, 0], || format!("power lost: {loses_power}"));
        for slot in 0..self.slots.len() {
            self.crash(slot, down, false);
        }
        self.reopens = None;
        self.is_void = !self.net.reopen(loses_power)?;
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.retain(|fed| !self.is_there(fed));
        if self.is_void { Ok(()) } else { self.feed(waiting) }
    }

    fn start(&mut self, slot: usize) {
        self.slots[slot].is_due = false;
        if self.slots[slot].running.is_some() {
            return;
        }
        self.slots[slot].incarnation += 1;
        self.links += 1;
        let incarnation = self.slots[slot].incarnation;
        let link = Link::new(&self.net, self.links, (slot, incarnation));
        link.note("start", 0, String::new);
        let plan = &self.net.plan;
        let mut streams = Streams::new((self.scenario.make)())
            .application_id(self.scenario.application_id.as_str())
            .broker(Arc::new(SimBroker(Arc::clone(&link))))
            .threads(plan.threads)
            .cache_max_bytes(plan.cache_bytes)
            .commit_interval(Duration::from_millis(plan.commit_interval_ms))
            .session_timeout(Duration::from_millis(plan.session_timeout_ms))
            .delivery_timeout(Duration::from_millis(plan.delivery_timeout_ms))
            .linger(Duration::from_millis(2))
            .repartition_purge_interval(Duration::from_millis(700))
            .window_changelog_additional_retention(Duration::ZERO);
        if plan.keeps_state {
            streams = streams.stores(SimStores { link: Arc::clone(&link), disk: Arc::clone(&self.slots[slot].disk) });
        }
        if plan.static_members {
            streams = streams.instance_id(format!("slot-{slot}"));
        }
        let process = Process::new((self.scenario.settings)(streams));
        let in_trouble = !self.net.is_calm();
        let running = Running { link, process, parts: Vec::new(), in_trouble, stopping: None, dying: None };
        self.slots[slot].running = Some(running);
        self.add_parts(slot);
    }

    /// Parts that are new have their first step.
    fn add_parts(&mut self, slot: usize) {
        let now = self.net.now();
        let Some(running) = &mut self.slots[slot].running else { return };
        let known = running.parts.len();
        let count = running.process.parts();
        running.parts.resize_with(count.max(known), Part::default);
        for part in known..count {
            self.step_at(slot, part, now + 10);
        }
    }

    fn step_at(&mut self, slot: usize, part: usize, at: Micros) {
        let incarnation = self.slots[slot].incarnation;
        let Some(place) = self.slots[slot].running.as_mut().and_then(|running| running.parts.get_mut(part)) else { return };
        if place.has_ended || place.next.is_some_and(|next| next <= at) {
            return;
        }
        place.token += 1;
        place.next = Some(at);
        let token = place.token;
        self.at(at, Item::Step { slot, incarnation, part, token });
    }

    fn take_wakes(&mut self) {
        for slot in 0..self.slots.len() {
            let Some(running) = &mut self.slots[slot].running else { continue };
            let mut woken = 0_u64;
            for part in 0..running.parts.len() {
                let by_client = part > 0 && running.link.take_woken(part - 1);
                if running.process.take_woken(part) || by_client {
                    woken |= 1 << part.min(63);
                }
            }
            if woken != 0 {
                let at = self.net.now() + 5;
                for part in (0..64).filter(|part| woken & (1 << part) != 0) {
                    self.step_at(slot, part, at);
                }
            }
        }
    }

    fn step(&mut self, slot: usize, incarnation: u64, part: usize, token: u64) {
        let now = self.net.now();
        let (shift_ms, slow) = (self.slots[slot].shift_ms, self.slots[slot].slow);
        if self.slots[slot].incarnation != incarnation {
            return;
        }
        let Some(running) = &mut self.slots[slot].running else { return };
        let Some(place) = running.parts.get_mut(part).filter(|place| place.token == token && !place.has_ended) else { return };
        place.next = None;
        if let Some(until) = running.link.frozen_until() {
            self.step_at(slot, part, until + 5);
            return;
        }
        let link = Arc::clone(&running.link);
        link.set_part(part);
        let (dice, count) = link.chance("step");
        let cost = if slow.0 > now { slow.1 } else { dice.between(count, 5, 120) };
        let told = Now { mono: Duration::from_micros(now), wall_ms: EPOCH_MS + (now / MS) as i64 + shift_ms };
        self.steps += 1;
        let wake = catch_unwind(AssertUnwindSafe(|| running.process.step(part, told)));
        if link.is_dead() {
            let (down, loses_state) = running.dying.take().unwrap_or((SECOND, false));
            self.crash(slot, down, loses_state);
            return;
        }
        let wake = match wake {
            Ok(wake) => wake,
            Err(_) => {
                link.find(format_args!("part {part} panicked"));
                self.crash(slot, SECOND, false);
                return;
            }
        };
        match wake {
            Wake::Again => {
                let place = &mut running.parts[part];
                place.restless += 1;
                if place.restless >= RESTLESS {
                    link.find(format_args!("part {part} has had {RESTLESS} steps without a rest"));
                    self.crash(slot, SECOND, false);
                    return;
                }
                self.step_at(slot, part, now + cost);
            }
            Wake::At(at) => {
                running.parts[part].restless = 0;
                let at = u64::try_from(at.as_micros()).unwrap_or(Micros::MAX / 4);
                self.step_at(slot, part, at.max(now + cost));
            }
            Wake::Ended => running.parts[part].has_ended = true,
        }
        self.add_parts(slot);
        self.look_after(slot);
    }

    /// A process of which all parts have ended is gone, and is to have a reason.
    fn look_after(&mut self, slot: usize) {
        let Some(running) = &mut self.slots[slot].running else { return };
        if !running.parts.first().is_some_and(|control| control.has_ended) {
            return;
        }
        let Some(running) = self.slots[slot].running.take() else { return };
        let (link, failure) = (&running.link, running.process.failure());
        link.note("ended", i64::from(failure.is_some()), || format!("{failure:?}"));
        match &failure {
            None if running.stopping.is_none() => link.find(format_args!("has ended without a reason, {:?}", running.process.state())),
            None if link.left_unacknowledged() => link.find("has left its group before all was acknowledged, and says that all is well"),
            None => {}
            Some(error) => {
                let text = error.to_string();
                let while_stopping = running.stopping.is_some() && running.in_trouble;
                let while_starting = running.parts.len() == 1 && running.in_trouble;
                let may = link.excused().is_some() || while_stopping || while_starting || lock(&self.net.watch).may_fail(&text);
                if !may {
                    link.find(format_args!("ended by itself: {text}"));
                }
            }
        }
        let after = running.stopping.unwrap_or(SECOND);
        running.link.die();
        drop(running);
        self.come_back(slot, after);
    }

    fn come_back(&mut self, slot: usize, after: Micros) {
        self.slots[slot].is_due = true;
        let after = if self.net.is_calm() { after.min(SECOND) } else { after };
        let at = self.net.now() + after;
        self.at(at, Item::Start(slot));
    }

    fn crash(&mut self, slot: usize, down: Micros, loses_state: bool) {
        let Some(running) = self.slots[slot].running.take() else { return };
        running.link.note("crash", i64::from(loses_state), String::new);
        running.link.die();
        let dice = self.net.plan.dice.of("disk").nth(running.link.number);
        drop(running);
        if loses_state {
            self.slots[slot].disk = Arc::default();
        } else {
            lock(&self.slots[slot].disk).crash(|number| dice.one_in(number, 4));
        }
        self.come_back(slot, down);
    }

    fn happen(&mut self, fault: Fault) -> Result<(), BrokerError> {
        let now = self.net.now();
        self.net.trace.note(now, None, "fault", [0; 3], || fault.to_string());
        let of = self.slots.len();
        match fault {
            Fault::Crash { slot, after_calls, down, loses_state } if slot < of => match after_calls {
                None => self.crash(slot, down, loses_state),
                Some(calls) => {
                    if let Some(running) = &mut self.slots[slot].running {
                        running.dying = Some((down, loses_state));
                        running.link.die_after(calls);
                    }
                }
            },
            Fault::Stop { slot, down } if slot < of => {
                if let Some(running) = &mut self.slots[slot].running {
                    running.link.note("stop", 0, String::new);
                    running.stopping = Some(down);
                    running.process.stop();
                    self.step_at(slot, 0, now + 5);
                }
            }
            Fault::Freeze { slot, lasts } if slot < of => {
                if let Some(running) = &self.slots[slot].running {
                    running.link.freeze(now + lasts);
                }
            }
            Fault::Slow { slot, lasts, step } if slot < of => self.slots[slot].slow = (now + lasts, step),
            Fault::Clock { slot, by_ms } if slot < of => self.slots[slot].shift_ms += by_ms,
            Fault::Partitioned { slot, lasts } if slot < of => {
                if let Some(running) = &self.slots[slot].running {
                    running.link.cut(now + lasts);
                }
            }
            Fault::Outage { lasts } => self.net.outage(lasts),
            Fault::LeadersAway { class, of, lasts } => self.net.leaders_away(class, of, lasts),
            Fault::CoordinatorAway { lasts } => self.net.coordinator_away(lasts),
            Fault::Throttle { lasts, by } => self.net.throttle(lasts, by),
            Fault::DeleteHeads { lasts } => self.net.forget(lasts),
            Fault::PowerLoss { after: Some(after), .. } if self.reopens.is_none() => {
                self.net.on_medium(|medium| medium.fails(after, true));
                // If nothing is written in that time the power is lost between two operations.
                self.reopens = Some(self.may_lose_power());
                self.at(now + SECOND / 2, Item::Reopen);
            }
            Fault::PowerLoss { down, .. } if self.reopens.is_none() => self.reopen(self.may_lose_power(), down)?,
            Fault::AllEnd { down } if self.reopens.is_none() => self.reopen(false, down)?,
            Fault::DiskFails { after } => self.net.on_medium(|medium| medium.fails(after, false)).unwrap_or_default(),
            Fault::DiskFull { room } => self.net.on_medium(|medium| medium.fills(room)).unwrap_or_default(),
            Fault::SyncsLie { lasts } => {
                self.net.on_medium(|medium| medium.lies(true));
                self.net.at(now + lasts, |net| {
                    net.on_medium(|medium| medium.lies(false));
                });
            }
            // Of a process that was left out.
            _ => {}
        }
        Ok(())
    }

    /// Where records are acknowledged that are not safe, only their process may end.
    fn may_lose_power(&self) -> bool {
        self.net.on_medium(|medium| !medium.is_lax).unwrap_or(false)
    }

    fn calm_down(&mut self) -> Result<(), BrokerError> {
        self.net.trace.note(self.net.now(), None, "calm", [0; 3], String::new);
        self.net.calm_down();
        self.net.on_medium(|medium| medium.heal());
        if let Some(loses_power) = self.reopens {
            self.reopen(loses_power, SECOND)?;
        }
        for slot in 0..self.slots.len() {
            self.slots[slot].slow = (0, 0);
            match &self.slots[slot].running {
                Some(running) => running.link.connect(),
                None => self.at(self.net.now(), Item::Start(slot)),
            }
        }
        // Whoever stands still wakes up at its time.
        let frozen = self.slots.iter().filter_map(|slot| slot.running.as_ref()?.link.frozen_until()).max();
        self.go_on(frozen.unwrap_or(0).max(self.net.now()) + self.net.plan.session_timeout_ms * MS)?;
        self.feed_before(Round::Calm)
    }

    fn feed_before(&mut self, round: Round) -> Result<(), BrokerError> {
        let fed = lock(&self.net.watch).before(round, self.net.plan.partitions);
        self.feed(fed)
    }

    /// Everything that was fed is written, processed and committed.
    fn is_done(&self) -> bool {
        self.waiting.is_empty() && self.reopens.is_none() && self.open().is_empty()
    }

    /// What is not committed yet.
    fn open(&self) -> Vec<String> {
        let mut partitions = Vec::new();
        for topic in self.net.layout.inputs() {
            let count = self.net.log().partitions(topic).unwrap_or(0);
            partitions.extend((0..count).map(|partition| TopicPartition::new(topic, partition)));
        }
        let committed = self.net.committed(&partitions);
        let mut open = Vec::new();
        for (partition, committed) in partitions.iter().zip(committed) {
            let end = self.net.log().end_offset(&partition.topic, partition.partition).unwrap_or(0);
            let committed = committed.unwrap_or(0);
            if committed < end {
                open.push(format!("{partition} at {committed} of {end}"));
            }
        }
        open
    }

    /// All is well: everything has to be done and committed soon, and right.
    fn settle(&mut self, round: Round) -> Result<(), BrokerError> {
        let deadline = self.net.now() + PATIENCE;
        loop {
            self.go_on(self.net.now() + 100 * MS)?;
            let open = self.open();
            let are_running = |slot: &Slot| slot.running.as_ref().is_some_and(|running| running.process.state() == AppState::Running);
            let resting = self.slots.iter().filter(|slot| !are_running(slot)).count();
            if open.is_empty() && resting == 0 && self.unfed == 0 && self.reopens.is_none() && self.waiting.is_empty() {
                // Backends are written when the group has answered. A process may be given the
                // tasks of one that has died just then.
                self.go_on(self.net.now() + 2 * SECOND)?;
                if self.all_tasks_run() {
                    break;
                }
            }
            if self.net.now() >= deadline {
                let states: Vec<String> = self
                    .slots
                    .iter()
                    .map(|slot| slot.running.as_ref().map_or_else(|| "gone".to_owned(), |running| format!("{:?}", running.process.state())))
                    .collect();
                self.net.find(format!(
                    "{round:?}: not everything is done {} s after the last fault: {open:?}, processes {states:?}",
                    PATIENCE / SECOND
                ));
                break;
            }
        }
        self.check_tasks(round);
        self.check_stores(round);
        let findings = lock(&self.net.watch).settled(round, &self.net.log());
        findings.into_iter().for_each(|finding| self.net.find(format!("{round:?}: {finding}")));
        Ok(())
    }

    fn all_tasks_run(&self) -> bool {
        let mut tasks = self.slots.iter().filter_map(|slot| slot.running.as_ref()).flat_map(|running| running.process.tasks());
        tasks.all(|(_, _, is_running)| is_running)
    }

    /// Each task runs once.
    fn check_tasks(&self, round: Round) {
        let mut owners = BTreeMap::new();
        for slot in &self.slots {
            let Some(running) = &slot.running else { continue };
            for (task, _, is_running) in running.process.tasks() {
                if !is_running {
                    running.link.find(format_args!("{round:?}: task {task} does not run in the end"));
                }
                if let Some(other) = owners.insert(task, running.link.name()) {
                    running.link.find(format_args!("{round:?}: task {task} is also that of process {}.{}", other.0, other.1));
                }
            }
        }
    }

    /// What backends have is what changelogs say, up to their positions.
    fn check_stores(&self, round: Round) {
        for slot in &self.slots {
            let Some(running) = &slot.running else { continue };
            let tasks: Vec<_> = running.process.tasks().into_iter().map(|(task, ..)| (task.sub_topology, task.partition)).collect();
            let disk = lock(&slot.disk);
            for ((store, part, partition), rows) in &disk.stores {
                let Some(position) = rows.position.filter(|_| tasks.contains(&(*part, *partition))) else { continue };
                if !self.net.layout.plain_stores.contains(store) {
                    continue;
                }
                let topic = changelog_topic(&self.net.layout.application_id, store);
                let Ok(records) = self.net.log().read(&topic, *partition, 0, usize::MAX) else { continue };
                let mut said: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
                for record in records.iter().filter(|record| record.offset < position) {
                    let key = record.key.unwrap_or_default().to_vec();
                    match record.value {
                        Some(value) => said.insert(key, value.to_vec()),
                        None => said.remove(&key),
                    };
                }
                let time = size_of::<i64>();
                let held = rows.rows.iter().map(|(key, row)| (key.clone(), row.get(time..).unwrap_or_default().to_vec()));
                let held: BTreeMap<Vec<u8>, Vec<u8>> = held.collect();
                let differs = |key: &&Vec<u8>| said.get(*key) != held.get(*key) && !self.net.is_stale(&topic, key);
                if let Some(key) = said.keys().chain(held.keys()).find(differs) {
                    let key = key.escape_ascii();
                    running.link.find(format_args!("{round:?}: `{store}` {partition} and its changelog up to {position} differ at {key}"));
                }
            }
        }
    }

    /// All processes go, and come back with nothing but what is in the topics, or with their disks.
    fn restart(&mut self) -> Result<(), BrokerError> {
        let wipes = self.net.plan.dice.of("restart").one_in(0, 2);
        for slot in 0..self.slots.len() {
            self.crash(slot, SECOND, wipes);
        }
        self.go_on(self.net.now() + self.net.plan.session_timeout_ms * MS + SECOND)?;
        self.feed_before(Round::Restarted)
    }

    /// Offsets can be asked for together: an assignment takes few questions.
    fn count_questions(&self) {
        for running in self.slots.iter().filter_map(|slot| slot.running.as_ref()) {
            let (questions, assignments) = running.link.questions();
            let most = 6 * assignments.max(1) * self.net.plan.threads as u64;
            if questions > most {
                running.link.find(format_args!("asked {questions} times for offsets at {assignments} assignments"));
            }
        }
    }
}
