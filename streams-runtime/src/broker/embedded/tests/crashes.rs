//! Random operations, and a crash at a random operation of the storage: what was acknowledged is there, and nothing else.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::support::*;
use crate::broker::embedded::{EmbeddedLog, EmbeddedOptions, FsyncPolicy};
use crate::broker::{Broker, BrokerError, Isolation, OffsetAt};

#[derive(Clone, Debug)]
enum Op {
    Append { partition: i32, count: usize, bytes: usize },
    Flush,
    Commit { partition: i32, back: i64 },
    Delete { partition: i32, back: i64 },
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => (0..2, 1_usize..20, 0_usize..300).prop_map(|(partition, count, bytes)| Op::Append { partition, count, bytes }),
        3 => Just(Op::Flush),
        1 => (0..2, 0_i64..30).prop_map(|(partition, back)| Op::Commit { partition, back }),
        1 => (0..2, 0_i64..60).prop_map(|(partition, back)| Op::Delete { partition, back }),
    ]
}

#[derive(Clone, Debug)]
struct Round {
    ops: Vec<Op>,
    crash_after: u64,
    /// Whether the crash comes with a first failure, or the failure passes and the crash comes at the end.
    failure_stays: bool,
    seed: u64,
}

fn round() -> impl Strategy<Value = Round> {
    (proptest::collection::vec(op(), 1..40), 1_u64..120, any::<bool>(), any::<u64>())
        .prop_map(|(ops, crash_after, failure_stays, seed)| Round { ops, crash_after, failure_stays, seed })
}

/// What the test knows about a partition.
#[derive(Debug, Default)]
struct Model {
    /// The value last tried to be written at each offset.
    tried: Vec<String>,
    end: usize,
    acknowledged: usize,
    /// The largest start that was asked for.
    start: i64,
    /// Committed offsets the group may have: the last acknowledged one and those that failed since.
    committed: Vec<Option<i64>>,
}

fn append(log: &EmbeddedLog, model: &mut Model, partition: i32, count: usize, bytes: usize, serial: &mut u64) -> Result<(), BrokerError> {
    // In one write, so that several records share a batch.
    let mut producer = producer(log);
    let topic = producer.topic("t")?;
    let mut batch = crate::broker::ProduceBatch::default();
    model.tried.truncate(model.end);
    for _ in 0..count {
        let value = format!("{serial}:{}", "y".repeat(bytes));
        *serial += 1;
        let record = crate::record::NewRecord { key: None, value: Some(value.as_bytes()), timestamp_ms: *serial as i64, offset: 0 };
        batch.push(topic, partition, record);
        model.tried.push(value);
    }
    producer.send(&batch)?;
    model.end += count;
    if let Some(end) = producer.acknowledged_end(topic, partition) {
        assert_eq!(end as usize, model.end);
        model.acknowledged = model.end;
    }
    Ok(())
}

fn run(rounds: &[Round], fsync: FsyncPolicy, segment_bytes: u64) {
    let storage = disk();
    let options = || EmbeddedOptions { fsync, segment_bytes, tail_bytes: 500, ..EmbeddedOptions::default() };
    let open = || open_on(&storage, options());
    let lax = fsync == FsyncPolicy::Never;
    let mut serial = 0;
    let mut models: BTreeMap<i32, Model> = BTreeMap::new();
    for p in 0..2 {
        models.insert(p, Model { committed: vec![None], ..Model::default() });
    }
    open().unwrap().create_topic("t", 2).unwrap();

    for round in rounds {
        let log = open().unwrap();
        let member = join(&log, &["t"]);
        poll(&member);
        storage.fail_after(round.crash_after, round.failure_stays);
        for op in &round.ops {
            let result = match op {
                Op::Append { partition, count, bytes } => {
                    let model = models.get_mut(partition).unwrap();
                    let acknowledged = model.acknowledged;
                    let result = append(&log, model, *partition, *count, *bytes, &mut serial);
                    if lax {
                        // This policy acknowledges what the operating system has.
                        model.acknowledged = acknowledged;
                    }
                    result
                }
                Op::Flush => {
                    let result = log.flush();
                    if result.is_ok() && !lax {
                        for model in models.values_mut() {
                            model.acknowledged = model.end;
                        }
                    }
                    result
                }
                Op::Commit { partition, back } => {
                    let model = models.get_mut(partition).unwrap();
                    let at = (model.end as i64 - back).max(0);
                    let result = member.commit(&[offset(tp("t", *partition), at)]).wait();
                    if result.is_ok() {
                        model.committed.clear();
                    }
                    model.committed.push(Some(at));
                    result
                }
                Op::Delete { partition, back } => {
                    let model = models.get_mut(partition).unwrap();
                    let to = (model.end as i64 - back).max(0);
                    model.start = model.start.max(to);
                    log.delete_records(&[(tp("t", *partition), to)]).wait()
                }
            };
            if let Err(error) = result {
                assert!(matches!(error, BrokerError::Storage { .. }), "{error}");
                if round.failure_stays {
                    break;
                }
            }
        }
        drop(member);
        crash(&storage, round.seed);
        drop(log);

        let log = open().unwrap_or_else(|e| panic!("a crash must not make the log unreadable: {e}"));
        for (&partition, model) in &mut models {
            let start = log.offsets(&[tp("t", partition)], OffsetAt::Earliest, Isolation::ReadUncommitted).wait().unwrap()[0];
            let end = log.end_offset("t", partition).unwrap();
            assert!(end as usize >= model.acknowledged, "acknowledged to {}, recovered to {end}", model.acknowledged);
            assert!(end as usize <= model.tried.len(), "invented records");
            assert!(start <= model.start && start <= end);
            let found = values(&log, "t", partition, start);
            assert_eq!(found.len() as i64, end - start);
            for (i, (offset, value)) in found.iter().enumerate() {
                assert_eq!(*offset, start + i as i64);
                assert_eq!(*value, model.tried[*offset as usize]);
            }
            let committed = join(&log, &[]).committed(&[tp("t", partition)]).wait().unwrap()[0].clone().map(|c| c.offset);
            let possible = model.committed.iter().any(|c| if lax { c.map(|c| c.min(end)) == committed } else { *c == committed });
            assert!(possible, "committed {committed:?}, but {:?} was", model.committed);
            assert!(committed.is_none_or(|c| c <= end));
            // What survived is on the medium now.
            model.end = end as usize;
            model.tried.truncate(model.end);
            model.acknowledged = model.end;
            model.committed = vec![committed];
        }
        drop(log);
        assert_eq!(open().unwrap().recovered(), [], "a torn tail is cut once");
    }
}

proptest! {
    #![proptest_config(at_least(300))]

    #[test]
    fn acknowledged_records_survive_any_crash(
        rounds in proptest::collection::vec(round(), 1..4),
        fsync in prop_oneof![Just(FsyncPolicy::EveryFlush), Just(FsyncPolicy::EveryWrite), Just(FsyncPolicy::Never)],
        segment_bytes in 500_u64..20_000,
    ) {
        run(&rounds, fsync, segment_bytes);
    }
}

/// What an opened log shows was asked for and may have failed at its last sync. It is used from then
/// on, so a crash of the machine must not take it.
#[test]
fn what_is_found_at_opening_survives_a_crash() {
    let mut found = 0;
    for fail in 1..60 {
        for seed in 0..4 {
            let storage = disk();
            let (log, process) = process_on(&storage, EmbeddedOptions::default());
            log.create_topic("t", 1).unwrap();
            storage.fail_after(fail, false);
            let record = crate::record::NewRecord { key: None, value: Some(b"v"), timestamp_ms: 0, offset: 0 };
            let mut results = vec![log.append("t", Some(0), record).map(drop)];
            results.extend([log.create_topic("u", 1), log.add_partitions("t", 2)]);
            let member = join(&log, &["t"]);
            poll(&member);
            let committed = member.commit(&[offset(tp("t", 0), 0)]).wait();
            process.kill();
            drop((member, log));
            storage.heal();

            let (log, process) = process_on(&storage, EmbeddedOptions::default());
            let topics: Vec<_> = ["t", "u"].into_iter().filter_map(|topic| Some((topic, log.partitions(topic).ok()?))).collect();
            for (topic, partitions) in &topics {
                for partition in 0..*partitions {
                    put(&log, topic, partition, b"v", 0);
                }
            }
            log.flush().unwrap();
            let ends = |log: &EmbeddedLog| -> Vec<_> {
                topics.iter().flat_map(|(topic, partitions)| (0..*partitions).map(|at| log.end_offset(topic, at).ok())).collect()
            };
            let ended = ends(&log);
            let offset_of = |log: &EmbeddedLog| join(log, &[]).committed(&[tp("t", 0)]).wait().unwrap()[0].clone().map(|c| c.offset);
            let was = offset_of(&log);
            crash(&storage, seed);
            process.kill();
            drop(log);

            let log = open_on(&storage, EmbeddedOptions::default()).unwrap();
            for (topic, partitions) in &topics {
                assert_eq!(log.partitions(topic).unwrap(), *partitions, "{topic}, operation {fail}");
            }
            assert_eq!(ends(&log), ended, "operation {fail}");
            assert_eq!(offset_of(&log), was, "operation {fail}");
            found += usize::from(results.iter().any(Result::is_err) || committed.is_err());
        }
    }
    assert!(found > 0);
}

/// The same for the making of a topic: it is there with all it needs, or not at all.
#[test]
fn a_topic_is_made_whole_or_not_at_all() {
    let mut made = 0;
    for fail in 1..50 {
        for seed in 0..8 {
            let storage = disk();
            let open = || open_on(&storage, EmbeddedOptions::default());
            let log = open().unwrap();
            storage.fail_after(fail, true);
            let result = log.create_topic("t", 3);
            crash(&storage, seed);
            drop(log);
            let log = open().unwrap();
            let there = log.partitions("t");
            if result.is_ok() {
                made += 1;
                assert_eq!(there.unwrap(), 3);
            } else if there.is_err() {
                log.create_topic("t", 2).unwrap();
            }
            put(&log, "t", 1, b"v", 0);
        }
    }
    assert!(made > 0 && made < 49 * 8);
}
