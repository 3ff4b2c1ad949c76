//! The tasks of a topology and the topics between them, served in a fixed order.

mod output;
mod restart;
mod topics;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use streams_runtime::OnError;
use streams_runtime::broker::TopicPartition;
use streams_runtime::partition::partition_for_key;
use streams_runtime::plan::TopologyPlan;
use streams_runtime::record::{NewRecord, RecordBatch};
use streams_runtime::stores::GlobalStores;
use streams_runtime::task::Task;
use streams_runtime::{SharedProducer, TaskMetrics};

use self::output::Outputs;
use self::topics::{Pattern, Topic};
use crate::error::DriverError;
use crate::record::{RawRecord, Written};
use crate::recorder::Recorder;

pub(crate) use self::topics::counts;

/// Everything behind a driver and the inputs, outputs and stores that were made from it.
pub(crate) struct Engine {
    /// By sub-topology, and of each by partition.
    pub(crate) tasks: Vec<Task>,
    /// Where the tasks of each sub-topology begin, and at the end how many there are.
    first_tasks: Vec<usize>,
    pub(crate) globals: GlobalStores,
    topics: BTreeMap<Arc<str>, Topic>,
    patterns: Vec<Pattern>,
    /// How many partitions topics have; those that are not here have `default_partitions`.
    counts: BTreeMap<String, i32>,
    default_partitions: i32,
    outputs: Outputs,
    recorder: Recorder,
    producer: SharedProducer,
    pub(crate) now_ms: i64,
    /// As in Kafka's driver, where all sub-topologies are one task, they share a stream time if
    /// each has one partition.
    shared_stream_time_ms: Option<i64>,
    sequence: u64,
    commits_every_record: bool,
    on_decode_error: OnError,
    stopped: bool,
    application_id: String,
    make_tasks: MakeTasks,
    /// What the tasks before the last restart had counted.
    counted: TaskMetrics,
}

/// Makes the tasks, with empty stores.
pub(crate) type MakeTasks = Box<dyn Fn(&GlobalStores, &SharedProducer, i64) -> Result<Vec<Task>, DriverError>>;

pub(crate) struct EngineParts<'a> {
    pub(crate) application_id: String,
    pub(crate) plan: &'a TopologyPlan,
    pub(crate) globals: GlobalStores,
    pub(crate) recorder: Recorder,
    pub(crate) producer: SharedProducer,
    pub(crate) now_ms: i64,
    pub(crate) commits_every_record: bool,
    pub(crate) on_decode_error: OnError,
    pub(crate) make_tasks: MakeTasks,
    pub(crate) counts: BTreeMap<String, i32>,
    pub(crate) default_partitions: i32,
    /// How many tasks each sub-topology has.
    pub(crate) tasks: Vec<i32>,
    pub(crate) shares_stream_time: bool,
}

/// Where a piped record goes.
pub(crate) enum Place<'a> {
    /// By these bytes, or to any partition without them.
    Key(Option<&'a [u8]>),
    Partition(i32),
}

impl Engine {
    pub(crate) fn new(parts: EngineParts<'_>) -> Result<Self, DriverError> {
        let mut first_tasks = vec![0];
        for count in &parts.tasks {
            first_tasks.push(first_tasks[first_tasks.len() - 1] + usize::try_from(*count).unwrap_or(0));
        }
        let mut engine = Engine {
            tasks: (parts.make_tasks)(&parts.globals, &parts.producer, parts.now_ms)?,
            first_tasks,
            globals: parts.globals,
            topics: BTreeMap::new(),
            patterns: Vec::new(),
            counts: parts.counts,
            default_partitions: parts.default_partitions,
            outputs: BTreeMap::new(),
            recorder: parts.recorder,
            producer: parts.producer,
            now_ms: parts.now_ms,
            shared_stream_time_ms: parts.shares_stream_time.then_some(-1),
            sequence: 0,
            commits_every_record: parts.commits_every_record,
            on_decode_error: parts.on_decode_error,
            stopped: false,
            application_id: parts.application_id,
            make_tasks: parts.make_tasks,
            counted: TaskMetrics::default(),
        };
        engine.add_topics(parts.plan)?;
        for task in &mut engine.tasks {
            task.init(engine.now_ms)?;
        }
        engine.after_step()?;
        Ok(engine)
    }

    /// Why a store cannot be looked into: there is none of this name, or it is of other types.
    pub(crate) fn no_such_store(&mut self, name: &str, key: &'static str, value: &'static str) -> DriverError {
        let mut known: Vec<String> = self.globals.names().map(str::to_owned).collect();
        for task in &mut self.tasks {
            known.extend(task.each_store().map(|store| store.name().to_owned()));
        }
        if known.iter().any(|known| known == name) {
            return DriverError::StoreType { store: name.to_owned(), key, value };
        }
        known.sort_unstable();
        known.dedup();
        DriverError::UnknownStore { store: name.to_owned(), known }
    }

    /// Takes one record in and does all that follows from it.
    pub(crate) fn pipe(&mut self, record: RawRecord, place: Place<'_>) -> Result<(), DriverError> {
        let topic = self.topic(&record.topic);
        let count = topic.partitions.len() as i32;
        let partition = match place {
            Place::Key(Some(bytes)) => partition_for_key(bytes, count),
            Place::Key(None) => topic.any_partition(),
            Place::Partition(partition) if (0..count).contains(&partition) => partition,
            Place::Partition(partition) => {
                return Err(DriverError::NoPartition { topic: record.topic.to_string(), partition, partitions: count });
            }
        };
        self.guarded(|engine| {
            engine.append(Written { partition, record })?;
            engine.run_queues()
        })
    }

    pub(crate) fn advance_wall_clock(&mut self, by_ms: i64) -> Result<(), DriverError> {
        if by_ms < 0 {
            return Err(DriverError::ClockBackwards { by_ms });
        }
        self.guarded(|engine| {
            engine.now_ms = engine.now_ms.saturating_add(by_ms);
            for task in &mut engine.tasks {
                task.punctuate_wall_clock(engine.now_ms)?;
            }
            engine.after_step()?;
            engine.run_queues()
        })
    }

    pub(crate) fn commit(&mut self) -> Result<(), DriverError> {
        self.guarded(|engine| {
            engine.commit_tasks()?;
            engine.route_written()?;
            engine.run_queues()
        })
    }

    pub(crate) fn close(&mut self) -> Result<(), DriverError> {
        self.guarded(|engine| {
            engine.settle()?;
            Ok(engine.tasks.iter_mut().try_for_each(|task| task.close())?)
        })?;
        self.stopped = true;
        Ok(())
    }

    /// Commits until nothing more comes of it: what leaves the caches of one task may come into those of the next.
    fn settle(&mut self) -> Result<(), DriverError> {
        loop {
            self.commit_tasks()?;
            self.route_written()?;
            if self.topics.values().flat_map(|topic| &topic.partitions).all(|partition| partition.queue.is_empty()) {
                return Ok(());
            }
            self.run_queues()?;
        }
    }

    fn guarded(&mut self, step: impl FnOnce(&mut Self) -> Result<(), DriverError>) -> Result<(), DriverError> {
        if self.stopped {
            return Err(DriverError::Stopped);
        }
        let result = step(self);
        self.stopped = result.is_err();
        result
    }

    /// Puts a record at the end of a partition: global tables take it at once, tasks when it is its
    /// turn.
    fn append(&mut self, Written { partition: number, record }: Written) -> Result<(), DriverError> {
        let Some(topic) = self.topics.get_mut(&*record.topic) else { return Ok(()) };
        let Some(partition) = usize::try_from(number).ok().and_then(|number| topic.partitions.get_mut(number)) else { return Ok(()) };
        if topic.is_changelog {
            partition.log.push(record.clone());
        }
        if !topic.global_tables.is_empty() {
            let mut batch = RecordBatch::default();
            push(&mut batch, &record, partition.end_offset);
            let from = TopicPartition::new(&*record.topic, number);
            for table in &topic.global_tables {
                for record in batch.iter() {
                    self.globals.apply(table, &from, record, &self.on_decode_error)?;
                }
            }
        }
        if partition.readers.is_empty() {
            partition.end_offset += 1;
        } else {
            if partition.queue.is_empty() {
                self.sequence += 1;
                partition.waits_since = self.sequence;
            }
            partition.queue.push_back(record);
        }
        Ok(())
    }

    /// Until all queues are empty: the record with the smallest time, on a tie of the queue that waits longer.
    fn run_queues(&mut self) -> Result<(), DriverError> {
        loop {
            let queues = self.topics.values_mut().flat_map(|topic| &mut topic.partitions);
            let heads = queues.filter_map(|queue| Some((queue.queue.front()?.timestamp_ms, queue.waits_since, queue)));
            let Some((_, _, partition)) = heads.min_by_key(|&(timestamp_ms, since, _)| (timestamp_ms, since)) else { return Ok(()) };
            let Some(record) = partition.queue.pop_front() else { return Ok(()) };
            let offset = partition.end_offset;
            partition.end_offset += 1;
            let mut tasks: Vec<usize> = Vec::new();
            for &(task, input) in &partition.readers {
                let input = &mut self.tasks[task].inputs_mut()[input];
                if let Some(batch) = input.incoming() {
                    push(batch, &record, offset);
                }
                input.fetched(offset + 1, Some(offset + 1));
                if !tasks.contains(&task) {
                    tasks.push(task);
                }
            }
            for task in tasks {
                loop {
                    let progress = self.tasks[task].process(usize::MAX, i64::MAX, self.now_ms)?;
                    if progress.commit_requested {
                        self.commit_tasks()?;
                    }
                    if progress.records == 0 {
                        break;
                    }
                }
            }
            self.after_step()?;
        }
    }

    /// Stream-time punctuation of all tasks, the commit, and then what was written goes where it belongs.
    fn after_step(&mut self) -> Result<(), DriverError> {
        if let Some(shared_ms) = &mut self.shared_stream_time_ms {
            *shared_ms = self.tasks.iter().map(Task::stream_time_ms).fold(*shared_ms, i64::max);
            for task in &mut self.tasks {
                task.advance_stream_time(*shared_ms, self.now_ms)?;
            }
        }
        if self.commits_every_record {
            self.commit_tasks()?;
        }
        self.route_written()
    }

    fn commit_tasks(&mut self) -> Result<(), DriverError> {
        for task in &mut self.tasks {
            task.prepare_commit()?;
        }
        for task in &mut self.tasks {
            task.tell_gone()?;
        }
        let producer = Rc::clone(&self.producer);
        for task in &mut self.tasks {
            task.finish_commit(&**producer.borrow())?;
        }
        Ok(())
    }

    fn route_written(&mut self) -> Result<(), DriverError> {
        for written in self.recorder.take() {
            self.sequence += 1;
            let topic = Arc::clone(&written.record.topic);
            self.reads(&topic)?;
            self.outputs.entry(topic).or_default().push_back((self.sequence, written.clone()));
            self.append(written)?;
        }
        Ok(())
    }

    pub(crate) fn metrics(&self) -> TaskMetrics {
        let mut sum = TaskMetrics { dropped: self.globals.dropped(), ..TaskMetrics::default() };
        for metrics in self.tasks.iter().map(Task::metrics).chain([self.counted]) {
            sum.records_in += metrics.records_in;
            sum.records_out += metrics.records_out;
            sum.changelog_records += metrics.changelog_records;
            sum.dropped += metrics.dropped;
            sum.skipped_errors += metrics.skipped_errors;
            sum.unwritten_results += metrics.unwritten_results;
            sum.dead_letters += metrics.dead_letters;
        }
        sum
    }
}

fn push(batch: &mut RecordBatch, record: &RawRecord, offset: i64) {
    batch.push(NewRecord { key: record.key.as_deref(), value: record.value.as_deref(), timestamp_ms: record.timestamp_ms, offset });
    for (name, value) in record.headers.iter() {
        batch.push_header(name.as_bytes(), value);
    }
}
