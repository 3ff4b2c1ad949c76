//! The control thread: the process's membership in the group, and who of its workers runs what. It moves no records.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SendError, Sender};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::error::Error;
use super::shared::{AppState, Shared, TaskPlace, lock};
use super::startup::{self, StateDirectory};
use crate::broker::{BrokerError, GroupEvent, GroupMember, Isolation, OffsetAt, TopicPartition, Waker};
use crate::task::{Task, TaskId};

/// What a worker is told.
pub(crate) enum Command {
    /// Take these tasks.
    Assign(Vec<TaskId>),
    /// Commit and give these tasks up; then say so.
    Revoke(Vec<TaskId>, Sender<()>),
    /// A pattern source matches new topics: tasks read those too.
    Refresh,
    /// Give these tasks up without a commit: they belong to others already.
    Lose(Vec<TaskId>, Sender<()>),
    /// Answer a query.
    Ask(TaskId, Box<dyn FnOnce(Option<&mut Task>) + Send>),
    /// Commit, close all tasks, end.
    Stop,
}

/// The way to a worker.
#[derive(Clone)]
pub(crate) struct WorkerHandle {
    pub(crate) commands: Sender<Command>,
    pub(crate) waker: Waker,
}

impl WorkerHandle {
    pub(crate) fn send(&self, command: Command) -> Result<(), SendError<Command>> {
        self.commands.send(command)?;
        self.waker.wake();
        Ok(())
    }
}

/// How often the control thread looks around.
const ROUND: Duration = Duration::from_millis(20);
/// The same while somebody waits for the end of the input.
const DRAINING_ROUND: Duration = Duration::from_millis(2);

/// Partitions asked back by the group, until all workers have let go of their tasks.
struct Revocation {
    partitions: Vec<TopicPartition>,
    done: Receiver<()>,
    open: usize,
}

pub(crate) struct Control {
    pub(crate) shared: Arc<Shared>,
    pub(crate) member: Arc<dyn GroupMember>,
    pub(crate) workers: Arc<[WorkerHandle]>,
    pub(crate) threads: Vec<JoinHandle<()>>,
    /// Set from outside: stop.
    pub(crate) stop: Arc<AtomicBool>,
    /// Held until the last task is closed, however long handles of the application live.
    directory: Option<StateDirectory>,
    revocations: Vec<Revocation>,
    owners: BTreeMap<TaskId, usize>,
    last_purge: Instant,
    last_refresh: Instant,
    purged: BTreeMap<TopicPartition, i64>,
}

impl Control {
    pub(crate) fn new(
        shared: Arc<Shared>,
        member: Arc<dyn GroupMember>,
        workers: Arc<[WorkerHandle]>,
        threads: Vec<JoinHandle<()>>,
        stop: Arc<AtomicBool>,
        directory: Option<StateDirectory>,
    ) -> Self {
        Control {
            shared,
            member,
            workers,
            threads,
            stop,
            directory,
            revocations: Vec::new(),
            owners: BTreeMap::new(),
            last_purge: Instant::now(),
            last_refresh: Instant::now(),
            purged: BTreeMap::new(),
        }
    }

    /// Until told to stop, or until something fails. Then the workers commit and end, and the process leaves its group.
    pub(crate) fn run(mut self) {
        self.shared.set_state(AppState::Rebalancing);
        while !self.stop.load(Ordering::Acquire) && !self.shared.has_failed() {
            if let Err(error) = self.round() {
                self.shared.fail(error);
            }
        }
        // Whoever else looks at it ends as well, also after a failure.
        self.stop.store(true, Ordering::Release);
        let failed = self.shared.has_failed();
        if !failed {
            self.shared.set_state(AppState::Stopping);
        }
        for worker in self.workers.iter() {
            // A worker that has ended already needs no telling.
            let _ = worker.send(Command::Stop);
        }
        self.wait_for_workers();
        if let Err(error) = self.member.leave().wait() {
            tracing::warn!(%error, "could not leave the group; its session will time out");
        }
        self.directory = None;
        self.shared.set_state(if self.shared.has_failed() { AppState::Failed } else { AppState::Stopped });
    }

    fn wait_for_workers(&mut self) {
        const LIMIT: Duration = Duration::from_secs(60);
        let stuck = |shared: &Shared| lock(&shared.failure).as_ref().is_some_and(|e| matches!(e, Error::Stuck { .. }));
        let deadline = Instant::now() + LIMIT;
        while !stuck(&self.shared) && self.threads.iter().any(|t| !t.is_finished()) {
            if Instant::now() >= deadline {
                self.shared.fail(Error::ShutdownTimedOut(LIMIT));
                break;
            }
            // A closure that blocks also blocks the way out.
            if let Err(error) = self.watch_workers() {
                self.shared.fail(error);
            }
            // The membership is kept alive, so that the last commits are accepted.
            if let Err(error) = self.member.poll(DRAINING_ROUND) {
                tracing::debug!(%error, "group, while stopping");
                std::thread::sleep(DRAINING_ROUND);
            }
        }
        for thread in self.threads.drain(..).filter(JoinHandle::is_finished) {
            // A panic of a worker is reported by the worker itself.
            let _ = thread.join();
        }
    }

    fn round(&mut self) -> Result<(), Error> {
        let drain = self.shared.drains.open();
        let quick = drain.is_some() || !self.revocations.is_empty();
        match self.member.poll(if quick { DRAINING_ROUND } else { ROUND }) {
            Ok(None) => {}
            Ok(Some(event)) => self.on_event(event)?,
            Err(error) if error.is_retriable() => tracing::warn!(%error, "group"),
            Err(error) => return Err(error.into()),
        }
        self.settle_revocations()?;
        self.watch_workers()?;
        self.purge();
        self.refresh_patterns()?;
        if let Some(request) = drain
            && self.is_drained(request)?
        {
            self.shared.drains.meet(request);
        }
        Ok(())
    }

    fn on_event(&mut self, event: GroupEvent) -> Result<(), Error> {
        tracing::debug!(?event, "group");
        match event {
            GroupEvent::Assigned(partitions) => {
                let layout = self.shared.layout();
                let tasks: Vec<TaskId> = partitions.iter().flat_map(|p| layout.tasks_of(p)).collect();
                self.shared.update_state(!tasks.is_empty());
                let mut shares: BTreeMap<usize, Vec<TaskId>> = BTreeMap::new();
                for task in tasks {
                    let worker = self.least_loaded();
                    self.owners.insert(task, worker);
                    // Known from now on: it is not ready before its worker has restored it.
                    lock(&self.shared.tasks).insert(task, TaskPlace { worker, running: false });
                    shares.entry(worker).or_default().push(task);
                }
                for (worker, tasks) in shares {
                    // A worker that is gone has reported its error.
                    let _ = self.workers[worker].send(Command::Assign(tasks));
                }
                Ok(())
            }
            GroupEvent::Revoked(partitions) => self.give_up(partitions, Command::Revoke),
            GroupEvent::Lost(partitions) => self.give_up(partitions, Command::Lose),
        }
    }

    fn least_loaded(&self) -> usize {
        let load = |worker: &usize| self.owners.values().filter(|w| *w == worker).count();
        (0..self.workers.len()).min_by_key(load).unwrap_or(0)
    }

    fn give_up(&mut self, partitions: Vec<TopicPartition>, command: fn(Vec<TaskId>, Sender<()>) -> Command) -> Result<(), Error> {
        self.shared.update_state(true);
        let (done_sender, done) = mpsc::channel();
        let mut shares: BTreeMap<usize, Vec<TaskId>> = BTreeMap::new();
        let layout = self.shared.layout();
        for task in partitions.iter().flat_map(|p| layout.tasks_of(p)) {
            if let Some(worker) = self.owners.remove(&task) {
                shares.entry(worker).or_default().push(task);
            }
        }
        let mut open = 0;
        for (worker, tasks) in shares {
            if self.workers[worker].send(command(tasks, done_sender.clone())).is_ok() {
                open += 1;
            }
        }
        self.revocations.push(Revocation { partitions, done, open });
        self.settle_revocations()
    }

    /// The group gets partitions back only when their tasks have committed and closed.
    fn settle_revocations(&mut self) -> Result<(), Error> {
        for revocation in &mut self.revocations {
            while revocation.open > 0 && revocation.done.try_recv().is_ok() {
                revocation.open -= 1;
            }
        }
        let (over, open) = std::mem::take(&mut self.revocations).into_iter().partition(|r| r.open == 0);
        self.revocations = open;
        for revocation in over {
            self.member.acknowledge_revoked(&revocation.partitions)?;
            self.shared.update_state(false);
        }
        Ok(())
    }

    /// The group thinks the process is well as long as this thread polls; it has to notice itself when a worker is not.
    fn watch_workers(&self) -> Result<(), Error> {
        let limit = self.shared.config.max_poll_interval;
        match self.shared.beats.stuck_for(limit) {
            Some(worker) => Err(Error::Stuck { worker, after: limit }),
            None => Ok(()),
        }
    }

    /// Deletes what was processed from repartition topics, now and then.
    fn purge(&mut self) {
        if self.last_purge.elapsed() < self.shared.config.purge_interval {
            return;
        }
        self.last_purge = Instant::now();
        let committed = lock(&self.shared.purgeable).clone();
        let before: Vec<(TopicPartition, i64)> =
            committed.into_iter().filter(|(partition, offset)| self.purged.get(partition) != Some(offset)).collect();
        if before.is_empty() {
            return;
        }
        match self.shared.broker.delete_records(&before).wait() {
            Ok(()) => self.purged.extend(before),
            Err(error) => tracing::debug!(%error, "processed records of repartition topics are not deleted; trying again later"),
        }
    }

    /// Looks for new topics of pattern sources, now and then.
    fn refresh_patterns(&mut self) -> Result<(), Error> {
        if self.last_refresh.elapsed() < self.shared.config.pattern_refresh || !self.shared.plan.has_patterns() {
            return Ok(());
        }
        self.last_refresh = Instant::now();
        let now = self.shared.layout();
        let next = match startup::lay_out(&self.shared.plan, &self.shared.config, &*self.shared.broker) {
            Ok(next) => next,
            Err(error) => {
                tracing::warn!(%error, "no look at the topics of pattern sources; trying again later");
                return Ok(());
            }
        };
        if next.same_topics(&now) {
            return Ok(());
        }
        if let Some(topic) = next.outgrows(&now) {
            return Err(Error::PatternOutgrown { topic });
        }
        tracing::info!("a pattern source matches other topics than before");
        // The leads stay, so that all processes agree about who runs what while they learn of the topics one after the other.
        self.shared.set_layout(next.with_leads_of(&now));
        for worker in self.workers.iter() {
            let _ = worker.send(Command::Refresh);
        }
        Ok(())
    }

    /// Whether all that the topics hold is processed and committed: first the committed offsets are read, then the ends.
    fn is_drained(&self, request: u64) -> Result<bool, Error> {
        if !self.shared.drains.all_idle(request) || lock(&self.shared.tasks).values().any(|t| !t.running) {
            return Ok(false);
        }
        let inputs = self.shared.layout().all_inputs();
        let (global, positions): (Vec<TopicPartition>, Vec<i64>) = lock(&self.shared.global_positions).clone().into_iter().unzip();
        let ask = || -> Result<bool, BrokerError> {
            let committed = self.member.committed(&inputs).wait()?;
            let starts = self.shared.broker.offsets(&inputs, OffsetAt::Earliest, Isolation::ReadCommitted).wait()?;
            let ends = self.shared.broker.offsets(&inputs, OffsetAt::Latest, Isolation::ReadCommitted).wait()?;
            let global_ends = self.shared.broker.offsets(&global, OffsetAt::Latest, Isolation::ReadCommitted).wait()?;
            if positions.iter().zip(global_ends).any(|(position, end)| *position < end) {
                return Ok(false);
            }
            Ok(committed.iter().zip(starts).zip(ends).all(|((committed, start), end)| match committed {
                Some(committed) => committed.offset >= end,
                None => start >= end,
            }))
        };
        match ask() {
            Ok(drained) => Ok(drained),
            Err(error) if error.is_retriable() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
