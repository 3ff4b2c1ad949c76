//! A task: one sub-topology for one partition, with its queues, its stores and its clock. It knows no threads and no broker.

mod builder;
mod commit;
mod input;
mod metadata;
mod processor_stores;
mod taken_over;

use std::fmt;

pub use builder::{BuildError, TaskBuilder, TaskEnv};
pub use input::Input;
pub use processor_stores::TableWindow;

use crate::broker::{ProduceBatch, TopicPartition};
use crate::context::{Context, TaskMetrics};
use crate::error::TaskError;
use crate::node::Signal;
use crate::operators::{Run, Source};
use crate::processor::ScheduleKind;
use crate::stores::{StoreArena, StoreObject};

/// Which task: shown as `<sub-topology>_<partition>`, as Kafka Streams does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskId {
    /// Index of the sub-topology.
    pub sub_topology: usize,
    /// Partition.
    pub partition: i32,
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.sub_topology, self.partition)
    }
}

/// What a step of a task came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Records processed.
    pub records: usize,
    /// Whether a processor asked for a commit.
    pub commit_requested: bool,
    /// Whether records wait because another partition, known to have more, has not delivered yet.
    pub waits_for_input: bool,
}

/// What is due next.
struct Head {
    /// The input that it waits in.
    input: usize,
    /// Its time.
    head_ms: i64,
    /// The time up to which the records of this input come before those of all others.
    limit_ms: i64,
}

/// A running sub-topology for one partition.
pub struct Task {
    id: TaskId,
    sources: Vec<Box<dyn Source>>,
    inputs: Vec<Input>,
    cx: Context,
    /// The processors have begun.
    has_begun: bool,
    /// The times of stores that were ahead of the stream time at the commit.
    ahead: Vec<(String, i64)>,
}

impl Task {
    pub(crate) fn new(id: TaskId, sources: Vec<Box<dyn Source>>, cx: Context) -> Self {
        Task { id, sources, inputs: Vec::new(), cx, has_begun: false, ahead: Vec::new() }
    }

    /// Which one.
    pub fn id(&self) -> TaskId {
        self.id
    }

    /// Adds a partition that source number `source` reads, from `offset` on. Returns its index among the inputs.
    pub fn add_input(&mut self, source: usize, partition: TopicPartition, offset: i64) -> usize {
        self.inputs.push(Input::new(source, partition, offset));
        self.inputs.len() - 1
    }

    /// The partitions it reads.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// The partitions it reads, to be filled.
    pub fn inputs_mut(&mut self) -> &mut [Input] {
        &mut self.inputs
    }

    /// The stores.
    pub fn stores_mut(&mut self) -> &mut StoreArena {
        &mut self.cx.stores
    }

    /// Each store, whatever its type.
    pub fn each_store(&mut self) -> impl Iterator<Item = &mut dyn StoreObject> {
        self.cx.stores.iter_mut()
    }

    /// What was counted so far.
    pub fn metrics(&self) -> TaskMetrics {
        self.cx.metrics
    }

    /// The largest timestamp taken in; -1 before the first record.
    pub fn stream_time_ms(&self) -> i64 {
        self.cx.stream_time_ms
    }

    /// Moves the stream time on without a record (never back), lets the rows expire that are due
    /// then, and runs the stream-time schedules that become due. For surroundings in which several
    /// tasks share one stream time.
    ///
    /// # Errors
    /// When the task has to stop.
    pub fn advance_stream_time(&mut self, stream_time_ms: i64, now_ms: i64) -> Result<(), Box<TaskError>> {
        self.cx.wall_clock_ms = now_ms;
        self.cx.stream_time_ms = self.cx.stream_time_ms.max(stream_time_ms);
        if self.has_begun {
            self.expire()?;
        }
        self.punctuate(ScheduleKind::StreamTime, self.cx.stream_time_ms)?;
        self.flush_full_caches()?;
        self.cx.hand_over().map_err(|e| self.cx.produce_error("output", e))
    }

    /// When the next wall-clock schedule is due.
    pub fn next_wall_clock_ms(&self) -> Option<i64> {
        self.cx.schedules.next_due(ScheduleKind::WallClock)
    }

    /// Starts the processors; the stores are restored by now. Stream-time schedules for which it is late already, by the stream time that was
    /// committed, are called at once, as in Kafka Streams.
    ///
    /// # Errors
    /// When a processor's `init` fails, or what its schedules do.
    pub fn init(&mut self, now_ms: i64) -> Result<(), Box<TaskError>> {
        self.cx.wall_clock_ms = now_ms;
        self.signal(&mut Signal::Init)?;
        self.has_begun = true;
        self.advance_stream_time(self.cx.stream_time_ms, now_ms)
    }

    fn signal(&mut self, signal: &mut Signal) -> Result<(), Box<TaskError>> {
        self.sources.iter_mut().try_for_each(|source| source.signal(signal, &mut self.cx))
    }

    /// The time of the record that comes next; `None` if there is none, or if it waits for an input
    /// that has more. What is left out whatever its time (it cannot be decoded, or is too far ahead
    /// of the wall clock of the last step) comes first, with the earliest time.
    pub fn head_ms(&mut self) -> Option<i64> {
        self.choose(&mut Progress::default()).map(|head| head.head_ms)
    }

    /// Processes up to about `max_records` buffered records, always the one with the lowest
    /// timestamp among the partitions next, and stops before the first whose time is greater than
    /// `until_ms`, so that tasks can take turns by time; `i64::MAX` is no limit. Results are handed
    /// to the producer.
    ///
    /// # Errors
    /// When the task has to stop. The record at fault and those after it are not processed.
    pub fn process(&mut self, max_records: usize, until_ms: i64, now_ms: i64) -> Result<Progress, Box<TaskError>> {
        let progress = self.run_turn(max_records, until_ms, now_ms)?;
        self.cx.hand_over().map_err(|e| self.cx.produce_error("output", e))?;
        Ok(progress)
    }

    /// The same, but results are appended to `out`, which the caller hands to the producer: tasks
    /// whose turns are short share one batch, in which their results are in the order of their
    /// turns. Where many results wait they are handed over all the same.
    ///
    /// # Errors
    /// As [`process`](Self::process).
    pub fn process_into(
        &mut self,
        out: &mut ProduceBatch,
        max_records: usize,
        until_ms: i64,
        now_ms: i64,
    ) -> Result<Progress, Box<TaskError>> {
        self.cx.exchange_out(out);
        let progress = self.run_turn(max_records, until_ms, now_ms);
        self.cx.exchange_out(out);
        progress
    }

    fn run_turn(&mut self, max_records: usize, until_ms: i64, now_ms: i64) -> Result<Progress, Box<TaskError>> {
        self.cx.wall_clock_ms = now_ms;
        let mut progress = Progress::default();
        while progress.records < max_records {
            let Some(head) = self.choose(&mut progress).filter(|head| head.head_ms <= until_ms) else { break };
            progress.records += self.run(head.input, head.limit_ms.min(until_ms), max_records - progress.records)?;
            self.punctuate(ScheduleKind::StreamTime, self.cx.stream_time_ms)?;
            self.flush_full_caches()?;
            if std::mem::take(&mut self.cx.commit_requested) || self.overlays_are_full() {
                progress.commit_requested = true;
                break;
            }
        }
        Ok(progress)
    }

    /// The input whose head is due next. `None`: nothing to do, or some input is empty although its
    /// partition has more.
    fn choose(&mut self, progress: &mut Progress) -> Option<Head> {
        let wall_clock_ms = self.cx.wall_clock_ms;
        let (mut best, mut best_ms, mut limit_ms) = (None, i64::MAX, i64::MAX);
        let mut waits = false;
        for (index, input) in self.inputs.iter_mut().enumerate() {
            let source = &mut self.sources[input.source()];
            let caught_up = input.is_caught_up();
            let known_ms = input.head_ms;
            let Some(head) = input.head() else {
                waits |= !caught_up;
                continue;
            };
            // What is to be dealt with first is asked for again: the clock has moved on.
            let known_ms = known_ms.filter(|known_ms| *known_ms > i64::MIN);
            let head_ms = known_ms.unwrap_or_else(|| source.timestamp_ms(&head, wall_clock_ms));
            input.head_ms = Some(head_ms);
            if best.is_none() || head_ms < best_ms {
                if best.is_some() {
                    limit_ms = limit_ms.min(best_ms);
                }
                (best, best_ms) = (Some(index), head_ms);
            } else {
                limit_ms = limit_ms.min(head_ms);
            }
        }
        if waits && best.is_some() {
            progress.waits_for_input = true;
            return None;
        }
        best.map(|input| Head { input, head_ms: best_ms, limit_ms })
    }

    fn run(&mut self, chosen: usize, limit_ms: i64, max_records: usize) -> Result<usize, Box<TaskError>> {
        let mut taken = 0;
        loop {
            taken += self.run_until_expiry(chosen, limit_ms, max_records - taken)?;
            let Some(timestamp_ms) = self.cx.waits_for_expiry_ms.take() else { return Ok(taken) };
            self.inputs[chosen].head_ms = Some(timestamp_ms);
            self.cx.stream_time_ms = self.cx.stream_time_ms.max(timestamp_ms);
            self.expire()?;
        }
    }

    /// Runs a source up to the end of what is asked for, or to a record that waits until rows have
    /// expired.
    fn run_until_expiry(&mut self, chosen: usize, limit_ms: i64, max_records: usize) -> Result<usize, Box<TaskError>> {
        let input = &mut self.inputs[chosen];
        let source = &mut self.sources[input.source()];
        self.cx.cause.set_partition(&input.partition().topic, input.partition().partition);
        self.cx.partition_time_ms = input.partition_time_ms;
        let first_ms = input.head_ms;
        let (batch, from, to) = input.buffered();
        // A time that is computed is known only record by record.
        let one_by_one = limit_ms < i64::MAX && !source.uses_record_time();
        let to = if one_by_one { from + 1 } else { to.min(from.saturating_add(max_records)) };
        let (next, result) = match source.run(Run { batch, from, to, limit_ms, first_ms }, &mut self.cx) {
            Ok(next) => (next, Ok(next - from)),
            Err((next, error)) => (next, Err(error)),
        };
        input.take_until(next);
        input.partition_time_ms = self.cx.partition_time_ms;
        result
    }

    /// Deletes the rows that have expired at the stream time, of all stores in the order of time.
    /// Where nothing may wait in a cache the deletions go downstream at once.
    #[cold]
    fn expire(&mut self) -> Result<(), Box<TaskError>> {
        while let Some((place, up_to_ms)) = self.cx.stores.next_to_expire(self.cx.stream_time_ms) {
            let Context { stores, out, .. } = &mut self.cx;
            let Some(store) = stores.object(place) else { break };
            let mut result = store.expire(up_to_ms);
            let (is_full, forwards) = (store.is_full(), store.forwards());
            if result.is_ok() && is_full && !forwards {
                result = store.flush_quietly(out);
            }
            if let Err(error) = result {
                let name = store.name().to_owned();
                return Err(self.cx.store_error(&name, error));
            }
            if is_full && forwards {
                self.cx.leave_record();
                self.signal(&mut Signal::Expired(place))?;
            }
        }
        self.cx.next_expiry.set(self.cx.stores.next_expiry_ms());
        Ok(())
    }

    /// Runs the wall-clock schedules that are due.
    ///
    /// # Errors
    /// When the task has to stop.
    pub fn punctuate_wall_clock(&mut self, now_ms: i64) -> Result<(), Box<TaskError>> {
        self.cx.wall_clock_ms = now_ms;
        self.punctuate(ScheduleKind::WallClock, now_ms)?;
        self.flush_full_caches()?;
        self.cx.hand_over().map_err(|e| self.cx.produce_error("output", e))
    }

    fn punctuate(&mut self, kind: ScheduleKind, now_ms: i64) -> Result<(), Box<TaskError>> {
        if self.cx.schedules.next_due(kind).is_none_or(|due_ms| due_ms > now_ms) {
            return Ok(());
        }
        self.cx.leave_record();
        for due in self.cx.schedules.take_due(kind, now_ms) {
            if self.cx.schedules.stands(due.id) {
                let record_ms = std::mem::replace(&mut self.cx.timestamp_ms, now_ms);
                let headers = std::mem::take(&mut self.cx.headers);
                let result = self.signal(&mut Signal::Punctuate(Some(due)));
                self.cx.timestamp_ms = record_ms;
                self.cx.headers = headers;
                result?;
            }
        }
        Ok(())
    }

    /// Ends the processors.
    ///
    /// # Errors
    /// When a node fails.
    pub fn close(&mut self) -> Result<(), Box<TaskError>> {
        self.signal(&mut Signal::Close)
    }
}
