//! A task from its assignment until it runs.
//!
//! ```text
//!             where its changelogs      what it lacks         where its inputs
//!             begin and end is known    has been read         begin is known
//!   Opened ─────────────────────▶ Restoring ─────────▶ Restored ─────────▶ Running
//! ```
//!
//! What the broker has to be asked is asked for all tasks of a worker together. Where the broker
//! does not answer, the tasks stay where they are and are asked for in the next round; the other
//! tasks of the worker go on.

use std::time::{Duration, Instant};

use super::error::Error;
use super::restore::{ChangelogRange, Restore};
use super::shared::lock;
use super::worker::{Worker, offset_at};
use crate::broker::{BrokerError, TopicPartition};
use crate::plan::OffsetReset;
use crate::task::TaskId;

/// How far a task is.
pub(super) enum Stage {
    Opened,
    Restoring(Restore),
    Restored,
    Running,
}

/// How often a broker that does not answer is reported.
const REPORT_INTERVAL: Duration = Duration::from_secs(10);

/// How soon it is asked again.
const PAUSE: Duration = Duration::from_millis(200);

/// A broker that does not answer: since when, when it was last reported, and when it is asked
/// again.
#[derive(Default)]
pub(super) struct Silence {
    since: Option<Instant>,
    reported: Option<Instant>,
    next_question: Option<Instant>,
}

impl Silence {
    /// Whether the broker may be asked.
    fn is_over(&self) -> bool {
        self.next_question.is_none_or(|next| Instant::now() >= next)
    }

    /// The broker has answered.
    fn ends(&mut self) {
        if let Some(since) = self.since.take() {
            tracing::info!(after_ms = since.elapsed().as_millis(), "the broker answers again");
        }
        self.reported = None;
        self.next_question = None;
    }

    /// The broker does not answer. Other errors are no silence.
    fn goes_on(&mut self, what: &'static str, error: BrokerError) -> Result<(), BrokerError> {
        if !error.is_retriable() {
            return Err(error);
        }
        let now = Instant::now();
        self.since.get_or_insert(now);
        self.next_question = Some(now + PAUSE);
        if self.reported.is_none_or(|reported| now.duration_since(reported) >= REPORT_INTERVAL) {
            self.reported = Some(now);
            tracing::warn!(%error, what, "the broker does not answer; asking again");
        }
        Ok(())
    }
}

impl Worker {
    /// Brings tasks that do not run yet a step further; whether there was anything.
    pub(super) fn bring_on(&mut self) -> Result<bool, Error> {
        if self.tasks.values().all(|assigned| assigned.is_running()) {
            return Ok(false);
        }
        let mut busy = self.begin_restoring()?;
        busy |= self.restore()?;
        busy |= self.start_restored()?;
        Ok(busy)
    }

    fn those_that(&self, are: fn(&Stage) -> bool) -> Vec<TaskId> {
        self.tasks.iter().filter(|(_, assigned)| are(&assigned.stage)).map(|(id, _)| *id).collect()
    }

    /// Finds out what the stores of new tasks lack.
    fn begin_restoring(&mut self) -> Result<bool, Error> {
        let opened = self.those_that(|stage| matches!(stage, Stage::Opened));
        if opened.is_empty() || !self.silence.is_over() {
            return Ok(false);
        }
        let application_id = &self.shared.config.application_id;
        let mut changelogs = Vec::new();
        for id in &opened {
            if let Some(assigned) = self.tasks.get_mut(id) {
                changelogs.push((*id, Restore::changelogs(&mut assigned.task, application_id)));
            }
        }
        let partitions: Vec<TopicPartition> = changelogs.iter().flat_map(|(_, of_task)| of_task).map(|c| c.partition.clone()).collect();
        let committed: Vec<TopicPartition> =
            changelogs.iter().flat_map(|(_, of_task)| of_task).filter(|c| c.is_source).map(|c| c.partition.clone()).collect();
        let ranges = match ChangelogRange::ask(&partitions, &committed, &*self.shared.broker, &*self.member) {
            Ok(ranges) => ranges,
            Err(error) => return Ok(self.silence.goes_on("changelogs", error).map(|()| false)?),
        };
        self.silence.ends();
        let mut ranges = ranges.into_iter();
        for (id, changelogs) in changelogs {
            let Some(assigned) = self.tasks.get_mut(&id) else { continue };
            let of_task: Vec<_> = changelogs.into_iter().zip(ranges.by_ref()).collect();
            let restore = Restore::begin(&mut assigned.task, of_task, &mut *self.consumer)?;
            tracing::info!(worker = self.index, task = %id, records = restore.records_to_read(), "task assigned; restoring");
            assigned.stage = Stage::Restoring(restore);
        }
        Ok(true)
    }

    /// Reads a piece of each changelog that is not restored yet.
    fn restore(&mut self) -> Result<bool, Error> {
        let mut busy = false;
        for assigned in self.tasks.values_mut() {
            let Stage::Restoring(restore) = &mut assigned.stage else { continue };
            busy |= restore.step(&mut assigned.task, &mut *self.consumer)?;
            if restore.is_over() {
                assigned.stage = Stage::Restored;
                busy = true;
            }
        }
        Ok(busy)
    }

    /// Starts restored tasks at the committed offsets.
    fn start_restored(&mut self) -> Result<bool, Error> {
        let restored = self.those_that(|stage| matches!(stage, Stage::Restored));
        if restored.is_empty() || !self.read_inputs(&restored)? {
            return Ok(false);
        }
        for id in restored {
            let Some(assigned) = self.tasks.get_mut(&id) else { continue };
            let now_ms = self.shared.config.clock.now_ms();
            assigned.task.init(now_ms).map_err(|source| Error::task(id, source))?;
            assigned.stage = Stage::Running;
            if let Some(place) = lock(&self.shared.tasks).get_mut(&id) {
                place.running = true;
            }
            self.shared.update_state(false);
            tracing::info!(worker = self.index, task = %id, "task running");
        }
        Ok(true)
    }

    /// Begins to read the inputs of tasks that they do not read yet, at the committed offsets.
    /// `false`: the broker does not answer, and nothing was done.
    pub(super) fn read_inputs(&mut self, tasks: &[TaskId]) -> Result<bool, Error> {
        if !self.silence.is_over() {
            return Ok(false);
        }
        let layout = self.shared.layout();
        let mut inputs = Vec::new();
        for id in tasks {
            let Some(assigned) = self.tasks.get(id) else { continue };
            let known = |partition: &TopicPartition| assigned.task.inputs().iter().any(|input| input.partition() == partition);
            inputs.extend(layout.inputs_of(*id).into_iter().filter(|(_, partition, _)| !known(partition)).map(|input| (*id, input)));
        }
        let partitions: Vec<TopicPartition> = inputs.iter().map(|(_, (_, partition, _))| partition.clone()).collect();
        let begun = self.member.committed(&partitions).wait().and_then(|committed| {
            let unknown = inputs.iter().zip(&committed).filter(|(_, committed)| committed.is_none());
            let resets: Vec<_> = unknown.map(|((_, (_, partition, reset)), _)| (partition.clone(), *reset)).collect();
            Ok((committed, self.reset_offsets(&resets)?))
        });
        let (committed, resets) = match begun {
            Ok(begun) => begun,
            Err(error) => return Ok(self.silence.goes_on("committed offsets", error).map(|()| false)?),
        };
        self.silence.ends();
        let mut resets = resets.into_iter();
        for ((id, (source, partition, reset)), committed) in inputs.into_iter().zip(committed) {
            let Some(assigned) = self.tasks.get_mut(&id) else { continue };
            let offset = committed.as_ref().map(|committed| committed.offset).or_else(|| resets.next()).unwrap_or(0);
            tracing::debug!(task = %id, %partition, offset, "reading");
            let slot = self.consumer.assign(&partition, offset)?;
            let input = assigned.task.add_input(source, partition, offset);
            if let Some(committed) = committed {
                assigned.task.take_over(input, &committed.metadata);
            }
            assigned.slots.push(slot);
            assigned.resets.push(reset);
        }
        Ok(true)
    }

    /// Where to begin without a committed offset, in the order of the partitions.
    pub(super) fn reset_offsets(&self, partitions: &[(TopicPartition, OffsetReset)]) -> Result<Vec<i64>, BrokerError> {
        let mut offsets = vec![0; partitions.len()];
        for reset in [OffsetReset::Earliest, OffsetReset::Latest] {
            let of_reset: Vec<usize> = (0..partitions.len()).filter(|&index| partitions[index].1 == reset).collect();
            if of_reset.is_empty() {
                continue;
            }
            let asked: Vec<TopicPartition> = of_reset.iter().map(|&index| partitions[index].0.clone()).collect();
            for (index, offset) in
                of_reset.into_iter().zip(self.shared.broker.offsets(&asked, offset_at(reset), Default::default()).wait()?)
            {
                offsets[index] = offset;
            }
        }
        Ok(offsets)
    }
}
