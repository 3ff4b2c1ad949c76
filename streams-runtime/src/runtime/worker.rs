//! A worker: one data consumer, one producer, and a set of tasks. It is a machine: [`Worker::step`]
//! is told the time and what others have to say, does what can be done without waiting, and answers
//! when it wants to be asked again.
//!
//! One step:
//! 1. commands: tasks come and go, queries are answered;
//! 2. opening: tasks whose state is not there yet come a piece closer;
//! 3. fetch: empty queues are filled with what the client has already received;
//! 4. process: each task takes its records in order of time, and runs the schedules that are due
//!    (`turns.rs`);
//! 5. commit (`commits.rs`), if it is time, or if somebody waits for it. Meanwhile nothing is processed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::commit::{Commit, Settled};
use super::commits::{Commits, STOP_LIMIT};
use super::environment::Environment;
use super::error::Error;
use super::layout::Layout;
use super::lease::Lease;
use super::message::{Command, Part, Parting, Report};
use super::now::{Now, Wake, later};
use super::opening::{Inquiry, Stage};
use super::outcome::TaskOutcome;
use super::reading::{Reading, Search};
use super::silence::Silence;
use super::turns::Hold;
use crate::broker::{Consumer, Flushed, GroupMember, ProduceBatch, Waker};
use crate::context::{SharedProducer, TaskMetrics};
use crate::task::{Task, TaskId};
use crate::topology::AnyTopology;

/// The longest wait when there is nothing to do: all that can happen wakes the worker, but the wall
/// clock may be set.
const IDLE_WAIT: Duration = Duration::from_millis(500);

/// How soon acknowledgements are looked for again.
const FLUSH_WAIT: Duration = Duration::from_millis(1);

/// A task with its place in the consumer.
pub(super) struct Assigned {
    pub(super) task: Task,
    /// For each input of the task.
    pub(super) reading: Vec<Reading>,
    pub(super) stage: Stage,
}

impl Assigned {
    pub(super) fn is_running(&self) -> bool {
        matches!(self.stage, Stage::Running)
    }
}

pub(super) type Tasks = BTreeMap<TaskId, Assigned>;

/// What a worker is made of, besides its tasks. It may be sent to the thread that is to own it.
pub(crate) struct WorkerParts {
    pub(crate) index: usize,
    pub(crate) env: Arc<Environment>,
    pub(crate) topology: Arc<AnyTopology>,
    pub(crate) layout: Arc<Layout>,
    pub(crate) member: Arc<dyn GroupMember>,
    pub(super) lease: Lease,
    pub(crate) consumer: Box<dyn Consumer>,
    /// Reads changelogs, if the other consumer reads records of open transactions as well.
    pub(crate) restorer: Option<Box<dyn Consumer>>,
    pub(crate) producer: Box<dyn crate::broker::Producer>,
}

pub(crate) struct Worker {
    pub(super) index: usize,
    pub(super) env: Arc<Environment>,
    pub(super) topology: Arc<AnyTopology>,
    pub(super) layout: Arc<Layout>,
    pub(super) member: Arc<dyn GroupMember>,
    lease: Lease,
    /// The lease has run out: nothing is written before the group has been looked at.
    pub(super) is_held: bool,
    pub(super) consumer: Box<dyn Consumer>,
    pub(super) restorer: Option<Box<dyn Consumer>>,
    pub(super) producer: SharedProducer,
    /// Woken by answers.
    pub(super) answers: std::task::Waker,
    pub(super) tasks: Tasks,
    /// Tasks to be opened when all that was sent is acknowledged, some with a store to be cleared.
    pub(super) anew: BTreeMap<TaskId, Option<String>>,
    pub(super) damages: BTreeMap<TaskId, u32>,
    /// Tasks were dropped without a commit, and something that they have sent may still be under
    /// way.
    pub(super) is_unsettled: bool,
    /// When a result first was not acknowledged in time, if nothing was committed since.
    pub(super) undelivered_since: Option<Duration>,
    /// Parts whose tasks are opened anew after the next commit: topics that they write have more
    /// partitions by now.
    pub(super) outgrown: BTreeSet<usize>,
    pub(super) commits: Commits,
    pub(super) inquiry: Option<Inquiry>,
    pub(super) searching: Option<Search>,
    pub(super) silence: Silence,
    /// Tasks read partitions that were not there when they began.
    pub(super) wants_inputs: bool,
    /// Tasks that the group asks back, by the number of the request, and until when a last commit
    /// is tried.
    pub(super) partings: VecDeque<(u64, Vec<TaskId>, Duration)>,
    /// Partings without a commit, which are confirmed when nothing of their tasks is under way any
    /// more: another worker, also of this process, may be given them.
    pub(super) unconfirmed: Vec<u64>,
    /// Until when a last commit is tried, once the worker is to stop.
    pub(super) stopping: Option<Duration>,
    /// Somebody waits for the end of the input.
    pub(super) drain: Option<u64>,
    pub(super) paused: bool,
    pub(super) hold: Hold,
    /// Room for the results of short turns.
    pub(super) turn_results: ProduceBatch,
    /// Of tasks that are closed, and of results that were refused after they were sent.
    pub(super) finished: TaskMetrics,
    reported: TaskMetrics,
}

impl Part for Worker {
    fn step(&mut self, now: Now, commands: &mut dyn Iterator<Item = Command>, out: &mut Vec<Report>) -> Wake {
        let ended = match self.round(now, commands, out) {
            Ok(Some(wake)) => return wake,
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        self.report_metrics(out);
        self.env.config.handlers.log_limit.log_summaries(now.wall_ms, true);
        out.push(Report::Ended(ended));
        Wake::Ended
    }

    fn wait(&mut self, timeout: Duration) {
        self.consumer.wait(timeout);
    }
}

impl Worker {
    /// `waker` has the worker stepped again.
    pub(crate) fn new(parts: WorkerParts, waker: &Waker, now: Now) -> Self {
        let WorkerParts { index, env, topology, layout, member, lease, consumer, restorer, mut producer } = parts;
        producer.wake(waker.clone());
        let next = later(now.mono, env.config.commit_interval);
        Worker {
            index,
            paused: env.config.paused,
            env,
            topology,
            layout,
            member,
            lease,
            is_held: false,
            consumer,
            restorer,
            producer: std::rc::Rc::new(std::cell::RefCell::new(producer)),
            answers: waker.task(),
            tasks: Tasks::new(),
            anew: BTreeMap::new(),
            damages: BTreeMap::new(),
            is_unsettled: false,
            undelivered_since: None,
            outgrown: BTreeSet::new(),
            commits: Commits::new(next),
            inquiry: None,
            searching: None,
            silence: Silence::default(),
            wants_inputs: false,
            partings: VecDeque::new(),
            unconfirmed: Vec::new(),
            stopping: None,
            drain: None,
            hold: Hold::default(),
            turn_results: ProduceBatch::default(),
            finished: TaskMetrics::default(),
            reported: TaskMetrics::default(),
        }
    }

    /// `None`: the worker has ended.
    fn round(&mut self, now: Now, commands: &mut dyn Iterator<Item = Command>, out: &mut Vec<Report>) -> Result<Option<Wake>, Error> {
        let busy = match self.work(now, commands, out) {
            Ok(busy) => busy,
            Err(outcome) => {
                self.recover(outcome, now, out)?;
                true
            }
        };
        let is_done = self.commits.commit.is_none() && self.tasks.is_empty() && self.anew.is_empty() && !self.is_unsettled;
        if self.stopping.is_some() && is_done {
            return Ok(None);
        }
        Ok(Some(if busy { Wake::Again } else { Wake::At(self.next_due(now)) }))
    }

    /// Whether anything was done.
    fn work(&mut self, now: Now, commands: &mut dyn Iterator<Item = Command>, out: &mut Vec<Report>) -> Result<bool, TaskOutcome> {
        let mut busy = false;
        for command in commands {
            busy = true;
            self.take(command, now, out)?;
        }
        self.is_held = self.lease.has_run_out(now.mono);
        if self.is_held {
            self.stand_still(out)?;
        }
        if self.is_unsettled && self.commits.commit.is_none() {
            self.is_unsettled = self.producer.borrow_mut().flush_step()? == Flushed::Waiting;
        }
        if !self.is_unsettled {
            out.extend(self.unconfirmed.drain(..).map(|number| Report::GivenUp(number, Settled::lost())));
        }
        if self.stopping.is_none() {
            busy |= self.bring_on(now, out)?;
            busy |= self.search(now)?;
            busy |= self.fetch()?;
            // What there is to report is heard before the user's code has its turn, which may take
            // long.
            if self.may_process() && out.is_empty() {
                busy |= self.process(now)?;
            }
        }
        self.producer.borrow_mut().poll()?;
        self.surroundings(now).settle_refused()?;
        busy |= self.step_commit(now, busy, out)?;
        if !busy {
            self.report_metrics(out);
            self.env.config.handlers.log_limit.log_summaries(now.wall_ms, false);
            self.report_drained(out);
        }
        Ok(busy)
    }

    /// Not while a commit is under way, which stands for what was done before it.
    fn may_process(&self) -> bool {
        let is_held = self.is_held || self.paused || self.is_unsettled || self.commits.commit.is_some() || !self.partings.is_empty();
        !is_held && self.producer.borrow().has_room()
    }

    fn take(&mut self, command: Command, now: Now, out: &mut Vec<Report>) -> Result<(), TaskOutcome> {
        match command {
            Command::Assign(tasks) => {
                for task in tasks {
                    self.anew.insert(task, None);
                }
            }
            Command::GiveUp(number, tasks, Parting::Revoked) => {
                let until = later(now.mono, self.env.config.session_timeout);
                self.partings.push_back((number, tasks, until));
            }
            Command::GiveUp(number, tasks, Parting::Lost) => {
                self.unconfirmed.push(number);
                self.lose(&tasks, out)?;
            }
            Command::Layout(layout) => self.take_layout(layout)?,
            Command::MadeAgain(topics) => self.begin_again(&topics, now)?,
            Command::Pause(paused) => self.paused = paused,
            Command::Drain(number) => self.drain = Some(number),
            Command::Ask(task, question) => question(self.tasks.get_mut(&task).filter(|a| a.is_running()).map(|a| &mut a.task)),
            Command::Ping(number) => out.push(Report::Pong(number)),
            Command::Stop => {
                self.stopping.get_or_insert(later(now.mono, STOP_LIMIT));
                self.anew.clear();
            }
        }
        Ok(())
    }

    /// The memory for caches is shared by all stores of the process.
    pub(super) fn share_cache(&mut self) {
        let stores: usize = self.tasks.values_mut().map(|a| a.task.each_store().count()).sum();
        let each = self.env.config.cache_max_bytes / self.env.config.threads / stores.max(1);
        for assigned in self.tasks.values_mut() {
            assigned.task.each_store().for_each(|store| store.set_cache_max_bytes(each));
        }
    }

    /// Says that nothing is left to do, to whoever waits for that.
    fn report_drained(&mut self, out: &mut Vec<Report>) {
        let all_read = |a: &Assigned| a.is_running() && a.task.inputs().iter().all(|i| i.is_empty() && i.is_caught_up());
        let is_idle = self.commits.is_clean && self.commits.commit.is_none() && self.anew.is_empty();
        if is_idle && self.tasks.values().all(all_read) {
            out.extend(self.drain.take().map(Report::Idle));
        }
    }

    pub(super) fn report_metrics(&mut self, out: &mut Vec<Report>) {
        let mut total = self.finished;
        self.tasks.values().for_each(|a| total.add(a.task.metrics()));
        if total != self.reported {
            self.reported = total;
            out.push(Report::Metrics(total));
        }
    }

    fn next_due(&self, now: Now) -> Duration {
        let idle = now.mono + IDLE_WAIT;
        if self.is_unsettled || self.commits.commit.as_ref().is_some_and(Commit::is_flushing) {
            return now.mono + FLUSH_WAIT;
        }
        let schedules = self.tasks.values().filter(|_| !self.paused).filter_map(|a| a.task.next_wall_clock_ms());
        let schedule = schedules.min().map_or(idle, |due_ms| {
            let in_ms = u64::try_from(due_ms.saturating_sub(now.wall_ms)).unwrap_or(0);
            now.mono.saturating_add(Duration::from_millis(in_ms.max(1)))
        });
        let commit = if self.commits.commit.is_some() { idle } else { self.commits.due(self.is_urgent(false)) };
        // What was due already waits for an answer or for records, which wake the worker.
        let to_come = |at: Option<Duration>| at.filter(|at| *at > now.mono).unwrap_or(idle);
        let question = to_come(self.silence.until());
        let hold = to_come(self.hold.until());
        idle.min(schedule).min(commit.max(now.mono + FLUSH_WAIT)).min(question).min(hold)
    }
}
