//! A task from its assignment until it runs.
//!
//! ```text
//!             where its inputs and changelogs      what it lacks
//!             begin and end is known               has been read
//!   Opened ────────────────────────────────▶ Restoring ─────────▶ Running
//! ```
//!
//! What the broker has to be asked is asked for all new tasks of a worker together, without
//! waiting: the other tasks go on. Where the broker does not answer, the tasks stay where they are
//! and are asked for again.
//!
//! The committed offsets are asked for first. What is committed beside them says how far the stream
//! time of the task had come; windows are restored as of then, not as of what a changelog holds
//! beyond the commit.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::environment::Environment;
use super::error::Error;
use super::layout::{InputLayout, Layout};
use super::message::Report;
use super::now::Now;
use super::outcome::TaskOutcome;
use super::reading::Reading;
use super::restore::{Changelog, ChangelogRange, Restore};
use super::worker::{Assigned, Worker};
use crate::broker::{Answer, Broker, BrokerError, CommitOffset, GroupMember, Isolation, OffsetAt, TopicPartition};
use crate::context::SharedProducer;
use crate::plan::OffsetReset;
use crate::task::{TaskBuilder, TaskEnv, TaskId};

/// How far a task is.
pub(super) enum Stage {
    Opened,
    Restoring(Restore),
    Running,
}

/// An input that a task is to read.
struct Asked {
    task: TaskId,
    input: InputLayout,
}

/// Questions about tasks that are on their way.
pub(super) struct Inquiry {
    inputs: Vec<Asked>,
    /// Of tasks that are being opened.
    changelogs: Vec<(TaskId, Vec<Changelog>)>,
    /// Tasks that were closed since. What was true of them may not be of those that were opened in
    /// their place: others may have had them meanwhile.
    closed: BTreeSet<TaskId>,
    answer: Answer<Found>,
}

/// What the broker says of inputs and changelogs, in the order in which they were asked for.
struct Found {
    inputs: Vec<Start>,
    changelogs: Vec<ChangelogRange>,
}

/// What the group has committed.
pub(super) type Committed = BTreeMap<TopicPartition, CommitOffset>;

/// Where an input begins.
struct Start {
    offset: i64,
    committed: Option<CommitOffset>,
}

impl Inquiry {
    fn new(inputs: Vec<Asked>, changelogs: Vec<(TaskId, Vec<Changelog>)>, env: &Environment, member: &dyn GroupMember) -> Self {
        let wanted: Vec<(TopicPartition, OffsetReset)> =
            inputs.iter().map(|asked| (asked.input.partition.clone(), asked.input.reset)).collect();
        let partitions: Vec<(TopicPartition, bool)> = changelogs
            .iter()
            .flat_map(|(_, of_task)| of_task)
            .map(|changelog| (changelog.partition.clone(), changelog.is_source))
            .collect();
        let sources = partitions.iter().filter(|(_, is_source)| *is_source).map(|(partition, _)| partition);
        let asked: BTreeSet<&TopicPartition> = wanted.iter().map(|(partition, _)| partition).chain(sources).collect();
        let asked: Vec<TopicPartition> = asked.into_iter().cloned().collect();
        let committed = member.committed(&asked);
        let (broker, isolation) = (Arc::clone(&env.broker), env.config.isolation);
        let answer = Answer::later(async move {
            let committed: Committed = committed.await?.into_iter().flatten().map(|c| (c.partition.clone(), c)).collect();
            let inputs = starts(&*broker, wanted, &committed, isolation).await?;
            let changelogs = ChangelogRange::ask(&*broker, &partitions, &committed).await?;
            Ok(Found { inputs, changelogs })
        });
        Inquiry { inputs, changelogs, closed: BTreeSet::new(), answer }
    }

    /// A task that was asked about is closed.
    pub(super) fn task_closed(&mut self, task: TaskId) {
        self.closed.insert(task);
    }
}

/// Where inputs begin: at their committed offsets, else where their reset says.
async fn starts(
    broker: &dyn Broker,
    wanted: Vec<(TopicPartition, OffsetReset)>,
    committed: &Committed,
    isolation: Isolation,
) -> Result<Vec<Start>, BrokerError> {
    let of = |partition: &TopicPartition| committed.get(partition).cloned();
    let mut starts: Vec<Start> = wanted.iter().map(|(partition, _)| Start { offset: 0, committed: of(partition) }).collect();
    for start in &mut starts {
        start.offset = start.committed.as_ref().map_or(0, |committed| committed.offset);
    }
    for reset in [OffsetReset::Earliest, OffsetReset::Latest] {
        let unknown = |index: &usize| starts[*index].committed.is_none() && wanted[*index].1 == reset;
        let places: Vec<usize> = (0..wanted.len()).filter(unknown).collect();
        if places.is_empty() {
            continue;
        }
        let asked: Vec<TopicPartition> = places.iter().map(|&place| wanted[place].0.clone()).collect();
        for (place, offset) in places.into_iter().zip(broker.offsets(&asked, offset_at(reset), isolation).await?) {
            starts[place].offset = offset;
        }
    }
    Ok(starts)
}

/// Where to begin without a committed offset.
pub(super) fn offset_at(reset: OffsetReset) -> OffsetAt {
    match reset {
        OffsetReset::Earliest => OffsetAt::Earliest,
        OffsetReset::Latest => OffsetAt::Latest,
    }
}

impl Worker {
    /// Brings tasks that do not run yet a step further; whether there was anything.
    pub(super) fn bring_on(&mut self, now: Now, out: &mut Vec<Report>) -> Result<bool, TaskOutcome> {
        let mut busy = self.open_anew(now)?;
        busy |= self.ask(now)?;
        busy |= self.take_answers(now)?;
        busy |= self.restore()?;
        busy |= self.start_restored(now, out)?;
        Ok(busy)
    }

    /// Opens tasks for which nothing is under way any more that they, or what was there before
    /// them, have sent: a row of a changelog that arrives later would not be restored, and count
    /// after the next restart.
    fn open_anew(&mut self, now: Now) -> Result<bool, TaskOutcome> {
        if self.anew.is_empty() || self.is_unsettled || self.commits.commit.is_some() {
            return Ok(false);
        }
        while let Some((id, damaged)) = self.anew.pop_first() {
            self.open(id, damaged.as_deref(), now)?;
        }
        self.share_cache();
        Ok(true)
    }

    /// Makes a task, which is to be restored. A damaged store begins empty.
    fn open(&mut self, id: TaskId, damaged: Option<&str>, now: Now) -> Result<(), TaskOutcome> {
        let config = &self.env.config;
        let directory = self.env.directory_of(id);
        for sink in self.layout.sinks_of(&self.env.plan, id.sub_topology, &config.application_id) {
            self.producer.borrow_mut().declare(&sink.0, sink.1)?;
        }
        let env = TaskEnv {
            application_id: &config.application_id,
            id,
            plan: &self.env.plan.sub_topologies[id.sub_topology],
            stores: &*config.stores,
            globals: &self.env.globals,
            directory: directory.as_deref(),
            handlers: config.handlers.clone(),
            producer: SharedProducer::clone(&self.producer),
            cache_max_bytes: 0,
            wall_clock_ms: now.wall_ms,
        };
        let mut builder = TaskBuilder::new(&env);
        if let Some(store) = damaged {
            builder.clear_store(store);
        }
        self.topology.build(id.sub_topology, &mut builder);
        let task = builder.finish().map_err(|source| {
            let store = source.damaged_store().map(str::to_owned);
            let error = Error::Build { task: id.to_string(), source: Arc::new(source) };
            TaskOutcome::of_store(id, store, error)
        })?;
        self.tasks.insert(id, Assigned { task, reading: Vec::new(), stage: Stage::Opened });
        Ok(())
    }

    /// Asks about new tasks, and about inputs that running tasks do not read yet.
    fn ask(&mut self, now: Now) -> Result<bool, TaskOutcome> {
        let wanted = self.wants_inputs || self.tasks.values().any(is_opened);
        if !wanted || self.inquiry.is_some() || !self.silence.is_over(now.mono) {
            return Ok(false);
        }
        let wants_inputs = std::mem::take(&mut self.wants_inputs);
        let application_id = &self.env.config.application_id;
        let (mut inputs, mut changelogs) = (Vec::new(), Vec::new());
        for (id, assigned) in &mut self.tasks {
            let asks = is_opened(assigned) || (wants_inputs && assigned.is_running());
            if !asks {
                continue;
            }
            let known = |partition: &TopicPartition| assigned.task.inputs().iter().any(|input| input.partition() == partition);
            let unknown = self.layout.inputs_of(*id).into_iter().filter(|input| !known(&input.partition));
            inputs.extend(unknown.map(|input| Asked { task: *id, input }));
            if is_opened(assigned) {
                changelogs.push((*id, Restore::changelogs(&mut assigned.task, application_id)));
            }
        }
        if inputs.is_empty() && changelogs.is_empty() {
            return Ok(false);
        }
        self.inquiry = Some(Inquiry::new(inputs, changelogs, &self.env, &*self.member));
        Ok(true)
    }

    /// Takes in what the broker says of tasks.
    fn take_answers(&mut self, now: Now) -> Result<bool, TaskOutcome> {
        let Some(inquiry) = &mut self.inquiry else { return Ok(false) };
        let Some(found) = inquiry.answer.try_take(&self.answers) else { return Ok(false) };
        let Some(Inquiry { inputs, changelogs, closed, .. }) = self.inquiry.take() else { return Ok(false) };
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                self.wants_inputs = true;
                self.silence.goes_on(now.mono, "offsets of tasks", error)?;
                return Ok(false);
            }
        };
        self.silence.ends(now.mono);
        for (Asked { task: id, input }, start) in inputs.into_iter().zip(found.inputs) {
            let Some(assigned) = self.tasks.get_mut(&id).filter(|_| !closed.contains(&id)) else { continue };
            let InputLayout { source, partition, reset } = input;
            if assigned.task.inputs().iter().any(|known| *known.partition() == partition) {
                continue;
            }
            tracing::debug!(task = %id, %partition, offset = start.offset, "reading");
            let index = assigned.task.add_input(source, partition, start.offset);
            if let Some(committed) = start.committed {
                assigned.task.take_over(index, &committed.metadata);
            }
            assigned.reading.push(Reading::new(start.offset, reset));
            if assigned.is_running() {
                assigned.read(index, &mut *self.consumer)?;
            }
        }
        let mut ranges = found.changelogs.into_iter();
        for (id, of_task) in changelogs {
            let of_task: Vec<_> = of_task.into_iter().zip(ranges.by_ref()).collect();
            let Some(assigned) = self.tasks.get_mut(&id).filter(|assigned| is_opened(assigned) && !closed.contains(&id)) else { continue };
            let consumer = self.restorer.as_mut().unwrap_or(&mut self.consumer);
            assigned.task.begin_restore().map_err(|source| Error::restore(id, source))?;
            let restore = Restore::begin(&mut assigned.task, of_task, &mut **consumer)?;
            tracing::info!(worker = self.index, task = %id, records = restore.records_to_read(), "task assigned; restoring");
            assigned.stage = Stage::Restoring(restore);
        }
        Ok(true)
    }

    /// Reads a piece of each changelog that is not restored yet.
    fn restore(&mut self) -> Result<bool, TaskOutcome> {
        let mut busy = false;
        let consumer = self.restorer.as_mut().unwrap_or(&mut self.consumer);
        for assigned in self.tasks.values_mut() {
            let Stage::Restoring(restore) = &mut assigned.stage else { continue };
            busy |= restore.step(&mut assigned.task, &mut **consumer)?;
        }
        Ok(busy)
    }

    /// Starts restored tasks. Not while a commit is under way, which knows nothing of them.
    fn start_restored(&mut self, now: Now, out: &mut Vec<Report>) -> Result<bool, TaskOutcome> {
        if self.commits.commit.is_some() {
            return Ok(false);
        }
        let mut busy = false;
        for (id, assigned) in &mut self.tasks {
            let Stage::Restoring(restore) = &assigned.stage else { continue };
            if !restore.is_over() {
                continue;
            }
            for index in 0..assigned.reading.len() {
                assigned.read(index, &mut *self.consumer)?;
            }
            assigned.task.init(now.wall_ms).map_err(|error| TaskOutcome::of(*id, error))?;
            assigned.stage = Stage::Running;
            busy = true;
            self.commits.is_clean = false;
            out.push(Report::Running(*id));
            tracing::info!(worker = self.index, task = %id, "task running");
        }
        Ok(busy)
    }

    /// Whether a task that is to be read in turn with others by the time of its records is not
    /// there yet.
    pub(super) fn awaits(&self, sub_topology: usize) -> bool {
        self.tasks.iter().any(|(id, assigned)| id.sub_topology == sub_topology && !assigned.is_running())
    }

    /// The topics are others than before.
    pub(super) fn take_layout(&mut self, layout: Arc<Layout>) -> Result<(), TaskOutcome> {
        for sub_topology in 0..layout.subs.len() {
            let sinks = |layout: &Layout| layout.sinks_of(&self.env.plan, sub_topology, &self.env.config.application_id);
            let (before, now) = (sinks(&self.layout), sinks(&layout));
            // Tasks know how many partitions the topics have that they write.
            if now.iter().any(|sink| !before.contains(sink)) && self.tasks.keys().any(|id| id.sub_topology == sub_topology) {
                self.outgrown.insert(sub_topology);
            }
        }
        self.layout = layout;
        self.wants_inputs = true;
        Ok(())
    }
}

fn is_opened(assigned: &Assigned) -> bool {
    matches!(assigned.stage, Stage::Opened)
}
