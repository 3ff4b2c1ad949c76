//! Single tasks, without a broker.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use streams_runtime::broker::{BrokerError, Flushed, ProduceBatch, Producer, TopicPartition, TopicSlot};
use streams_runtime::prelude::*;
use streams_runtime::record::NewRecord;
use streams_runtime::stores::{GlobalStores, MemoryStores};
use streams_runtime::task::{TaskBuilder, TaskEnv, TaskId};
use streams_runtime::{Handlers, SharedProducer};

use crate::topology::{WordCount, word_count};

/// Topic, key, value, timestamp.
type Row = (String, String, Vec<u8>, i64);

/// Keeps what is written.
struct Recorder {
    topics: Vec<String>,
    written: Arc<Mutex<Vec<Row>>>,
}

impl Producer for Recorder {
    fn topic(&mut self, name: &str) -> Result<TopicSlot, BrokerError> {
        self.topics.push(name.to_owned());
        Ok(TopicSlot(self.topics.len() as u32 - 1))
    }
    fn partitions(&self, _: TopicSlot) -> i32 {
        1
    }
    fn send(&mut self, batch: &ProduceBatch) -> Result<(), BrokerError> {
        for (topic, _, record) in batch.iter() {
            let key = String::from_utf8(record.key.unwrap_or_default().to_vec()).unwrap();
            let value = record.value.unwrap_or_default().to_vec();
            self.written.lock().unwrap().push((self.topics[topic.0 as usize].clone(), key, value, record.timestamp_ms));
        }
        Ok(())
    }
    fn poll(&mut self) -> Result<(), BrokerError> {
        Ok(())
    }
    fn flush_step(&mut self) -> Result<Flushed, BrokerError> {
        Ok(Flushed::Done)
    }
    fn acknowledged_end(&self, _: TopicSlot, _: i32) -> Option<i64> {
        None
    }
}

/// Runs one sub-topology over records (source, key, value, timestamp) and returns what it wrote, changelogs left out.
fn run(sub_topology: usize, cache_max_bytes: usize, records: &[(usize, Option<&str>, &str, i64)]) -> Vec<Row> {
    let topology = Arc::new(word_count("text".to_owned(), 4));
    let plan = topology.plan();
    let written = Arc::<Mutex<Vec<Row>>>::default();
    let recorder = Recorder { topics: Vec::new(), written: Arc::clone(&written) };
    let producer: SharedProducer = Rc::new(RefCell::new(Box::new(recorder)));
    let env = TaskEnv {
        application_id: "app",
        id: TaskId { sub_topology, partition: 0 },
        plan: &plan.sub_topologies[sub_topology],
        stores: &MemoryStores,
        globals: &GlobalStores::default(),
        directory: None,
        handlers: Handlers::default(),
        producer: Rc::clone(&producer),
        cache_max_bytes,
        wall_clock_ms: 0,
    };
    let mut b = TaskBuilder::new(&env);
    topology.build(sub_topology, &mut b);
    let mut task = b.finish().unwrap();
    for source in 0..plan.sub_topologies[sub_topology].sources.len() {
        task.add_input(source, TopicPartition::new(format!("in{source}"), 0), 0);
    }
    task.init(0).unwrap();
    for (offset, &(source, key, value, timestamp_ms)) in records.iter().enumerate() {
        let batch = task.inputs_mut()[source].incoming().unwrap();
        let (key, value) = (key.map(str::as_bytes), Some(value.as_bytes()));
        batch.push(NewRecord { key, value, timestamp_ms, offset: offset as i64 });
        for input in task.inputs_mut() {
            input.fetched(0, Some(0));
        }
        assert_eq!(task.process(1000, i64::MAX, 0).unwrap().records, 1);
    }
    assert!(task.prepare_commit().unwrap().iter().all(|c| c.offset > 0));
    let rows = written.lock().unwrap().clone();
    rows.into_iter().filter(|(topic, ..)| !topic.ends_with("-changelog")).collect()
}

fn count_of(row: &Row) -> (&str, u64, i64) {
    (&row.1, u64::from_be_bytes(row.2.clone().try_into().unwrap()), row.3)
}

#[test]
fn words_go_their_ways() {
    let rows = run(0, 0, &[(0, None, "to count or not", 5), (0, Some("k"), "words", 6)]);
    let to: Vec<_> = rows.iter().map(|(topic, key, value, ts)| (&topic[..], &key[..], &value[..], *ts)).collect();
    assert_eq!(
        to,
        [
            ("app-allowed-repartition", "to", &b"to"[..], 5),
            ("app-counts-repartition", "count", b"count", 5),
            ("app-allowed-repartition", "or", b"or", 5),
            ("app-allowed-repartition", "not", b"not", 5),
            ("app-counts-repartition", "words", b"words", 6),
        ]
    );
}

#[test]
fn without_a_cache_every_count_goes_on() {
    assert_eq!(WordCount::COUNTS.name(), "counts");
    let input = [(0, Some("a"), "a", 5), (0, Some("b"), "b", 9), (0, Some("a"), "a", 3)];
    let rows = run(1, 0, &input);
    assert_eq!(rows.iter().map(count_of).collect::<Vec<_>>(), [("a", 1, 5), ("b", 1, 9), ("a", 2, 5)]);
}

#[test]
fn with_a_cache_the_last_count_goes_on_at_the_commit() {
    let input = [(0, Some("a"), "a", 5), (0, Some("b"), "b", 9), (0, Some("a"), "a", 7)];
    let rows = run(1, 1 << 20, &input);
    assert_eq!(rows.iter().map(count_of).collect::<Vec<_>>(), [("a", 2, 7), ("b", 1, 9)]);
}

#[test]
fn a_join_sees_the_table_as_it_is() {
    let rows = run(2, 1 << 20, &[(1, Some("of"), "of", 1), (0, Some("of"), "x", 2), (1, Some("of"), "of", 3), (1, Some("to"), "to", 4)]);
    let words: Vec<_> = rows.iter().map(|(_, key, _, ts)| (&key[..], *ts)).collect();
    assert_eq!(words, [("of", 1), ("to", 4)]);
}
