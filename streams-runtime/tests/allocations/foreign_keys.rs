//! A join by a foreign key whose topics lead back into the same task: left table, subscriptions, right table, answers, results.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use streams_runtime::broker::{BrokerError, Flushed, ProduceBatch, Producer, TopicPartition, TopicSlot};
use streams_runtime::node::PushChange;
use streams_runtime::plan::{ForeignKeyTopic, SourcePlan, SourceTopics, StoreKind, StorePlan, SubTopologyPlan};
use streams_runtime::prelude::*;
use streams_runtime::record::{NewRecord, RecordBatch};
use streams_runtime::stores::{GlobalStores, MemoryStores};
use streams_runtime::task::{Task, TaskBuilder, TaskEnv, TaskId};
use streams_runtime::{Handlers, SharedProducer};

use super::ALLOCATIONS;

const LEFT_ROWS: u64 = 1_000;
const RIGHT_ROWS: u64 = 10;
const LEFT: usize = 0;
const RIGHT: usize = 1;
const SUBSCRIPTIONS: usize = 2;
const RESPONSES: usize = 3;

/// Keeps what is written to the two topics in between.
#[derive(Clone, Default)]
struct Loopback(Arc<Mutex<[RecordBatch; 2]>>);

impl Producer for Loopback {
    fn topic(&mut self, name: &str) -> Result<TopicSlot, BrokerError> {
        let ends = ["subscription-registration-topic", "subscription-response-topic"];
        Ok(TopicSlot(ends.iter().position(|end| name.ends_with(end)).unwrap_or(2) as u32))
    }
    fn partitions(&self, _: TopicSlot) -> i32 {
        1
    }
    fn send(&mut self, batch: &ProduceBatch) -> Result<(), BrokerError> {
        let mut topics = self.0.lock().unwrap();
        for (topic, _, record) in batch.iter() {
            if let Some(kept) = topics.get_mut(topic.0 as usize) {
                kept.push_ref(record);
            }
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
        Some(1)
    }
}

fn plan() -> SubTopologyPlan {
    let source = |name, topics| SourcePlan { name, topics, offset_reset: None, partitions: None };
    let named = |name: &'static str| source(name, SourceTopics::Named(vec![name.to_owned()]));
    let join = |topic: fn(String) -> ForeignKeyTopic| SourceTopics::ForeignKey(topic("j".to_owned()));
    let store = |name: &str| StorePlan::new(name, StoreKind::KeyValue);
    SubTopologyPlan {
        sources: vec![
            named("left"),
            named("right"),
            source("subscriptions", join(ForeignKeyTopic::Subscriptions)),
            source("responses", join(ForeignKeyTopic::Responses)),
        ],
        stores: vec![store("left"), store("right"), store("j-subscription-store")],
        ..Default::default()
    }
}

fn attach_table(b: &mut TaskBuilder<'_>, index: usize, name: &'static str, next: impl PushChange<u64, i64> + 'static) {
    let table: Table<u64, i64> = Table::handle();
    let source = streams_runtime::operators::TableSource::new(&table);
    let node = source.attach(b, name, next);
    source.records().source().attach(b, index, name, node);
}

fn build(b: &mut TaskBuilder<'_>) {
    let (left, right): (Table<u64, i64>, Table<u64, i64>) = (Table::handle(), Table::handle());
    let (joined, op) = left.join_foreign(&right, |value| (value.unsigned_abs() % LEFT_ROWS) % RIGHT_ROWS, |l, r| l + r);
    let (changes, to_stream) = joined.to_stream();
    b.keep_old("left");
    let (left_rows, right_rows) = (b.rows(&left, "left"), b.rows(&right, "right"));
    let (subscribe, right_changes) = (op.subscribe(b, "j", &left_rows), op.right(b, "j"));
    let node = to_stream.attach(changes.to().attach(b, "out"));
    op.subscriptions(b, SUBSCRIPTIONS, "subscriptions", "j", &right_rows);
    op.responses(b, RESPONSES, "responses", "j", &left_rows, node);
    attach_table(b, LEFT, "left", subscribe);
    attach_table(b, RIGHT, "right", right_changes);
}

struct Driver {
    task: Task,
    topics: Loopback,
    offsets: [i64; 4],
    producer: SharedProducer,
}

impl Driver {
    fn new() -> Self {
        let (plan, topics) = (plan(), Loopback::default());
        let producer: SharedProducer = Rc::new(RefCell::new(Box::new(topics.clone())));
        let env = TaskEnv {
            application_id: "app",
            id: TaskId { sub_topology: 0, partition: 0 },
            plan: &plan,
            stores: &MemoryStores,
            globals: &GlobalStores::default(),
            directory: None,
            handlers: Handlers::default(),
            producer: Rc::clone(&producer),
            cache_max_bytes: 1 << 20,
            wall_clock_ms: 0,
        };
        let mut b = TaskBuilder::new(&env);
        build(&mut b);
        let mut task = b.finish().unwrap();
        for (source, topic) in ["left", "right", "subscriptions", "responses"].into_iter().enumerate() {
            let input = task.add_input(source, TopicPartition::new(topic, 0), 0);
            task.inputs_mut()[input].fetched(0, Some(0));
        }
        task.init(0).unwrap();
        Driver { task, topics, offsets: [0; 4], producer }
    }

    /// Processes records of one input; what that allocates.
    fn feed(&mut self, input: usize, fill: impl FnOnce(&mut RecordBatch, &Loopback)) -> u64 {
        let batch = self.task.inputs_mut()[input].incoming().unwrap();
        fill(batch, &self.topics);
        self.offsets[input] += batch.len() as i64;
        let end = self.offsets[input];
        self.task.inputs_mut()[input].fetched(end, Some(end));
        let before = ALLOCATIONS.with(Cell::get);
        while self.task.process(usize::MAX, i64::MAX, 0).unwrap().records > 0 {}
        ALLOCATIONS.with(Cell::get) - before
    }

    fn feed_rows(&mut self, input: usize, rows: u64, round: u64) -> u64 {
        self.feed(input, |batch, _| {
            for row in 0..rows {
                // The foreign key of a left row stays the same.
                let value = (round * LEFT_ROWS + row) as i64;
                let record = NewRecord { key: Some(&row.to_be_bytes()), value: Some(&value.to_be_bytes()), timestamp_ms: 1, offset: 0 };
                batch.push(record);
            }
        })
    }

    fn feed_back(&mut self, input: usize) -> (u64, usize) {
        let mut count = 0;
        let allocations = self.feed(input, |batch, topics| {
            let kept = &mut topics.0.lock().unwrap()[input - SUBSCRIPTIONS];
            count = kept.len();
            kept.iter().for_each(|record| batch.push_ref(record));
            kept.clear();
        });
        (allocations, count)
    }

    /// Changes of the tables go on; what that allocates.
    fn commit(&mut self) -> u64 {
        let before = ALLOCATIONS.with(Cell::get);
        self.task.prepare_commit().unwrap();
        let counted = ALLOCATIONS.with(Cell::get) - before;
        self.task.finish_commit(&**self.producer.borrow()).unwrap();
        counted
    }
}

#[test]
fn a_join_by_a_foreign_key_allocates_nothing_per_row_in_steady_state() {
    let mut driver = Driver::new();
    let (mut table, mut asked, mut answered) = (0, 0, 0);
    for round in 0..20 {
        let steady = round >= 10;
        table += driver.feed_rows(LEFT, LEFT_ROWS, round) * u64::from(steady);
        driver.commit();
        let (allocations, subscriptions) = driver.feed_back(SUBSCRIPTIONS);
        assert_eq!(subscriptions as u64, LEFT_ROWS);
        asked += allocations * u64::from(steady);
        let (allocations, answers) = driver.feed_back(RESPONSES);
        assert_eq!(answers as u64, if round == 0 { 0 } else { LEFT_ROWS }, "there is no right row at first");
        answered += allocations * u64::from(steady);
        // Each right row that changes answers all who wait for it, while it goes on: with the commit.
        table += driver.feed_rows(RIGHT, RIGHT_ROWS, round) * u64::from(steady);
        driver.commit();
        let (allocations, answers) = driver.feed_back(RESPONSES);
        assert_eq!(answers as u64, LEFT_ROWS);
        answered += allocations * u64::from(steady);
    }
    assert_eq!((table, asked, answered), (0, 0, 0));
    assert_eq!(driver.task.metrics().dropped, 0);
}

#[test]
fn what_a_commit_allocates_does_not_grow_with_what_is_asked_or_answered() {
    let mut driver = Driver::new();
    for round in 0..10 {
        driver.feed_rows(LEFT, LEFT_ROWS, round);
        driver.commit();
        driver.feed_back(SUBSCRIPTIONS);
        driver.feed_rows(RIGHT, RIGHT_ROWS, round);
        driver.commit();
        driver.feed_back(RESPONSES);
    }
    // A thousand rows of the left table ask, without the rows of the subscription store that other commits write.
    driver.feed_rows(LEFT, LEFT_ROWS, 11);
    let asking = driver.commit();
    driver.feed_rows(RIGHT, RIGHT_ROWS, 11);
    let answering = driver.commit();
    assert!(asking < 100 && answering < 100, "{asking}, {answering}");
}
