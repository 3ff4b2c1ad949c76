//! How a task takes records from several inputs, however they arrive: by time, each once, with the right offsets.

use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use streams_runtime::broker::TopicPartition;
use streams_runtime::prelude::*;
use streams_runtime::record::NewRecord;
use streams_runtime::stores::{GlobalStores, MemoryStores};
use streams_runtime::task::{Task, TaskBuilder};

use super::support::{Nowhere, env};

/// Input and place of a record, in the order in which the task took them.
type Taken = Arc<Mutex<Vec<(u64, u64)>>>;

/// A value says which record it is, when it was, and whether the closure is to fail.
const POISON: u64 = u64::MAX;

topology! {
    /// Three inputs; the time of the last is computed.
    fn watched(taken: Taken) -> Watched {
        let a: Stream<u64, u64> = stream("a");
        let b: Stream<u64, u64> = stream("b");
        let c: Stream<u64, u64> = stream("c").timestamp(|_, value| (value >> 32) as i64);
        a.merge(b).merge(c).try_for_each(|input, value| {
            if *value == POISON {
                return Err("poison");
            }
            taken.lock().unwrap().push((*input, value & 0xffff_ffff));
            Ok(())
        });
    }
}

fn task(taken: &Taken) -> Task {
    let topology = Arc::new(watched(Arc::clone(taken)));
    let plan = topology.plan();
    assert_eq!(plan.sub_topologies.len(), 1);
    let globals = GlobalStores::default();
    let env = env(&plan.sub_topologies[0], &MemoryStores, &globals, Nowhere);
    let mut b = TaskBuilder::new(&env);
    topology.build(0, &mut b);
    let mut task = b.finish().unwrap();
    for (source, name) in ["a", "b", "c"].into_iter().enumerate() {
        task.add_input(source, TopicPartition::new(name, 0), 0);
    }
    task.init(0).unwrap();
    task
}

/// The records of one input: time, and how many offsets are left out before each.
type Records = Vec<(i64, i64)>;

/// A partition as a broker has it, with how much of it was delivered.
struct Feed {
    input: u64,
    /// Offset, time.
    records: Vec<(i64, i64)>,
    end: i64,
    delivered: usize,
}

impl Feed {
    fn new(input: u64, records: &Records) -> Self {
        let mut offset = 0;
        let records = records.iter().map(|&(ms, gap)| {
            let at = offset + gap;
            offset = at + 1;
            (at, ms)
        });
        let records: Vec<_> = records.collect();
        // Something that is no record, such as a transaction marker, ends the partition.
        Feed { input, end: offset + 1, records, delivered: 0 }
    }

    /// Hands over up to `max` records if the task has room.
    fn deliver(&mut self, task: &mut Task, max: usize) {
        let input = &mut task.inputs_mut()[self.input as usize];
        let Some(batch) = input.incoming() else { return };
        let until = (self.delivered + max).min(self.records.len());
        for place in self.delivered..until {
            let (offset, ms) = self.records[place];
            let value = ((ms as u64) << 32) | place as u64;
            let (key, value) = (self.input.to_be_bytes(), value.to_be_bytes());
            // The record time of the last input is not what counts.
            let timestamp_ms = if self.input == 2 { 1_000_000 - ms } else { ms };
            batch.push(NewRecord { key: Some(&key), value: Some(&value), timestamp_ms, offset });
        }
        self.delivered = until;
        let position = self.records.get(until).map_or(self.end, |_| self.records[..until].last().map_or(0, |(offset, _)| offset + 1));
        input.fetched(position, Some(self.end));
    }
}

fn records() -> impl Strategy<Value = Records> {
    prop::collection::vec((0i64..30, prop_oneof![4 => Just(0i64), 1 => 1i64..4]), 0..25)
}

proptest! {
    #[test]
    fn records_are_taken_by_time_each_once(
        inputs in [records(), records(), records()],
        script in prop::collection::vec((0usize..3, 1usize..6, 1usize..8), 1..200),
    ) {
        let taken = Taken::default();
        let mut task = task(&taken);
        let mut feeds: Vec<_> = inputs.iter().enumerate().map(|(i, records)| Feed::new(i as u64, records)).collect();
        let mut processed = 0;
        // Then all that is left.
        let rest = (0..10_000).map(|i| (i % 3, 100, 100));
        for (feed, deliver, process) in script.into_iter().chain(rest) {
            feeds[feed].deliver(&mut task, deliver);
            let progress = task.process(process, i64::MAX, 0).unwrap();
            prop_assert!(progress.records <= process);
            processed += progress.records;
            prop_assert_eq!(processed, taken.lock().unwrap().len());
            // A commit in between says exactly what was taken.
            for (input, feed) in task.inputs().iter().zip(&feeds) {
                let taken = taken.lock().unwrap().iter().filter(|(i, _)| *i == feed.input).count();
                let next = feed.records[..taken].last().map_or(0, |(offset, _)| offset + 1);
                prop_assert!(input.consumed() >= next, "{} of {next}", input.consumed());
                prop_assert!(feed.records.get(taken).is_none_or(|(offset, _)| input.consumed() <= *offset), "records would be lost");
            }
            if processed == inputs.iter().map(Vec::len).sum::<usize>() && task.inputs().iter().all(|input| input.is_caught_up()) {
                break;
            }
        }
        // No input was passed over: each record was the earliest of the three heads.
        let mut heads = [0usize; 3];
        for &(input, place) in taken.lock().unwrap().iter() {
            let input = input as usize;
            prop_assert_eq!(heads[input], place as usize, "in the order of the partition");
            let earliest = (0..3).filter_map(|i| inputs[i].get(heads[i])).map(|(ms, _)| *ms).min();
            prop_assert_eq!(Some(inputs[input][heads[input]].0), earliest);
            heads[input] += 1;
        }
        prop_assert_eq!(heads.to_vec(), inputs.iter().map(Vec::len).collect::<Vec<_>>());
        let latest = inputs.iter().flatten().map(|(ms, _)| *ms).max().unwrap_or(-1);
        prop_assert_eq!(task.stream_time_ms(), latest);
        // Everything is committed, up to the end of each partition.
        task.process(1, i64::MAX, 0).unwrap();
        for feed in &mut feeds {
            feed.deliver(&mut task, 1);
        }
        let offsets: Vec<_> = task.prepare_commit().unwrap().into_iter().map(|c| (c.partition.topic.to_string(), c.offset)).collect();
        let expected: Vec<_> = ["a", "b", "c"].iter().zip(&feeds).map(|(name, feed)| ((*name).to_owned(), feed.end)).collect();
        prop_assert_eq!(offsets, expected);
        task.finish_commit(&Nowhere).unwrap();
        prop_assert!(task.prepare_commit().unwrap().is_empty(), "nothing twice");
    }
}

fn push(task: &mut Task, input: usize, values: &[(u64, i64, i64)]) {
    let batch = task.inputs_mut()[input].incoming().unwrap();
    for &(value, timestamp_ms, offset) in values {
        let (key, value) = ((input as u64).to_be_bytes(), value.to_be_bytes());
        batch.push(NewRecord { key: Some(&key), value: Some(&value), timestamp_ms, offset });
    }
}

#[test]
fn the_record_at_fault_and_those_after_it_are_not_committed() {
    let taken = Taken::default();
    let mut task = task(&taken);
    push(&mut task, 0, &[(1, 1, 10), (2, 2, 11), (POISON, 3, 12), (4, 4, 13)]);
    push(&mut task, 1, &[(1, 2, 5), (2, 9, 6)]);
    for input in task.inputs_mut() {
        input.fetched(99, Some(99));
    }
    let error = task.process(100, i64::MAX, 0).unwrap_err();
    assert_eq!((&*error.topic, error.offset, error.timestamp_ms), ("a", 12, 3));
    assert_eq!(*taken.lock().unwrap(), [(0, 1), (0, 2), (1, 1)]);
    assert_eq!(task.inputs().iter().map(|input| input.consumed()).collect::<Vec<_>>(), [12, 6, 99]);
}

#[test]
fn an_input_that_has_more_is_waited_for() {
    let taken = Taken::default();
    let mut task = task(&taken);
    push(&mut task, 0, &[(1, 1, 0)]);
    task.inputs_mut()[0].fetched(1, Some(1));
    task.inputs_mut()[1].fetched(0, Some(3));
    task.inputs_mut()[2].fetched(0, Some(0));
    let progress = task.process(100, i64::MAX, 0).unwrap();
    assert!(progress.waits_for_input && progress.records == 0);
    // It turns out that nothing more comes from there.
    task.inputs_mut()[1].fetched(3, Some(3));
    let progress = task.process(100, i64::MAX, 0).unwrap();
    assert!(!progress.waits_for_input && progress.records == 1);
}

#[test]
fn a_turn_ends_before_the_first_record_that_is_too_late() {
    let taken = Taken::default();
    let mut task = task(&taken);
    assert_eq!(task.head_ms(), None);
    push(&mut task, 0, &[(1, 1, 0), (2, 7, 1), (3, 3, 2)]);
    push(&mut task, 1, &[(1, 5, 0), (2, 6, 1)]);
    // The time of the last input is computed, its records' own times count for nothing.
    push(&mut task, 2, &[(4 << 32, 900, 0), (8 << 32, 0, 1)]);
    task.inputs_mut()[0].fetched(3, Some(3));
    task.inputs_mut()[1].fetched(2, Some(2));
    task.inputs_mut()[2].fetched(2, Some(5));
    for (until_ms, records, head_ms) in [(0, 0, 1), (1, 1, 4), (4, 1, 5), (5, 1, 6), (6, 1, 7), (6, 0, 7), (7, 2, 8)] {
        let progress = task.process(100, until_ms, 0).unwrap();
        assert_eq!((progress.records, task.head_ms()), (records, Some(head_ms)), "until {until_ms}");
        assert!(!progress.waits_for_input);
    }
    // The last input has more, so that after its record nobody knows what comes next.
    assert_eq!(task.process(100, i64::MAX, 0).unwrap().records, 1);
    assert_eq!(task.head_ms(), None);
    push(&mut task, 0, &[(9, 9, 3)]);
    assert_eq!(task.head_ms(), None);
    task.inputs_mut()[2].fetched(5, Some(5));
    assert_eq!(task.head_ms(), Some(9));
    assert_eq!(taken.lock().unwrap().len(), 8 - 1);
}
