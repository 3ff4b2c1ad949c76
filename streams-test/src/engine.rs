//! The tasks of a topology and the topics between them, served in a fixed order.

mod restart;

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use regex::Regex;
use streams_runtime::OnError;
use streams_runtime::broker::TopicPartition;
use streams_runtime::plan::{SourceTopics, TopologyPlan, changelog_topic};
use streams_runtime::record::{NewRecord, RecordBatch};
use streams_runtime::stores::GlobalStores;
use streams_runtime::task::Task;
use streams_runtime::{SharedProducer, TaskMetrics};

use crate::error::DriverError;
use crate::record::RawRecord;
use crate::recorder::Recorder;

/// Everything behind a driver and the inputs, outputs and stores that were made from it.
pub(crate) struct Engine {
    pub(crate) tasks: Vec<Task>,
    pub(crate) globals: GlobalStores,
    topics: BTreeMap<Arc<str>, Topic>,
    patterns: Vec<Pattern>,
    /// What was written and not read yet, each with its place in the order of all.
    outputs: BTreeMap<Arc<str>, VecDeque<(u64, RawRecord)>>,
    recorder: Recorder,
    producer: SharedProducer,
    pub(crate) now_ms: i64,
    stream_time_ms: i64,
    sequence: u64,
    commits_every_record: bool,
    on_decode_error: OnError,
    stopped: bool,
    application_id: String,
    make_tasks: MakeTasks,
    /// What was written to each changelog, for a restart; to the topics of tables too that stand for their changelogs.
    changelogs: BTreeMap<Arc<str>, Vec<RawRecord>>,
    /// What the tasks before the last restart had counted.
    counted: TaskMetrics,
}

/// Makes the tasks, with empty stores.
pub(crate) type MakeTasks = Box<dyn Fn(&GlobalStores, &SharedProducer, i64) -> Result<Vec<Task>, DriverError>>;

/// A topic that some source or global table reads.
#[derive(Default)]
struct Topic {
    /// Task, index of its input.
    readers: Vec<(usize, usize)>,
    global_tables: Vec<String>,
    end_offset: i64,
    queue: VecDeque<RawRecord>,
    /// When the queue became non-empty, in the order of all events.
    waits_since: u64,
    internal: bool,
}

struct Pattern {
    text: String,
    regex: Regex,
    /// Task, source.
    reader: (usize, usize),
}

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
}

impl Engine {
    pub(crate) fn new(parts: EngineParts<'_>) -> Result<Self, DriverError> {
        let mut engine = Engine {
            tasks: (parts.make_tasks)(&parts.globals, &parts.producer, parts.now_ms)?,
            globals: parts.globals,
            topics: BTreeMap::new(),
            patterns: Vec::new(),
            outputs: BTreeMap::new(),
            recorder: parts.recorder,
            producer: parts.producer,
            now_ms: parts.now_ms,
            stream_time_ms: -1,
            sequence: 0,
            commits_every_record: parts.commits_every_record,
            on_decode_error: parts.on_decode_error,
            stopped: false,
            application_id: parts.application_id,
            make_tasks: parts.make_tasks,
            changelogs: BTreeMap::new(),
            counted: TaskMetrics::default(),
        };
        for (task, sub_topology) in parts.plan.sub_topologies.iter().enumerate() {
            for (source, plan) in sub_topology.sources.iter().enumerate() {
                match &plan.topics {
                    SourceTopics::Named(topics) => {
                        for topic in topics {
                            engine.add_reader(topic, (task, source));
                        }
                    }
                    SourceTopics::Pattern(text) => {
                        let whole = format!("^(?:{text})$");
                        let regex =
                            Regex::new(&whole).map_err(|e| DriverError::Pattern { pattern: text.clone(), reason: e.to_string() })?;
                        engine.patterns.push(Pattern { text: text.clone(), regex, reader: (task, source) });
                    }
                    internal => {
                        if let Some(topic) = internal.internal(&engine.application_id) {
                            engine.add_reader(&topic, (task, source)).internal = true;
                        }
                    }
                }
            }
            for store in &sub_topology.stores {
                // No task reads a changelog here; the entry says that it is internal.
                let topic: Arc<str> = changelog_topic(&engine.application_id, &store.name).into();
                engine.topics.entry(Arc::clone(&topic)).or_default().internal = true;
                engine.changelogs.insert(topic, Vec::new());
            }
            for reused in &sub_topology.source_changelogs {
                if let SourceTopics::Named(topics) = &sub_topology.sources[reused.source].topics {
                    engine.changelogs.extend(topics.iter().map(|topic| (topic.as_str().into(), Vec::new())));
                }
            }
        }
        for table in &parts.plan.global_tables {
            engine.topics.entry(table.topic.as_str().into()).or_default().global_tables.push(table.name.clone());
        }
        for task in &mut engine.tasks {
            task.init(engine.now_ms)?;
        }
        engine.after_step()?;
        Ok(engine)
    }

    fn add_reader(&mut self, topic: &str, (task, source): (usize, usize)) -> &mut Topic {
        let name: Arc<str> = topic.into();
        let input = self.tasks[task].add_input(source, TopicPartition { topic: Arc::clone(&name), partition: 0 }, 0);
        // Nothing more will come than what is piped: no task waits for another input.
        self.tasks[task].inputs_mut()[input].fetched(0, Some(0));
        let topic = self.topics.entry(name).or_default();
        topic.readers.push((task, input));
        topic
    }

    /// Whether the topology reads the topic; the first time a topic is named that fits a pattern, the source gets it.
    pub(crate) fn reads(&mut self, name: &str) -> bool {
        if let Some(topic) = self.topics.get(name) {
            return !(topic.readers.is_empty() && topic.global_tables.is_empty());
        }
        let readers: Vec<_> = self.patterns.iter().filter(|p| p.regex.is_match(name)).map(|p| p.reader).collect();
        for &reader in &readers {
            self.add_reader(name, reader);
        }
        !readers.is_empty()
    }

    /// What the topology reads, internal topics left out.
    pub(crate) fn known_inputs(&self) -> Vec<String> {
        let topics = self.topics.iter().filter(|(_, topic)| !topic.internal).map(|(name, _)| name.to_string());
        topics.chain(self.patterns.iter().map(|p| format!("{} (a pattern)", p.text))).collect()
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
    pub(crate) fn pipe(&mut self, record: RawRecord) -> Result<(), DriverError> {
        self.guarded(|engine| {
            engine.append(record)?;
            engine.run_queues()
        })
    }

    pub(crate) fn advance_wall_clock(&mut self, by_ms: i64) -> Result<(), DriverError> {
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
            if self.topics.values().all(|topic| topic.queue.is_empty()) {
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

    /// Puts a record at the end of a topic: global tables take it at once, tasks when it is its turn.
    fn append(&mut self, record: RawRecord) -> Result<(), DriverError> {
        if let Some(changelog) = self.changelogs.get_mut(&record.topic) {
            changelog.push(record.clone());
        }
        let Some(topic) = self.topics.get_mut(&*record.topic) else { return Ok(()) };
        if !topic.global_tables.is_empty() {
            let mut batch = RecordBatch::default();
            push(&mut batch, &record, topic.end_offset);
            let from = TopicPartition::new(&*record.topic, 0);
            for table in &topic.global_tables {
                for record in batch.iter() {
                    self.globals.apply(table, &from, record, &self.on_decode_error)?;
                }
            }
        }
        if topic.readers.is_empty() {
            topic.end_offset += 1;
            return Ok(());
        }
        if topic.queue.is_empty() {
            self.sequence += 1;
            topic.waits_since = self.sequence;
        }
        topic.queue.push_back(record);
        Ok(())
    }

    /// Until all queues are empty: the record with the smallest time, on a tie of the queue that waits longer.
    fn run_queues(&mut self) -> Result<(), DriverError> {
        loop {
            let heads = self.topics.values_mut().filter_map(|topic| Some((topic.queue.front()?.timestamp_ms, topic.waits_since, topic)));
            let Some((_, _, topic)) = heads.min_by_key(|&(timestamp_ms, since, _)| (timestamp_ms, since)) else { return Ok(()) };
            let Some(record) = topic.queue.pop_front() else { return Ok(()) };
            let offset = topic.end_offset;
            topic.end_offset += 1;
            let mut tasks: Vec<usize> = Vec::new();
            for &(task, input) in &topic.readers {
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
                    let progress = self.tasks[task].process(usize::MAX, self.now_ms)?;
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
        // As in Kafka's driver, where all sub-topologies are one task, they have one stream time.
        self.stream_time_ms = self.tasks.iter().map(Task::stream_time_ms).fold(self.stream_time_ms, i64::max);
        for task in &mut self.tasks {
            task.advance_stream_time(self.stream_time_ms, self.now_ms)?;
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
        for record in self.recorder.take() {
            self.sequence += 1;
            self.reads(&record.topic);
            self.outputs.entry(Arc::clone(&record.topic)).or_default().push_back((self.sequence, record.clone()));
            self.append(record)?;
        }
        Ok(())
    }

    pub(crate) fn next_output(&mut self, topic: &str) -> Option<RawRecord> {
        self.outputs.get_mut(topic)?.pop_front().map(|(_, record)| record)
    }

    pub(crate) fn has_output(&self, topic: &str) -> bool {
        self.outputs.get(topic).is_some_and(|queue| !queue.is_empty())
    }

    /// All that was written to topics that are not internal, in the order of writing.
    pub(crate) fn take_outputs(&mut self) -> Vec<RawRecord> {
        let topics = &self.topics;
        let visible = self.outputs.iter_mut().filter(|(name, _)| !topics.get(*name).is_some_and(|topic| topic.internal));
        let mut records: Vec<_> = visible.flat_map(|(_, queue)| queue.drain(..)).collect();
        records.sort_by_key(|&(sequence, _)| sequence);
        records.into_iter().map(|(_, record)| record).collect()
    }

    pub(crate) fn metrics(&self) -> TaskMetrics {
        let mut sum = TaskMetrics { dropped: self.globals.dropped(), ..TaskMetrics::default() };
        for metrics in self.tasks.iter().map(Task::metrics).chain([self.counted]) {
            sum.records_in += metrics.records_in;
            sum.records_out += metrics.records_out;
            sum.dropped += metrics.dropped;
            sum.skipped_errors += metrics.skipped_errors;
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
