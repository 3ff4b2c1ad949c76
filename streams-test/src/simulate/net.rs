//! The network between the processes and the log, with the time that all of it happens in.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering as Memory};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use streams_runtime::broker::embedded::{EmbeddedLog, EmbeddedOptions};
use streams_runtime::broker::{Broker, BrokerError, GroupConfig, GroupMember, NewTopic, TopicPartition};
use streams_runtime::partition::partition_for_key;
use streams_runtime::record::RecordRef;
use streams_runtime::time::clock::{Clock, MonotonicClock};

use super::layout::Layout;
use super::link::Link;
use super::medium::Medium;
use super::plan::{MS, Micros, Plan};
use super::trace::Trace;
use super::watch::{Appended, Watch};

/// A lock that no other thread wants: a run has one thread.
pub(super) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) type Action = Box<dyn FnOnce(&Arc<Net>) + Send>;

/// Something that will happen.
struct Due {
    at: Micros,
    /// What is due at one time happens in the order in which it was made due.
    number: u64,
    action: Action,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

/// Who a request is for.
#[derive(Clone, Debug)]
pub(super) enum Target {
    /// Any broker.
    Any,
    /// The coordinator of the group.
    Coordinator,
    /// The leaders of these partitions.
    Leaders(Vec<TopicPartition>),
}

#[derive(Default)]
struct State {
    now: Micros,
    /// How long the coordinator was away, of that.
    away: Micros,
    number: u64,
    queue: BinaryHeap<Reverse<Due>>,
    /// Nothing goes wrong any more.
    calm: bool,
    outage_until: Micros,
    coordinator_away_until: Micros,
    leaders_away: Vec<(u64, u64, Micros)>,
    throttle: (Micros, Micros),
    forgets_until: Micros,
    /// Called when something is written to a partition.
    watchers: BTreeMap<TopicPartition, Vec<Action>>,
    /// Which process the coordinator has last given a partition to, by the number of its link.
    owners: BTreeMap<TopicPartition, u64>,
    findings: Vec<String>,
    /// The disk has failed: the log has to be opened again.
    broken: bool,
    /// Topics and keys whose last record may be an old one.
    stale: BTreeSet<(String, Vec<u8>)>,
}

/// The time of the log, which no fault moves.
#[derive(Debug, Default)]
struct LogClock(AtomicI64, AtomicU64);

impl Clock for LogClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Memory::SeqCst)
    }
}

impl MonotonicClock for LogClock {
    fn elapsed(&self) -> Duration {
        Duration::from_micros(self.1.load(Memory::SeqCst))
    }
}

/// The log, what is on its way to it and from it, and what was noticed.
pub(super) struct Net {
    pub(super) plan: Plan,
    log: Mutex<EmbeddedLog>,
    /// What the log is on, if it is on a disk.
    pub(super) medium: Option<Mutex<Medium>>,
    pub(super) layout: Layout,
    pub(super) trace: Trace,
    pub(super) watch: Mutex<Box<dyn Watch>>,
    clock: Arc<LogClock>,
    observer: Mutex<Option<Arc<dyn GroupMember>>>,
    state: Mutex<State>,
}

impl std::fmt::Debug for Net {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Net").field("seed", &self.plan.seed).finish_non_exhaustive()
    }
}

fn options(clock: &Arc<LogClock>) -> EmbeddedOptions {
    EmbeddedOptions {
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        monotonic_clock: Arc::clone(clock) as Arc<dyn MonotonicClock>,
        ..EmbeddedOptions::default()
    }
}

/// A member of the group that reads nothing, and can ask what is committed.
fn observe(log: &EmbeddedLog, layout: &Layout) -> Result<Arc<dyn GroupMember>, BrokerError> {
    let config = GroupConfig {
        group: layout.application_id.clone(),
        topics: Vec::new(),
        instance: None,
        client_id: "observer".to_owned(),
        session_timeout: Duration::from_secs(1_000_000),
    };
    Broker::join_group(log, &config)
}

/// When the simulation begins, by the wall clock: long after the time of any record of a test.
pub(super) const EPOCH_MS: i64 = 1_700_000_000_000;

impl Net {
    pub(super) fn new(
        plan: Plan,
        layout: Layout,
        watch: Box<dyn Watch>,
        (traced, on_disk): (bool, bool),
    ) -> Result<Arc<Self>, BrokerError> {
        let clock = Arc::new(LogClock::default());
        clock.0.store(EPOCH_MS, Memory::SeqCst);
        let (medium, log) = match on_disk {
            true => Medium::new(plan.dice.of("medium"), options(&clock)).map(|(medium, log)| (Some(Mutex::new(medium)), log))?,
            false => (None, EmbeddedLog::in_memory_with(options(&clock))),
        };
        let observer = Mutex::new(Some(observe(&log, &layout)?));
        let (log, watch, state) = (Mutex::new(log), Mutex::new(watch), Mutex::default());
        Ok(Arc::new(Net { plan, log, medium, layout, trace: Trace::new(traced), watch, clock, observer, state }))
    }

    /// The log, as it is opened now.
    pub(super) fn log(&self) -> EmbeddedLog {
        lock(&self.log).clone()
    }

    /// What is told to the disk's side, if there is a disk.
    pub(super) fn on_medium<R>(&self, tell: impl FnOnce(&mut Medium) -> R) -> Option<R> {
        self.medium.as_ref().map(|medium| tell(&mut lock(medium)))
    }

    /// Looks whether it is the disk that has failed.
    pub(super) fn is_of_disk(&self, error: &BrokerError) -> bool {
        let is_of_disk = matches!(error, BrokerError::Storage { .. });
        if is_of_disk {
            lock(&self.state).broken = true;
        }
        is_of_disk
    }

    pub(super) fn is_broken(&self) -> bool {
        lock(&self.state).broken
    }

    /// The process that has the log ends, or the machine with it, and the log is opened again.
    /// Whatever was on its way is gone. Returns whether anything can still be said of what is
    /// there.
    pub(super) fn reopen(&self, loses_power: bool) -> Result<bool, BrokerError> {
        self.close();
        {
            let mut state = lock(&self.state);
            state.owners.clear();
            state.broken = false;
        }
        let Some(medium) = &self.medium else { return Ok(true) };
        let mut medium = lock(medium);
        lock(&self.observer).take();
        *lock(&self.log) = EmbeddedLog::in_memory();
        let may_lose = medium.is_excused(loses_power);
        let log = match medium.reopen(loses_power, options(&self.clock)) {
            Ok(log) => log,
            // It says what is missing.
            Err(_) if may_lose => return Ok(false),
            Err(finding) => {
                self.find(finding);
                return Ok(false);
            }
        };
        *lock(&self.observer) = Some(observe(&log, &self.layout)?);
        *lock(&self.log) = log.clone();
        let committed = |partition: &TopicPartition| self.committed(std::slice::from_ref(partition)).pop().flatten();
        let (findings, ends) = medium.compare(&log, &committed);
        if may_lose && !findings.is_empty() {
            return Ok(false);
        }
        findings.into_iter().for_each(|finding| self.find(finding));
        let mut watch = lock(&self.watch);
        for (partition, known, end) in ends {
            watch.cut(&partition, end.min(known), &log);
            // Nobody was told that this one is there.
            for record in log.read(&partition.topic, partition.partition, known, usize::MAX).unwrap_or_default().iter() {
                let (topic, partition, offset) = (&*partition.topic, partition.partition, record.offset);
                if let Err(finding) = watch.appended(&Appended { topic, partition, offset, record, is_stale: false }) {
                    self.find(finding);
                }
            }
        }
        Ok(true)
    }

    pub(super) fn now(&self) -> Micros {
        lock(&self.state).now
    }

    pub(super) fn is_calm(&self) -> bool {
        lock(&self.state).calm
    }

    pub(super) fn at(&self, at: Micros, action: impl FnOnce(&Arc<Net>) + Send + 'static) {
        let mut state = lock(&self.state);
        let number = state.number;
        state.number += 1;
        let at = at.max(state.now);
        state.queue.push(Reverse(Due { at, number, action: Box::new(action) }));
    }

    pub(super) fn next_at(&self) -> Option<Micros> {
        lock(&self.state).queue.peek().map(|Reverse(due)| due.at)
    }

    /// Time goes on to then.
    pub(super) fn advance(&self, to: Micros) {
        let mut state = lock(&self.state);
        // Nobody's session ends while the coordinator is away.
        let away_until = state.outage_until.max(state.coordinator_away_until);
        let away = away_until.min(to).saturating_sub(state.now);
        state.away += away;
        state.now = state.now.max(to);
        self.clock.0.store(EPOCH_MS + (state.now / MS) as i64, Memory::SeqCst);
        self.clock.1.store(state.now - state.away, Memory::SeqCst);
    }

    /// Does what is due next.
    pub(super) fn next(self: &Arc<Self>) {
        let due = lock(&self.state).queue.pop();
        if let Some(Reverse(due)) = due {
            self.advance(due.at);
            (due.action)(self);
        }
    }

    /// Something that does not hold.
    pub(super) fn find(&self, finding: impl Into<String>) {
        let finding = finding.into();
        self.trace.note(self.now(), None, "FOUND", [0; 3], || finding.clone());
        let mut state = lock(&self.state);
        let seconds = state.now as f64 / 1e6;
        // One reason may be met again and again.
        if state.findings.len() < 20 {
            state.findings.push(format!("{seconds:.3} s: {finding}"));
        }
    }

    pub(super) fn findings(&self) -> Vec<String> {
        lock(&self.state).findings.clone()
    }

    pub(super) fn calm_down(&self) {
        let mut state = lock(&self.state);
        state.calm = true;
        state.outage_until = 0;
        state.coordinator_away_until = 0;
        state.leaders_away.clear();
        state.throttle = (0, 0);
        state.forgets_until = 0;
    }

    pub(super) fn outage(&self, lasts: Micros) {
        let mut state = lock(&self.state);
        state.outage_until = state.outage_until.max(state.now + lasts);
    }

    pub(super) fn coordinator_away(&self, lasts: Micros) {
        let mut state = lock(&self.state);
        state.coordinator_away_until = state.coordinator_away_until.max(state.now + lasts);
    }

    pub(super) fn leaders_away(&self, class: u64, of: u64, lasts: Micros) {
        let mut state = lock(&self.state);
        let until = state.now + lasts;
        state.leaders_away.push((class, of, until));
    }

    pub(super) fn throttle(&self, lasts: Micros, by: Micros) {
        let mut state = lock(&self.state);
        state.throttle = (state.now + lasts, by);
    }

    /// Makes a topic.
    pub(super) fn create_topic(&self, topic: &NewTopic) -> Result<(), BrokerError> {
        Broker::create_topic(&self.log(), topic).wait()?;
        self.on_medium(|medium| medium.has_topic(&topic.name, topic.partitions));
        Ok(())
    }

    /// Until when somebody cannot be reached; `None` if it can.
    pub(super) fn away_until(&self, target: &Target) -> Option<Micros> {
        let state = lock(&self.state);
        let mut until = state.outage_until;
        match target {
            Target::Any => {}
            Target::Coordinator => until = until.max(state.coordinator_away_until),
            Target::Leaders(partitions) => {
                for (class, of, away) in &state.leaders_away {
                    let is = |id: &TopicPartition| (id.partition as u64 + id.topic.len() as u64) % of == *class;
                    if partitions.iter().any(is) {
                        until = until.max(*away);
                    }
                }
            }
        }
        (until > state.now).then_some(until)
    }

    pub(super) fn forget(self: &Arc<Self>, lasts: Micros) {
        {
            let mut state = lock(&self.state);
            state.forgets_until = state.now + lasts;
        }
        self.delete_heads();
    }

    pub(super) fn forgets(&self) -> bool {
        let state = lock(&self.state);
        state.forgets_until > state.now
    }

    /// Deletes from changelogs that may lose records those that nothing can come of any more.
    pub(super) fn delete_heads(&self) {
        let committed = |partition: &TopicPartition| self.committed(std::slice::from_ref(partition)).pop().flatten().unwrap_or(0);
        let before = lock(&self.watch).out_of_retention(&self.log(), &committed);
        for (partition, offset) in before {
            self.trace.note(self.now(), None, "head deleted", [offset, 0, 0], || format!("{partition} before {offset}"));
            let before = [(partition, offset)];
            self.on_medium(|medium| medium.deletes(&before));
            if let Err(error) = self.log().delete_records(&before).wait()
                && !self.is_of_disk(&error)
            {
                self.find(format!("the head of a changelog: {error}"));
            }
        }
    }

    /// How long the broker takes for something.
    pub(super) fn throttled(&self) -> Micros {
        let state = lock(&self.state);
        if state.throttle.0 > state.now { state.throttle.1 } else { 0 }
    }

    /// Writes a record, and says so to all who wait for one.
    pub(super) fn append(
        self: &Arc<Self>,
        topic: &str,
        partition: Option<i32>,
        record: RecordRef<'_>,
        by: Option<&Arc<Link>>,
    ) -> Result<(i32, i64), BrokerError> {
        let log = self.log();
        let (partition, offset) = match log.append(topic, partition, record) {
            Ok(written) => written,
            Err(error) => {
                if self.is_of_disk(&error) {
                    let count = log.partitions(topic).unwrap_or(1);
                    let chosen = partition.unwrap_or_else(|| record.key.map_or(0, |key| partition_for_key(key, count)));
                    self.on_medium(|medium| medium.not_written(&TopicPartition::new(topic, chosen), record));
                }
                return Err(error);
            }
        };
        let id = TopicPartition::new(topic, partition);
        if let Some(Err(finding)) = self.on_medium(|medium| medium.written(&id, offset, record)) {
            self.find(finding);
        }
        let is_stale = by.is_some_and(|link| link.is_stale(self, &id));
        self.trace.note(self.now(), by.map(|link| link.name()), "append", [i64::from(partition), offset, i64::from(is_stale)], || {
            let text = |bytes: Option<&[u8]>| bytes.map_or_else(|| "null".to_owned(), |bytes| bytes.escape_ascii().to_string());
            let stale = if is_stale { " (of a process that has lost its tasks)" } else { "" };
            format!("{id}@{offset} {}={} t={}{stale}", text(record.key), text(record.value), record.timestamp_ms)
        });
        if is_stale {
            lock(&self.state).stale.insert((topic.to_owned(), record.key.unwrap_or_default().to_vec()));
        }
        let told = lock(&self.watch).appended(&Appended { topic, partition, offset, record, is_stale });
        if let Err(finding) = told {
            self.find(finding);
        }
        let watchers = lock(&self.state).watchers.remove(&id).unwrap_or_default();
        watchers.into_iter().for_each(|watcher| watcher(self));
        Ok((partition, offset))
    }

    pub(super) fn is_stale(&self, topic: &str, key: &[u8]) -> bool {
        lock(&self.state).stale.contains(&(topic.to_owned(), key.to_vec()))
    }

    /// Has something done when a record is written to a partition.
    pub(super) fn when_written(&self, partition: &TopicPartition, action: impl FnOnce(&Arc<Net>) + Send + 'static) {
        lock(&self.state).watchers.entry(partition.clone()).or_default().push(Box::new(action));
    }

    pub(super) fn owner(&self, partition: &TopicPartition) -> Option<u64> {
        lock(&self.state).owners.get(partition).copied()
    }

    pub(super) fn set_owner(&self, partitions: &[TopicPartition], link: u64) {
        let mut state = lock(&self.state);
        state.owners.extend(partitions.iter().map(|partition| (partition.clone(), link)));
    }

    pub(super) fn drop_owner(&self, partitions: &[TopicPartition], link: u64) {
        let mut state = lock(&self.state);
        for partition in partitions {
            if state.owners.get(partition) == Some(&link) {
                state.owners.remove(partition);
            }
        }
    }

    pub(super) fn forget_owner(&self, link: u64) {
        lock(&self.state).owners.retain(|_, owner| *owner != link);
    }

    /// Forgets what is on its way, so that a run that is over holds nothing.
    pub(super) fn close(&self) {
        let mut state = lock(&self.state);
        let queue = std::mem::take(&mut state.queue);
        let watchers = std::mem::take(&mut state.watchers);
        drop(state);
        drop((queue, watchers));
    }

    /// The group's offsets, as they are.
    pub(super) fn committed(&self, partitions: &[TopicPartition]) -> Vec<Option<i64>> {
        let observer = lock(&self.observer).clone();
        let committed = observer.map(|observer| observer.committed(partitions).wait().unwrap_or_default()).unwrap_or_default();
        committed.into_iter().map(|committed| committed.map(|committed| committed.offset)).collect()
    }
}
