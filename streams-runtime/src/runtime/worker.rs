//! A worker: one thread, one data consumer, one producer, and a set of tasks. `step` is one round; the thread only repeats it.
//!
//! One round:
//! 1. commands: tasks come and go, queries are answered;
//! 2. restore: tasks whose state is not there yet read a piece of their changelogs;
//! 3. fetch: empty queues are filled with what the client has already received;
//! 4. process: each task takes its records in order of time, and runs the schedules that are due;
//! 5. commit, if it is time.
//!
//! If there was nothing to do it waits for records, for a command, or for the next due time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};

use super::commit::Outcome;
use super::control::Command;
use super::error::Error;
use super::guard::guarded;
use super::opening::{Silence, Stage};
use super::shared::{Shared, TaskPlace, lock};
use crate::broker::{BrokerError, Consumer, GroupMember, OffsetAt, PartitionSlot};
use crate::context::{SharedProducer, TaskMetrics};
use crate::plan::OffsetReset;
use crate::task::{Task, TaskBuilder, TaskEnv, TaskId};
use crate::topology::AnyTopology;

/// Records fetched for a queue at a time.
const FETCH_RECORDS: usize = 2_000;
/// Records of one task before the next has its turn.
const TURN_RECORDS: usize = 8_000;
/// The longest wait when there is nothing to do.
const IDLE_WAIT: Duration = Duration::from_millis(100);

/// A task with its place in the consumer.
pub(super) struct Assigned {
    pub(super) task: Task,
    /// For each input of the task.
    pub(super) slots: Vec<PartitionSlot>,
    /// Where each input begins without a committed offset.
    pub(super) resets: Vec<OffsetReset>,
    pub(super) stage: Stage,
}

impl Assigned {
    pub(super) fn is_running(&self) -> bool {
        matches!(self.stage, Stage::Running)
    }
}

pub(crate) struct Worker {
    pub(super) index: usize,
    pub(super) shared: Arc<Shared>,
    topology: Arc<AnyTopology>,
    commands: Receiver<Command>,
    pub(super) member: Arc<dyn GroupMember>,
    pub(super) consumer: Box<dyn Consumer>,
    pub(super) producer: SharedProducer,
    pub(super) tasks: BTreeMap<TaskId, Assigned>,
    /// By the monotonic clock.
    pub(super) next_commit: Instant,
    pub(super) silence: Silence,
    /// A pattern source matches new topics that are not read yet.
    wants_inputs: bool,
    pub(super) commit_requested: bool,
    /// Of tasks that are closed, and of results that were refused after they were sent.
    pub(super) finished: TaskMetrics,
    stopping: bool,
}

impl Worker {
    pub(crate) fn new(
        index: usize,
        shared: Arc<Shared>,
        topology: Arc<AnyTopology>,
        commands: Receiver<Command>,
        member: Arc<dyn GroupMember>,
        consumer: Box<dyn Consumer>,
        producer: SharedProducer,
    ) -> Self {
        let next_commit = later(Instant::now(), shared.config.commit_interval);
        Worker {
            index,
            shared,
            topology,
            commands,
            member,
            consumer,
            producer,
            tasks: BTreeMap::new(),
            next_commit,
            silence: Silence::default(),
            wants_inputs: false,
            commit_requested: false,
            finished: TaskMetrics::default(),
            stopping: false,
        }
    }

    /// Repeats [`step`](Self::step) until the worker is told to stop. An error or a panic ends the application.
    pub(crate) fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        guarded(&shared, || {
            if let Err(error) = self.repeat() {
                shared.fail(error);
            }
        });
        // One that has ended is not stuck.
        self.shared.beats.end(self.index);
        let mut places = lock(&self.shared.tasks);
        places.retain(|_, place| place.worker != self.index);
    }

    fn repeat(&mut self) -> Result<(), Error> {
        while !self.stopping {
            if !self.step()? {
                let timeout = self.until_next_due();
                self.consumer.wait(timeout);
            }
        }
        Ok(())
    }

    /// One round; whether anything was done.
    fn step(&mut self) -> Result<bool, Error> {
        // Before the clock and the topics are looked at: what they have by then is done before anyone hears that nothing is left.
        let drain = self.shared.drains.open();
        let now_ms = self.shared.config.clock.now_ms();
        self.shared.beats.beat(self.index);
        let mut busy = self.take_commands()?;
        if self.stopping {
            return Ok(true);
        }
        busy |= self.bring_on()?;
        busy |= self.read_new_inputs()?;
        busy |= self.fetch()?;
        if !self.shared.is_paused() {
            busy |= self.process(now_ms)?;
        }
        self.producer.borrow_mut().poll()?;
        self.settle_refused()?;
        let draining = !busy && drain.is_some();
        let commits = self.commit_requested || Instant::now() >= self.next_commit || draining;
        if commits {
            busy |= matches!(self.commit()?, Outcome::Committed);
        }
        // With each commit as well, or a worker that is never idle would never be heard of.
        if commits || !busy {
            self.report_metrics();
            self.shared.config.handlers.log_limit.log_summaries(now_ms, false);
        }
        self.shared.drains.note(self.index, drain.filter(|_| !busy && self.is_drained()));
        Ok(busy)
    }

    fn is_drained(&self) -> bool {
        self.tasks.values().all(|a| a.is_running() && a.task.inputs().iter().all(|i| i.is_empty() && i.is_caught_up()))
    }

    fn until_next_due(&self) -> Duration {
        let now_ms = self.shared.config.clock.now_ms();
        let schedules = self.tasks.values().filter(|_| !self.shared.is_paused()).filter_map(|a| a.task.next_wall_clock_ms());
        let until_commit = self.next_commit.saturating_duration_since(Instant::now());
        let until_schedule = schedules.min().map_or(IDLE_WAIT, |due_ms| Duration::from_millis(due_ms.saturating_sub(now_ms).max(0) as u64));
        until_schedule.min(until_commit).clamp(Duration::from_millis(1), IDLE_WAIT)
    }

    fn take_commands(&mut self) -> Result<bool, Error> {
        let mut any = false;
        loop {
            let command = match self.commands.try_recv() {
                Ok(command) => command,
                Err(TryRecvError::Empty) => return Ok(any),
                Err(TryRecvError::Disconnected) => Command::Stop,
            };
            any = true;
            match command {
                Command::Assign(tasks) => {
                    for task in tasks {
                        self.open(task)?;
                    }
                    self.share_cache();
                }
                Command::Revoke(tasks, done) => {
                    self.commit_before_handing_over()?;
                    for task in &tasks {
                        self.close(*task)?;
                    }
                    self.share_cache();
                    let _ = done.send(());
                }
                Command::Lose(tasks, done) => {
                    for task in &tasks {
                        self.close(*task)?;
                    }
                    self.share_cache();
                    let _ = done.send(());
                }
                Command::Refresh => self.wants_inputs = true,
                Command::Ask(task, question) => question(self.tasks.get_mut(&task).filter(|a| a.is_running()).map(|a| &mut a.task)),
                Command::Stop => {
                    if let Err(error) = self.commit_before_leaving() {
                        self.shared.fail(error);
                    }
                    let tasks: Vec<TaskId> = self.tasks.keys().copied().collect();
                    for task in tasks {
                        self.close(task)?;
                    }
                    self.report_metrics();
                    self.shared.config.handlers.log_limit.log_summaries(self.shared.config.clock.now_ms(), true);
                    self.stopping = true;
                    return Ok(true);
                }
            }
        }
    }

    /// The memory for caches is shared by all stores of the process.
    fn share_cache(&mut self) {
        let stores: usize = self.tasks.values_mut().map(|a| a.task.each_store().count()).sum();
        let each = self.shared.config.cache_max_bytes / self.shared.config.threads / stores.max(1);
        for assigned in self.tasks.values_mut() {
            assigned.task.each_store().for_each(|store| store.set_cache_max_bytes(each));
        }
    }

    /// Makes a task, which is to be restored.
    fn open(&mut self, id: TaskId) -> Result<(), Error> {
        let config = &self.shared.config;
        let directory = config.state_dir.as_ref().map(|dir| dir.join(&config.application_id).join(id.to_string()));
        let env = TaskEnv {
            application_id: &config.application_id,
            id,
            plan: &self.shared.plan.sub_topologies[id.sub_topology],
            stores: &*config.stores,
            globals: &self.shared.globals,
            directory: directory.as_deref(),
            handlers: config.handlers.clone(),
            producer: SharedProducer::clone(&self.producer),
            cache_max_bytes: 0,
            wall_clock_ms: config.clock.now_ms(),
        };
        let mut builder = TaskBuilder::new(&env);
        self.topology.build(id.sub_topology, &mut builder);
        let task = builder.finish().map_err(|source| Error::Build { task: id.to_string(), source: Arc::new(source) })?;
        let place = TaskPlace { worker: self.index, running: false };
        lock(&self.shared.tasks).insert(id, place);
        self.tasks.insert(id, Assigned { task, slots: Vec::new(), resets: Vec::new(), stage: Stage::Opened });
        Ok(())
    }

    /// Tasks that run read what a pattern source has found since.
    fn read_new_inputs(&mut self) -> Result<bool, Error> {
        if !self.wants_inputs {
            return Ok(false);
        }
        let running: Vec<TaskId> = self.tasks.iter().filter(|(_, a)| a.is_running()).map(|(id, _)| *id).collect();
        let read = self.read_inputs(&running)?;
        self.wants_inputs = !read;
        Ok(read)
    }

    fn close(&mut self, id: TaskId) -> Result<(), Error> {
        lock(&self.shared.tasks).remove(&id);
        let Some(mut assigned) = self.tasks.remove(&id) else { return Ok(()) };
        for slot in assigned.slots.drain(..) {
            self.consumer.unassign(slot)?;
        }
        match assigned.stage {
            Stage::Opened | Stage::Restored => {}
            Stage::Restoring(restore) => restore.abandon(&mut *self.consumer)?,
            Stage::Running => assigned.task.close().map_err(|source| Error::task(id, source))?,
        }
        self.finished.add(assigned.task.metrics());
        tracing::info!(worker = self.index, task = %id, "task closed");
        Ok(())
    }

    fn fetch(&mut self) -> Result<bool, Error> {
        let mut any = false;
        for assigned in self.tasks.values_mut() {
            for (index, input) in assigned.task.inputs_mut().iter_mut().enumerate() {
                let Some(&slot) = assigned.slots.get(index) else { continue };
                let partition = input.partition().clone();
                let Some(batch) = input.incoming() else { continue };
                match self.consumer.fetch(slot, FETCH_RECORDS, batch) {
                    Ok(fetched) => {
                        any |= fetched > 0;
                        input.fetched(self.consumer.position(slot), self.consumer.known_end(slot));
                    }
                    Err(error @ BrokerError::OffsetOutOfRange { .. }) => {
                        let asked = std::slice::from_ref(&partition);
                        let at = offset_at(assigned.resets[index]);
                        let offset = match self.shared.broker.offsets(asked, at, Default::default()).wait() {
                            Ok(offsets) => offsets.first().copied().unwrap_or(0),
                            // The next fetch says the same again.
                            Err(error) if error.is_retriable() => continue,
                            Err(error) => return Err(error.into()),
                        };
                        tracing::warn!(%error, offset, "reading goes on somewhere else: records were deleted before they were read");
                        self.consumer.unassign(slot)?;
                        assigned.slots[index] = self.consumer.assign(&partition, offset)?;
                    }
                    Err(error) if error.is_retriable() => tracing::debug!(%error, %partition, "fetch"),
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(any)
    }

    fn process(&mut self, now_ms: i64) -> Result<bool, Error> {
        let mut any = false;
        for (id, assigned) in self.tasks.iter_mut().filter(|(_, a)| a.is_running()) {
            let stopped = |source| Error::task(*id, source);
            let progress = assigned.task.process(TURN_RECORDS, i64::MAX, now_ms).map_err(stopped)?;
            if assigned.task.next_wall_clock_ms().is_some_and(|due_ms| due_ms <= now_ms) {
                assigned.task.punctuate_wall_clock(now_ms).map_err(stopped)?;
                any = true;
            }
            any |= progress.records > 0;
            self.commit_requested |= progress.commit_requested;
        }
        Ok(any)
    }

    fn report_metrics(&self) {
        let mut total = self.finished;
        self.tasks.values().for_each(|a| total.add(a.task.metrics()));
        lock(&self.shared.metrics).insert(self.index, total);
    }
}

/// Where to begin without a committed offset.
pub(super) fn offset_at(reset: OffsetReset) -> OffsetAt {
    match reset {
        OffsetReset::Earliest => OffsetAt::Earliest,
        OffsetReset::Latest => OffsetAt::Latest,
    }
}

/// A time from now; one that no clock reaches is far away.
pub(super) fn later(now: Instant, interval: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
    now.checked_add(interval.min(FAR)).unwrap_or(now)
}
