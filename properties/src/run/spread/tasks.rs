//! The tasks of a topology over several partitions, one step at a time.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use streams_runtime::broker::TopicPartition;
use streams_runtime::plan::{SourceTopics, changelog_topic};
use streams_runtime::record::RecordBatch;
use streams_runtime::stores::{GlobalStores, MemoryStores};
use streams_runtime::task::{Task, TaskBuilder, TaskEnv, TaskId};
use streams_runtime::{AnyTopology, Handlers, SharedProducer};

use super::APPLICATION;
use super::topics::Topics;

/// A failure of a task, as text.
pub(super) type Failed = String;

fn failed(error: impl std::fmt::Display) -> Failed {
    error.to_string()
}

/// All tasks.
pub(super) struct Tasks {
    topology: AnyTopology,
    topics: Topics,
    producer: SharedProducer,
    globals: GlobalStores,
    cache_max_bytes: usize,
    tasks: Vec<Running>,
}

/// A task, and how far its inputs were read and committed.
struct Running {
    id: TaskId,
    task: Task,
    inputs: Vec<Reading>,
}

struct Reading {
    topic: Arc<str>,
    source: usize,
    /// The next offset that the task is given.
    position: i64,
    committed: Committed,
}

/// What is committed of an input.
#[derive(Clone, Default)]
struct Committed {
    offset: i64,
    metadata: String,
}

impl Tasks {
    /// The tasks of a topology, of each sub-topology as many as it has partitions.
    pub(super) fn new(topology: AnyTopology, topics: Topics, partitions: &[usize], cache_max_bytes: usize) -> Result<Self, Failed> {
        let producer: SharedProducer = Rc::new(RefCell::new(Box::new(topics.clone())));
        let ids = partitions
            .iter()
            .enumerate()
            .flat_map(|(sub_topology, count)| (0..*count as i32).map(move |partition| TaskId { sub_topology, partition }));
        let ids: Vec<TaskId> = ids.collect();
        let mut tasks = Tasks { topology, topics, producer, globals: GlobalStores::default(), cache_max_bytes, tasks: Vec::new() };
        for id in ids {
            let running = tasks.start(id, &BTreeMap::new())?;
            tasks.tasks.push(running);
        }
        Ok(tasks)
    }

    /// Makes a task, with its stores restored, that reads on from these offsets.
    fn start(&self, id: TaskId, committed: &BTreeMap<Arc<str>, Committed>) -> Result<Running, Failed> {
        let plan = &self.topology.plan().sub_topologies[id.sub_topology];
        let env = TaskEnv {
            application_id: APPLICATION,
            id,
            plan,
            stores: &MemoryStores,
            globals: &self.globals,
            directory: None,
            handlers: Handlers::default(),
            producer: Rc::clone(&self.producer),
            cache_max_bytes: self.cache_max_bytes,
            wall_clock_ms: 0,
        };
        let mut b = TaskBuilder::new(&env);
        self.topology.build(id.sub_topology, &mut b);
        let mut task = b.finish().map_err(failed)?;
        let mut inputs = Vec::new();
        for (source, plan) in plan.sources.iter().enumerate() {
            let topics = match &plan.topics {
                SourceTopics::Named(topics) => topics.clone(),
                internal => internal.internal(APPLICATION).into_iter().collect(),
            };
            for topic in topics {
                let topic: Arc<str> = topic.into();
                let committed = committed.get(&topic).cloned().unwrap_or_default();
                let offset = committed.offset;
                let input = task.add_input(source, TopicPartition { topic: Arc::clone(&topic), partition: id.partition }, offset);
                task.inputs_mut()[input].fetched(offset, Some(offset));
                task.take_over(input, &committed.metadata);
                inputs.push(Reading { topic, source, position: offset, committed });
            }
        }
        task.begin_restore().map_err(failed)?;
        self.restore(id, &mut task, &inputs)?;
        task.init(0).map_err(failed)?;
        Ok(Running { id, task, inputs })
    }

    fn restore(&self, id: TaskId, task: &mut Task, inputs: &[Reading]) -> Result<(), Failed> {
        for store in task.each_store() {
            // The rows of a table are those of its topic up to where it is read on.
            let (topic, end) = match store.source() {
                Some(source) => (source.to_owned(), inputs.iter().find(|input| *input.topic == *source).map_or(0, |input| input.position)),
                None => {
                    let changelog = changelog_topic(APPLICATION, store.name());
                    let end = self.topics.end(&changelog, id.partition);
                    (changelog, end)
                }
            };
            let mut batch = RecordBatch::default();
            self.topics.read(&topic, id.partition, 0..end, &mut batch);
            store.restore(&mut batch.iter(), end).map_err(failed)?;
        }
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Places of tasks and inputs that have something to read.
    pub(super) fn waiting(&self) -> Vec<(usize, usize)> {
        let waits = |running: &Running, input: &Reading| input.position < self.topics.end(&input.topic, running.id.partition);
        let places = self.tasks.iter().enumerate().flat_map(|(place, running)| {
            running.inputs.iter().enumerate().filter(|(_, input)| waits(running, input)).map(move |(input, _)| (place, input))
        });
        places.collect()
    }

    /// Gives up to so many records of an input to a task.
    pub(super) fn process(&mut self, place: usize, input: usize, records: i64) -> Result<(), Failed> {
        let running = &mut self.tasks[place];
        let reading = &mut running.inputs[input];
        let end = self.topics.end(&reading.topic, running.id.partition).min(reading.position + records);
        let into = &mut running.task.inputs_mut()[input];
        if let Some(batch) = into.incoming() {
            self.topics.read(&reading.topic, running.id.partition, reading.position..end, batch);
            reading.position = end;
        }
        // No more is said to be there, so that the task waits for no other input.
        into.fetched(end, Some(end));
        loop {
            let progress = running.task.process(usize::MAX, i64::MAX, 0).map_err(failed)?;
            if progress.commit_requested {
                commit(running, &self.producer)?;
            }
            if progress.records == 0 {
                return Ok(());
            }
        }
    }

    pub(super) fn commit(&mut self, place: usize) -> Result<(), Failed> {
        commit(&mut self.tasks[place], &self.producer)
    }

    /// A task ends, after a commit or as in a crash, and begins again with what is in its changelogs.
    pub(super) fn restart(&mut self, place: usize, crash: bool) -> Result<(), Failed> {
        if !crash {
            self.commit(place)?;
            self.tasks[place].task.close().map_err(failed)?;
        }
        let running = &self.tasks[place];
        let committed = running.inputs.iter().map(|input| (Arc::clone(&input.topic), input.committed.clone())).collect();
        let again = self.start(running.id, &committed)?;
        debug_assert!(again.inputs.iter().zip(&running.inputs).all(|(now, before)| now.source == before.source));
        self.tasks[place] = again;
        Ok(())
    }
}

fn commit(running: &mut Running, producer: &SharedProducer) -> Result<(), Failed> {
    let offsets = running.task.prepare_commit().map_err(failed)?;
    running.task.tell_gone().map_err(failed)?;
    for offset in offsets {
        let of = running.inputs.iter_mut().filter(|input| *input.topic == *offset.partition.topic);
        of.for_each(|input| input.committed = Committed { offset: offset.offset, metadata: offset.metadata.clone() });
    }
    running.task.finish_commit(&**producer.borrow()).map_err(failed)
}
