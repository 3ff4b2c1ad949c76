//! A task that crashes when its changelogs are ahead of what is committed: nothing is lost,
//! whatever the records beyond the commit have moved on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use streams_runtime::broker::{BrokerError, CommitOffset, Flushed, ProduceBatch, Producer, TopicPartition, TopicSlot};
use streams_runtime::plan::{SourceTopics, changelog_topic};
use streams_runtime::prelude::*;
use streams_runtime::record::{NewRecord, RecordBatch};
use streams_runtime::stores::{GlobalStores, MemoryStores};
use streams_runtime::task::{Task, TaskBuilder};
use streams_runtime::{AnyTopology, Topology};

use super::support::env;

fn union(one: &str, other: &str) -> String {
    let all: BTreeSet<&str> = one.split(',').chain(other.split(',')).collect();
    all.into_iter().collect::<Vec<_>>().join(",")
}

topology! {
    fn suppressed() -> Suppressed {
        let ids: Stream<String, String> = stream("left");
        let seen: Table<Windowed<String>, String> =
            ids.group_by_key().windowed_by(tumbling(millis(100)).grace(millis(0))).reduce(|all, id| union(all, id));
        let whole = seen.suppress(until_window_closes());
        whole.to_stream().map(|key, all| (format!("{}@{}", key.key, key.window.start_ms), all.clone())).to("out");
    }

    fn on_close() -> OnClose {
        let ids: Stream<String, String> = stream("left");
        let seen: Table<Windowed<String>, String> = ids
            .group_by_key()
            .windowed_by(tumbling(millis(100)).grace(millis(0)))
            .emit_on_close()
            .reduce(|all, id| union(all, id));
        seen.to_stream().map(|key, all| (format!("{}@{}", key.key, key.window.start_ms), all.clone())).to("out");
    }

    fn in_sessions() -> InSessions {
        let ids: Stream<String, String> = stream("left");
        let seen: Table<Windowed<String, SessionWindow>, String> =
            ids.group_by_key().windowed_by(sessions(millis(100)).grace(millis(0))).emit_on_close().reduce(|all, id| union(all, id));
        seen.to_stream().map(|key, all| (key.key.clone(), all.clone())).to("out");
    }

    fn sliding_windows() -> SlidingWindows {
        let ids: Stream<String, String> = stream("left");
        let seen: Table<Windowed<String>, String> =
            ids.group_by_key().windowed_by(sliding(millis(100)).grace(millis(0))).reduce(|all, id| union(all, id));
        let whole = seen.suppress(until_window_closes());
        whole.to_stream().map(|key, all| (format!("{}@{}", key.key, key.window.start_ms), all.clone())).to("out");
    }

    fn joined() -> Joined {
        let left: Stream<String, String> = stream("left");
        let right: Stream<String, String> = stream("right");
        left.outer_join(right, |l, r| format!("{l:?} {r:?}"), within(millis(100)).grace(millis(0))).named("j").to("out");
    }

    fn two_tables() -> TwoTables {
        let left: Stream<String, String> = stream("left");
        let one: Table<String, String> = left.group_by_key().reduce(|_, value| value.clone());
        let other: Table<String, String> = left.group_by_key().reduce(|_, value| value.clone());
        one.join(other, |one, _| one.len()).to_stream().to("out");
    }

    fn with_history() -> WithHistory {
        let left: Stream<String, String> = stream("left");
        let right: Table<String, String> = table("right").versioned(millis(100));
        left.left_join(right, |l, r| format!("{l} {r:?}")).grace(millis(50)).named("held").to("out");
    }
}

/// Topics of one partition.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<BTreeMap<u32, (String, RecordBatch)>>>);

impl Log {
    fn read(&self, topic: &str) -> RecordBatch {
        self.0.lock().unwrap().values().find(|(name, _)| name == topic).map(|(_, records)| records.clone()).unwrap_or_default()
    }
}

impl Log {
    fn replace(&self, topic: &str, with: RecordBatch) {
        for (_, records) in self.0.lock().unwrap().values_mut().filter(|(name, _)| name == topic) {
            records.clone_from(&with);
        }
    }
}

impl Producer for Log {
    fn topic(&mut self, name: &str) -> Result<TopicSlot, BrokerError> {
        let mut topics = self.0.lock().unwrap();
        let known = topics.iter().find(|(_, (known, _))| known == name).map(|(slot, _)| *slot);
        let slot = known.unwrap_or(topics.len() as u32);
        topics.entry(slot).or_insert_with(|| (name.to_owned(), RecordBatch::default()));
        Ok(TopicSlot(slot))
    }
    fn partitions(&self, _: TopicSlot) -> i32 {
        1
    }
    fn send(&mut self, batch: &ProduceBatch) -> Result<(), BrokerError> {
        for (topic, _, mut record) in batch.iter() {
            let mut topics = self.0.lock().unwrap();
            let records = &mut topics.get_mut(&topic.0).unwrap().1;
            record.offset = records.len() as i64;
            records.push_ref(record);
        }
        Ok(())
    }
    fn poll(&mut self) -> Result<(), BrokerError> {
        Ok(())
    }
    fn flush_step(&mut self) -> Result<Flushed, BrokerError> {
        Ok(Flushed::Done)
    }
    fn acknowledged_end(&self, topic: TopicSlot, _: i32) -> Option<i64> {
        Some(self.0.lock().unwrap()[&topic.0].1.len() as i64)
    }
}

/// A record: topic, key, value, time.
type Input = (&'static str, &'static str, &'static str, i64);

struct Run {
    topology: AnyTopology,
    log: Log,
    inputs: Vec<Input>,
    committed: Vec<CommitOffset>,
}

impl Run {
    fn new(topology: impl Topology, inputs: &[Input]) -> Run {
        Run { topology: AnyTopology::new(&Arc::new(topology)), log: Log::default(), inputs: inputs.to_vec(), committed: Vec::new() }
    }

    /// A task as it begins after what is committed.
    fn start(&self) -> Task {
        let plan = &self.topology.plan().sub_topologies[0];
        let globals = GlobalStores::default();
        let env = env(plan, &MemoryStores, &globals, self.log.clone());
        let mut b = TaskBuilder::new(&env);
        self.topology.build(0, &mut b);
        let mut task = b.finish().unwrap();
        for (source, plan) in plan.sources.iter().enumerate() {
            let SourceTopics::Named(topics) = &plan.topics else { panic!("{plan:?}") };
            let committed = self.committed.iter().find(|offset| *offset.partition.topic == topics[0]);
            let input =
                task.add_input(source, TopicPartition::new(topics[0].as_str(), 0), committed.map_or(0, |committed| committed.offset));
            if let Some(committed) = committed {
                task.take_over(input, &committed.metadata);
            }
        }
        task.begin_restore().unwrap();
        for store in task.each_store() {
            let records = self.log.read(&changelog_topic("app", store.name()));
            store.restore(&mut records.iter(), records.len() as i64).unwrap();
        }
        task.init(0).unwrap();
        task
    }

    /// Gives a task the records up to this one of all.
    fn process(&self, task: &mut Task, until: usize) {
        for input in task.inputs_mut() {
            let topic = Arc::clone(&input.partition().topic);
            let of_topic = self.inputs[..until].iter().filter(|(of, ..)| *of == &*topic);
            let begin = input.consumed();
            let batch = input.incoming().unwrap();
            for (offset, (_, key, value, timestamp_ms)) in (0..).zip(of_topic).skip(begin as usize) {
                batch.push(NewRecord { key: Some(key.as_bytes()), value: Some(value.as_bytes()), timestamp_ms: *timestamp_ms, offset });
            }
            let end = batch.iter().last().map_or(begin, |last| last.offset + 1);
            input.fetched(end, Some(end));
        }
        while task.process(usize::MAX, i64::MAX, 0).unwrap().records > 0 {}
    }

    fn commit(&mut self, task: &mut Task) {
        for offset in task.prepare_commit().unwrap() {
            self.committed.retain(|other| other.partition != offset.partition);
            self.committed.push(offset);
        }
        task.tell_gone().unwrap();
        task.finish_commit(&self.log).unwrap();
    }

    /// Commits behind so many records, and crashes at the end of all, when the changelogs are
    /// written and the results are not. Then what is not committed is done once more.
    fn crash(mut self, committed: usize) -> BTreeSet<String> {
        let mut task = self.start();
        self.process(&mut task, committed);
        self.commit(&mut task);
        let written = self.log.read("out");
        self.process(&mut task, self.inputs.len());
        task.prepare_commit().unwrap();
        self.log.replace("out", written);
        let mut again = self.start();
        self.process(&mut again, self.inputs.len());
        self.commit(&mut again);
        self.results()
    }

    /// What was sent, each once.
    fn results(&self) -> BTreeSet<String> {
        let text = |bytes: Option<&[u8]>| String::from_utf8(bytes.unwrap().to_vec()).unwrap();
        let out = self.log.read("out");
        out.iter().map(|record| format!("{}={}@{}", text(record.key), text(record.value), record.timestamp_ms)).collect()
    }
}

/// The results of a run with a crash after any commit are those of one that commits once, at its
/// end; what is done twice is done to sets.
#[track_caller]
fn loses_nothing<T: Topology>(topology: fn() -> T, inputs: &[Input]) {
    let mut whole = Run::new(topology(), inputs);
    let mut task = whole.start();
    whole.process(&mut task, inputs.len());
    whole.commit(&mut task);
    let expected = whole.results();
    assert!(!expected.is_empty());
    for committed in 0..=inputs.len() {
        let found = Run::new(topology(), inputs).crash(committed);
        let missing: Vec<_> = expected.difference(&found).collect();
        assert!(missing.is_empty(), "committed behind {committed} records: {missing:?} is missing in {found:?}");
    }
}

const IN_WINDOWS: &[Input] = &[
    ("left", "a", "i1", 10),
    ("left", "b", "i2", 20),
    ("left", "a", "i3", 30),
    ("left", "b", "i4", 40),
    ("left", "a", "i5", 110),
    ("left", "a", "i6", 150),
    ("left", "c", "i7", 400),
    ("left", "c", "i8", 900),
];

#[test]
fn windows_with_one_result_have_all_their_records() {
    loses_nothing(suppressed, IN_WINDOWS);
    loses_nothing(on_close, IN_WINDOWS);
}

#[test]
fn sessions_have_all_their_records() {
    loses_nothing(in_sessions, IN_WINDOWS);
}

#[test]
fn sliding_windows_have_all_their_records() {
    loses_nothing(sliding_windows, IN_WINDOWS);
}

const TWO_SIDES: &[Input] = &[
    ("right", "a", "r1", 5),
    ("left", "a", "l1", 10),
    ("left", "b", "l2", 60),
    ("right", "a", "r2", 90),
    ("right", "a", "r3", 95),
    ("left", "a", "l3", 100),
    ("right", "b", "r4", 120),
    ("left", "c", "l4", 400),
    ("right", "c", "r5", 800),
    ("left", "c", "l5", 1200),
];

#[test]
fn joins_of_streams_meet_what_came_before() {
    loses_nothing(joined, TWO_SIDES);
}

#[test]
fn a_table_still_has_the_history_that_records_ask_for() {
    loses_nothing(with_history, TWO_SIDES);
}

#[test]
fn a_commit_puts_no_store_back() {
    let mut run = Run::new(suppressed(), IN_WINDOWS);
    let mut task = run.start();
    // It was restored from others up to here; what this producer has written since ends before.
    task.each_store().for_each(|store| store.restore(&mut std::iter::empty(), 700).unwrap());
    run.process(&mut task, 3);
    run.commit(&mut task);
    assert!(task.each_store().all(|store| store.position() == Some(700)));
}

#[test]
fn the_stores_of_a_task_together_hold_back_so_much() {
    let run = Run::new(two_tables(), &[]);
    let mut task = run.start();
    assert_eq!(task.uncommitted_bytes(), 0);
    // Three quarters of what is allowed in each of two stores.
    let value = vec![b'x'; 1 << 20];
    let mut commits = 0;
    for offset in 0..48 {
        let key = [offset as u8];
        let input = &mut task.inputs_mut()[0];
        input.incoming().unwrap().push(NewRecord { key: Some(&key), value: Some(&value), timestamp_ms: 1, offset });
        input.fetched(offset + 1, Some(offset + 1));
        commits += usize::from(task.process(10, i64::MAX, 0).unwrap().commit_requested);
    }
    assert!(commits > 0 && task.uncommitted_bytes() > 64 << 20, "{} bytes", task.uncommitted_bytes());
    task.prepare_commit().unwrap();
    task.finish_commit(&run.log).unwrap();
    assert_eq!(task.uncommitted_bytes(), 0);
}
