//! One process as the network sees it, from its start to its end.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, Weak};
use std::task::{Context, Poll, Waker};

use streams_runtime::broker::{Answer, Broker, BrokerError, Isolation, OffsetAt, TopicPartition};

use super::net::{Net, Target, lock};
use super::plan::{MS, Micros, SILENT};
use super::producer::Outbox;
use super::random::Dice;
use super::trace::Who;

/// How long a client waits at most before it looks again for somebody who was away.
const PAUSE: Micros = 200 * MS;

#[derive(Default)]
struct State {
    dead: bool,
    frozen_until: Micros,
    /// Until when it cannot reach the broker.
    cut_until: Micros,
    calls: u64,
    dies_at_call: Option<u64>,
    counts: BTreeMap<&'static str, u64>,
    /// What it has been given and has not given back, as far as it knows.
    owned: BTreeSet<TopicPartition>,
    /// The topics that it shares out with its group.
    leads: Vec<String>,
    /// Partitions that its consumers read.
    reading: BTreeMap<TopicPartition, u32>,
    /// What it knows to be lost, and has not given back.
    lost: Vec<TopicPartition>,
    /// Partitions whose commit was refused, and that are not read anew.
    refused: BTreeSet<TopicPartition>,
    outboxes: Vec<(usize, Weak<Mutex<Outbox>>)>,
    /// The part that is being stepped.
    part: usize,
    lost_at: Option<Micros>,
    excuse: Option<String>,
    unacknowledged_at_leave: bool,
    questions: u64,
    assignments: u64,
    /// Workers whose consumers have something.
    woken: BTreeSet<usize>,
}

/// The network of one process.
pub(super) struct Link {
    pub(super) net: Arc<Net>,
    /// No other link of the run has it.
    pub(super) number: u64,
    slot: usize,
    incarnation: u64,
    dice: Dice,
    state: Mutex<State>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Link({}.{})", self.slot, self.incarnation)
    }
}

impl Link {
    pub(super) fn new(net: &Arc<Net>, number: u64, (slot, incarnation): Who) -> Arc<Self> {
        let dice = net.plan.dice.of("link").nth(slot as u64).nth(incarnation);
        Arc::new(Link { net: Arc::clone(net), number, slot, incarnation, dice, state: Mutex::default() })
    }

    pub(super) fn name(&self) -> Who {
        (self.slot, self.incarnation)
    }

    pub(super) fn note(&self, what: &'static str, number: i64, text: impl FnOnce() -> String) {
        self.net.trace.note(self.net.now(), Some(self.name()), what, [number, 0, 0], text);
    }

    pub(super) fn find(&self, finding: impl std::fmt::Display) {
        self.net.find(format!("process {}.{}: {finding}", self.slot, self.incarnation));
    }

    /// The chances of the next case of a kind.
    pub(super) fn chance(&self, kind: &'static str) -> (Dice, u64) {
        let mut state = lock(&self.state);
        let count = state.counts.entry(kind).or_default();
        *count += 1;
        (self.dice.of(kind), *count)
    }

    pub(super) fn is_dead(&self) -> bool {
        lock(&self.state).dead
    }

    pub(super) fn die(&self) {
        lock(&self.state).dead = true;
    }

    /// It will die within a step, after so many calls.
    pub(super) fn die_after(&self, calls: u64) {
        let mut state = lock(&self.state);
        state.dies_at_call = Some(state.calls + calls);
    }

    pub(super) fn freeze(&self, until: Micros) {
        let mut state = lock(&self.state);
        state.frozen_until = state.frozen_until.max(until);
    }

    /// Its way to the broker is free again.
    pub(super) fn connect(&self) {
        let mut state = lock(&self.state);
        state.cut_until = 0;
    }

    pub(super) fn cut(&self, until: Micros) {
        let mut state = lock(&self.state);
        state.cut_until = state.cut_until.max(until);
    }

    /// Until when it stands still, if it does.
    pub(super) fn frozen_until(&self) -> Option<Micros> {
        let until = lock(&self.state).frozen_until;
        (until > self.net.now()).then_some(until)
    }

    pub(super) fn set_part(&self, part: usize) {
        lock(&self.state).part = part;
    }

    pub(super) fn part(&self) -> usize {
        lock(&self.state).part
    }

    /// A call of the client; `false`: the process is gone.
    pub(super) fn enter(&self) -> bool {
        let mut state = lock(&self.state);
        state.calls += 1;
        if state.dies_at_call.is_some_and(|at| state.calls > at) {
            state.dead = true;
        }
        !state.dead
    }

    /// Something that lets the process end by itself.
    pub(super) fn excuse(&self, excuse: impl Into<String>) {
        lock(&self.state).excuse.get_or_insert(excuse.into());
    }

    pub(super) fn excused(&self) -> Option<String> {
        lock(&self.state).excuse.clone()
    }

    /// What the client's own threads do: not while the process stands still, and not after its end.
    pub(super) fn at(self: &Arc<Self>, at: Micros, action: impl FnOnce(&Arc<Link>) + Send + 'static) {
        let link = Arc::clone(self);
        self.net.at(at, move |_| {
            if link.is_dead() {
                return;
            }
            match link.frozen_until() {
                Some(until) => link.at(until, action),
                None => action(&link),
            }
        });
    }

    /// How long a message is on its way.
    pub(super) fn delay(&self, kind: &'static str) -> Micros {
        let (dice, count) = self.chance(kind);
        let mut delay = dice.nth(1).between(count, 50, self.net.plan.latency);
        let rates = &self.net.plan.rates;
        if !self.net.is_calm() && dice.nth(2).one_in(count, rates.slow_messages) {
            delay += dice.nth(3).below(count, rates.slow);
        }
        delay
    }

    pub(super) fn answer_delay(&self, kind: &'static str) -> Micros {
        self.delay(kind) + self.net.throttled()
    }

    pub(super) fn goes_wrong(&self, kind: &'static str, one_in: u64) -> bool {
        let (dice, count) = self.chance(kind);
        !self.net.is_calm() && dice.nth(4).one_in(count, one_in)
    }

    /// When to try again to reach somebody who cannot be reached from here; `None`: it can.
    pub(super) fn away_until(&self, target: &Target) -> Option<Micros> {
        let cut_until = lock(&self.state).cut_until;
        let now = self.net.now();
        let cut = (cut_until > now).then_some(cut_until);
        // It may be back sooner.
        self.net.away_until(target).max(cut).map(|until| until.min(now + PAUSE))
    }

    pub(super) fn unavailable(&self, reason: &str) -> BrokerError {
        BrokerError::Unavailable { address: super::broker::ADDRESS.to_owned(), reason: reason.to_owned() }
    }

    /// A question: it travels, is answered by somebody who has to be there, and the answer travels;
    /// or the time is up.
    pub(super) fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        what: &'static str,
        target: Target,
        not_before: Micros,
        does: impl Fn(&Arc<Net>) -> Result<T, BrokerError> + Send + 'static,
    ) -> (Answer<T>, Micros) {
        let reply = Arc::new(Mutex::new(Reply { result: None, is_over: false, waker: None }));
        let answer = Answer::later(Pending(Arc::clone(&reply)));
        if !self.enter() {
            return (answer, 0);
        }
        self.note("ask", what.len() as i64, || what.to_owned());
        let now = self.net.now();
        let timeout = self.net.plan.request_timeout;
        let timed_out = Arc::clone(&reply);
        self.at(now + timeout, move |link| {
            let address = super::broker::ADDRESS.to_owned();
            let error = BrokerError::TimedOut { what: what.to_owned(), after_ms: timeout / MS, address };
            finish(&timed_out, link, what, Err(error));
        });
        let arrives = (now + self.delay(what)).max(not_before);
        if self.goes_wrong("request lost", self.net.plan.rates.lost_requests) {
            return (answer, not_before);
        }
        let request = Request { what, target, until: now + timeout, reply, does: Box::new(does) };
        let link = Arc::clone(self);
        self.net.at(arrives, move |_| request.arrive(&link));
        (answer, arrives)
    }

    pub(super) fn count_question(&self) {
        lock(&self.state).questions += 1;
    }

    /// Questions about offsets, and assignments that they may be asked for.
    pub(super) fn questions(&self) -> (u64, u64) {
        let state = lock(&self.state);
        (state.questions, state.assignments)
    }

    pub(super) fn set_leads(&self, topics: &[String]) {
        lock(&self.state).leads = topics.to_vec();
    }

    pub(super) fn assigned(&self, partitions: &[TopicPartition]) {
        let mut state = lock(&self.state);
        state.assignments += u64::from(!partitions.is_empty());
        state.owned.extend(partitions.iter().cloned());
    }

    /// It knows that these are not its own any more, or gives them back: nothing may go on in their
    /// tasks.
    pub(super) fn gives_back(&self, partitions: &[TopicPartition], are_lost: bool) {
        {
            let mut state = lock(&self.state);
            for partition in partitions {
                state.owned.remove(partition);
            }
            if are_lost {
                state.lost_at = Some(self.net.now());
            }
        }
        let reading: Vec<TopicPartition> = lock(&self.state).reading.keys().cloned().collect();
        for partition in reading.iter().filter(|partition| !self.may_touch(partition)) {
            self.find(format_args!("gives its tasks back and still reads {partition}"));
        }
        for (topic, partition) in self.on_the_way() {
            let id = TopicPartition::new(topic.as_str(), partition);
            if self.net.layout.is_changelog(&topic) && !self.may_touch(&id) {
                self.find(format_args!("gives its tasks back although rows for {id} are neither acknowledged nor purged"));
            }
        }
    }

    /// Whether a partition belongs to a task that is its own as far as it knows.
    pub(super) fn may_touch(&self, partition: &TopicPartition) -> bool {
        if self.net.layout.globals.contains(&*partition.topic) {
            return true;
        }
        let state = lock(&self.state);
        self.net.layout.leads(partition, &state.leads).any(|lead| state.owned.contains(&lead))
    }

    /// A store is restored up to the end of its changelog, which what is on its way there would
    /// move.
    pub(super) fn asks_for_offsets(&self, partitions: &[TopicPartition]) {
        for (topic, partition) in self.on_the_way() {
            let id = TopicPartition::new(topic.as_str(), partition);
            if self.net.layout.is_changelog(&topic) && partitions.contains(&id) {
                self.find(format_args!("restores from {id} although rows for it are neither acknowledged nor purged"));
            }
        }
    }

    /// The group has refused a commit: what was done since the one before is of no use, and its
    /// tasks have to begin anew.
    pub(super) fn refuses(&self, partitions: Vec<TopicPartition>) {
        lock(&self.state).refused.extend(partitions);
    }

    /// The group has taken these, and says so. What the worker is told it hears before it does
    /// anything else.
    pub(super) fn loses(&self, partitions: &[TopicPartition]) {
        lock(&self.state).lost.extend(partitions.iter().cloned());
    }

    /// Gives these back; whether some of them were lost.
    pub(super) fn confirms(&self, partitions: &[TopicPartition]) -> bool {
        let mut state = lock(&self.state);
        let lost = state.lost.len();
        state.lost.retain(|lost| !partitions.contains(lost));
        state.lost.len() < lost
    }

    fn knows_lost(&self, partition: &TopicPartition) -> bool {
        let state = lock(&self.state);
        self.net.layout.leads(partition, &state.leads).any(|lead| state.lost.contains(&lead))
    }

    /// Offsets that are committed are not of partitions that the process knows to be lost, or whose
    /// commit was refused.
    pub(super) fn check_commit<'a>(&self, committed: impl Iterator<Item = &'a TopicPartition>) {
        for partition in committed {
            if lock(&self.state).refused.contains(partition) {
                self.find(format_args!("commits {partition} after it was refused, and has not begun anew"));
            }
            if self.knows_lost(partition) {
                self.find(format_args!("commits {partition}, which it knows to be lost"));
            }
        }
    }

    /// What a process knows to be lost it does not send any more.
    pub(super) fn check_flush(&self, queued: Vec<TopicPartition>) {
        for partition in queued {
            if self.net.layout.is_changelog(&partition.topic) && self.knows_lost(&partition) {
                self.find(format_args!("sends rows for {partition}, which it knows to be lost"));
            }
        }
    }

    pub(super) fn begins_to_read(&self, partition: &TopicPartition) {
        let readers = {
            let mut state = lock(&self.state);
            state.refused.remove(partition);
            let readers = state.reading.entry(partition.clone()).or_default();
            *readers += 1;
            *readers
        };
        if !self.may_touch(partition) {
            self.find(format_args!("reads {partition}, which is not its own"));
        }
        if readers > 1
            && !self.net.layout.is_changelog(&partition.topic)
            && !self.net.layout.restored.contains(&*partition.topic)
            && self.net.layout.sources.iter().filter(|s| s.contains(&*partition.topic)).count() < 2
        {
            self.find(format_args!("reads {partition} twice at a time"));
        }
    }

    pub(super) fn ends_to_read(&self, partition: &TopicPartition) {
        let mut state = lock(&self.state);
        if let Some(readers) = state.reading.get_mut(partition) {
            *readers -= 1;
            if *readers == 0 {
                state.reading.remove(partition);
            }
        }
    }

    /// Whether the coordinator takes it for the owner of a partition.
    fn is_owner(&self, partition: &TopicPartition) -> bool {
        let state = lock(&self.state);
        self.net.layout.leads(partition, &state.leads).all(|lead| self.net.owner(&lead) == Some(self.number))
    }

    /// An input is read from where the group is, and from nowhere else.
    pub(super) fn check_begin(&self, partition: &TopicPartition, offset: i64) {
        let layout = &self.net.layout;
        let begins_elsewhere = |topics: &BTreeSet<String>| topics.contains(&*partition.topic);
        if layout.is_changelog(&partition.topic)
            || begins_elsewhere(&layout.restored)
            || begins_elsewhere(&layout.globals)
            || !self.is_owner(partition)
        {
            return;
        }
        let committed = self.net.committed(std::slice::from_ref(partition)).pop().flatten().unwrap_or(0);
        let asked = std::slice::from_ref(partition);
        let earliest = self.net.log().offsets(asked, OffsetAt::Earliest, Isolation::ReadCommitted).wait();
        let earliest = earliest.ok().and_then(|offsets| offsets.first().copied()).unwrap_or(0);
        if offset != committed.max(earliest) {
            self.find(format_args!("reads {partition} from {offset}, committed is {committed}"));
        }
    }

    /// Whether a store is being restored.
    pub(super) fn restores(&self, store: &str, partition: i32) -> bool {
        let state = lock(&self.state);
        state.reading.keys().any(|reading| {
            let changelog = self.net.layout.changelogs.get(&*reading.topic);
            reading.partition == partition && changelog.is_some_and(|(_, of)| of == store)
        })
    }

    /// Somebody waits for a worker: it has something to do.
    pub(super) fn wake_worker(&self, worker: usize) {
        lock(&self.state).woken.insert(worker);
    }

    pub(super) fn take_woken(&self, worker: usize) -> bool {
        lock(&self.state).woken.remove(&worker)
    }

    pub(super) fn add_outbox(&self, worker: usize, outbox: &Arc<Mutex<Outbox>>) {
        lock(&self.state).outboxes.push((worker, Arc::downgrade(outbox)));
    }

    fn outboxes(&self) -> Vec<(usize, Arc<Mutex<Outbox>>)> {
        lock(&self.state).outboxes.iter().filter_map(|(worker, outbox)| Some((*worker, outbox.upgrade()?))).collect()
    }

    /// The partitions for which something is sent and not acknowledged.
    fn on_the_way(&self) -> BTreeSet<(String, i32)> {
        self.outboxes().iter().flat_map(|(_, outbox)| lock(outbox).on_the_way()).collect()
    }

    /// A commit begins: whatever a worker had sent before it asked for acknowledgements has one.
    pub(super) fn begins_commit(&self) {
        let part = self.part();
        for (worker, outbox) in self.outboxes() {
            if (part == worker + 1 || part == 0)
                && let Some(unacknowledged) = lock(&outbox).begins_commit()
            {
                self.find(format_args!("commits offsets while records for {unacknowledged} are not acknowledged"));
            }
        }
    }

    pub(super) fn leaves(&self) {
        if !self.on_the_way().is_empty() {
            self.leaves_unacknowledged();
        }
    }

    /// It ends something before all that was sent is acknowledged: it may, if it says so.
    pub(super) fn leaves_unacknowledged(&self) {
        lock(&self.state).unacknowledged_at_leave = true;
    }

    pub(super) fn left_unacknowledged(&self) -> bool {
        lock(&self.state).unacknowledged_at_leave
    }

    /// Whether what it writes to a partition comes too late: its tasks have another owner.
    pub(super) fn is_stale(&self, net: &Net, partition: &TopicPartition) -> bool {
        let state = lock(&self.state);
        // A topic between two parts is written by the one, and its leads are those of the other.
        let is_own = net.layout.is_changelog(&partition.topic);
        let mut others = net.layout.leads(partition, &state.leads).filter_map(|lead| net.owner(&lead));
        if is_own && others.any(|owner| owner != self.number) {
            return true;
        }
        let just_lost = state.lost_at.is_some_and(|lost_at| net.now() < lost_at + SILENT);
        just_lost || state.owned.iter().any(|own| net.owner(own) != Some(self.number))
    }
}

struct Reply<T> {
    result: Option<Result<T, BrokerError>>,
    is_over: bool,
    waker: Option<Waker>,
}

fn finish<T>(reply: &Mutex<Reply<T>>, link: &Link, what: &'static str, result: Result<T, BrokerError>) {
    let waker = {
        let mut reply = lock(reply);
        if reply.is_over {
            return;
        }
        link.note("answer", i64::from(result.is_ok()), || match &result {
            Ok(_) => what.to_owned(),
            Err(error) => format!("{what}: {error}"),
        });
        reply.is_over = true;
        reply.result = Some(result);
        reply.waker.take()
    };
    if let Some(waker) = waker {
        waker.wake();
    }
}

struct Pending<T>(Arc<Mutex<Reply<T>>>);

impl<T> Future for Pending<T> {
    type Output = Result<T, BrokerError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut reply = lock(&self.0);
        match reply.result.take() {
            Some(result) => Poll::Ready(result),
            None => {
                reply.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// A question on its way.
struct Request<T> {
    what: &'static str,
    target: Target,
    until: Micros,
    reply: Arc<Mutex<Reply<T>>>,
    does: Box<dyn Fn(&Arc<Net>) -> Result<T, BrokerError> + Send>,
}

impl<T: Send + 'static> Request<T> {
    fn arrive(self, link: &Arc<Link>) {
        let net = Arc::clone(&link.net);
        if let Some(until) = link.away_until(&self.target) {
            // The client tries again until the time is up; a commit would be overtaken by the next
            // one.
            if until < self.until && !link.is_dead() && self.what != "commit" {
                let again = Arc::clone(link);
                net.at(until + link.delay("again"), move |_| self.arrive(&again));
            }
            return;
        }
        let Request { what, reply, does, .. } = self;
        let result =
            if link.goes_wrong("turned down", net.plan.rates.turned_down) { Err(link.unavailable("not just now")) } else { does(&net) };
        if let Err(error) = &result
            && net.is_of_disk(error)
        {
            link.excuse(error.to_string());
        }
        let may_come_twice = matches!(what, "delete records" | "create topic");
        if may_come_twice && link.goes_wrong("doubled", net.plan.rates.doubles) {
            net.at(net.now() + link.delay("doubled on its way"), move |net| drop(does(net)));
        }
        if link.goes_wrong("answer lost", net.plan.rates.lost_answers) {
            return;
        }
        link.at(net.now() + link.answer_delay("answer"), move |link| finish(&reply, link, what, result));
    }
}
