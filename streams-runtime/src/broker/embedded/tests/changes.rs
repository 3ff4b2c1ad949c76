//! Topics that grow, and topics that are deleted.

use std::collections::BTreeMap;

use super::support::*;
use crate::broker::GroupEvent::{Assigned, Revoked};
use crate::broker::embedded::{EmbeddedLog, EmbeddedOptions};
use crate::broker::{Broker, BrokerError, Isolation, NewTopic, OffsetAt, ProduceBatch};
use crate::record::{NewRecord, RecordBatch};

fn send(producer: &mut dyn crate::broker::Producer, topic: crate::broker::TopicSlot, partition: i32) -> Result<(), BrokerError> {
    let mut batch = ProduceBatch::default();
    batch.push(topic, partition, NewRecord { key: None, value: Some(b"v"), timestamp_ms: 0, offset: 0 });
    producer.send(&batch)
}

fn unknown<T: std::fmt::Debug>(result: Result<T, BrokerError>) {
    assert!(matches!(result, Err(BrokerError::UnknownTopic { .. })), "{result:?}");
}

#[test]
fn a_topic_grows_and_keeps_what_it_has() {
    let disk = disk();
    let log = open_on(&disk, EmbeddedOptions::default()).unwrap();
    let config = BTreeMap::from([("max.message.bytes".into(), "1234".into())]);
    Broker::create_topic(&log, &NewTopic { name: "t".into(), partitions: 2, replication: -1, config }).wait().unwrap();
    put(&log, "t", 1, b"old", 0);
    let mut producer = producer(&log);
    let topic = producer.topic("t").unwrap();
    let mut consumer = consumer(&log);
    let slot = consumer.assign(&tp("t", 1), 0).unwrap();

    log.add_partitions("t", 5).unwrap();
    assert_eq!(log.partitions("t").unwrap(), 5);
    assert_eq!(log.topics(&["t"]).wait().unwrap()[0].as_ref().unwrap().partitions, 5);
    // The producer goes on with what it knows until it is told.
    assert_eq!(producer.partitions(topic), 2);
    send(&mut *producer, topic, 1).unwrap();
    assert!(matches!(send(&mut *producer, topic, 4), Err(BrokerError::UnknownPartition { .. })));
    assert_eq!(producer.declare("t", 5).unwrap(), topic);
    assert_eq!(producer.partitions(topic), 5);
    send(&mut *producer, topic, 4).unwrap();
    producer.flush(std::time::Duration::from_secs(1)).unwrap();
    assert_eq!((producer.acknowledged_end(topic, 1), producer.acknowledged_end(topic, 4)), (Some(2), Some(1)));
    let mut batch = RecordBatch::default();
    assert_eq!(consumer.fetch(slot, 9, &mut batch).unwrap(), 2);
    assert_eq!(values(&log, "t", 4, 0), [(0, "v".to_owned())]);

    crash(&disk, 0);
    drop(log);
    let log = open_on(&disk, EmbeddedOptions::default()).unwrap();
    assert_eq!(log.partitions("t").unwrap(), 5);
    assert_eq!((log.end_offset("t", 1).unwrap(), log.end_offset("t", 4).unwrap()), (2, 1));
    assert_eq!(log.topic_config("t").wait().unwrap()["max.message.bytes"], "1234");
}

#[test]
fn a_topic_does_not_shrink() {
    let log = EmbeddedLog::in_memory();
    log.create_topic("t", 3).unwrap();
    for count in [-1, 0, 2, 3] {
        assert!(matches!(log.add_partitions("t", count), Err(BrokerError::Config { .. })), "{count}");
    }
    unknown(log.add_partitions("no", 3));
    unknown(log.delete_topic("no"));
}

#[test]
fn members_get_the_partitions_that_are_added() {
    let (log, _) = log_with_clock();
    log.create_topic("t", 1).unwrap();
    let a = join(&log, &["t"]);
    assert_eq!(poll(&a), Some(Assigned(vec![tp("t", 0)])));
    log.add_partitions("t", 3).unwrap();
    assert_eq!(poll(&a), Some(Assigned(vec![tp("t", 1), tp("t", 2)])));
    a.commit(&[offset(tp("t", 2), 0)]).wait().unwrap();
}

#[test]
fn whoever_has_a_deleted_topic_is_told() {
    let dir = tempfile::tempdir().unwrap();
    for log in [EmbeddedLog::in_memory(), EmbeddedLog::open(dir.path()).unwrap()] {
        log.create_topic("t", 1).unwrap();
        log.create_topic("other", 1).unwrap();
        put(&log, "t", 0, b"old", 0);
        let mut producer = producer(&log);
        let topic = producer.topic("t").unwrap();
        send(&mut *producer, topic, 0).unwrap();
        let mut consumer = consumer(&log);
        let slot = consumer.assign(&tp("t", 0), 0).unwrap();
        let mut batch = RecordBatch::default();
        assert_eq!(consumer.fetch(slot, 9, &mut batch).unwrap(), 2);
        let member = join(&log, &["t", "other"]);
        poll(&member);
        member.commit(&[offset(tp("t", 0), 1), offset(tp("other", 0), 0)]).wait().unwrap();

        log.delete_topic("t").unwrap();
        unknown(log.partitions("t"));
        unknown(consumer.fetch(slot, 9, &mut batch));
        if log.place() != EmbeddedLog::in_memory().place() {
            // In memory everything is acknowledged when it is written.
            unknown(producer.flush(std::time::Duration::from_secs(1)));
        }
        unknown(send(&mut *producer, topic, 0));
        unknown(log.read("t", 0, 0, 9));
        unknown(member.commit(&[offset(tp("t", 0), 1)]).wait());
        assert_eq!(poll(&member), Some(Revoked(vec![tp("t", 0)])));
        member.acknowledge_revoked(&[tp("t", 0)]).unwrap();

        // Another topic of this name has nothing of the old one.
        log.create_topic("t", 2).unwrap();
        unknown(consumer.fetch(slot, 9, &mut batch));
        unknown(send(&mut *producer, topic, 0));
        assert_eq!(poll(&member), Some(Assigned(vec![tp("t", 0), tp("t", 1)])));
        let committed = member.committed(&[tp("t", 0), tp("other", 0)]).wait().unwrap();
        assert_eq!(committed, [None, Some(offset(tp("other", 0), 0))]);
        assert_eq!(log.end_offset("t", 0).unwrap(), 0);
        assert_eq!(producer.topic("t").unwrap(), topic);
        assert_eq!(producer.partitions(topic), 2);
        send(&mut *producer, topic, 1).unwrap();
        producer.flush(std::time::Duration::from_secs(1)).unwrap();
        assert_eq!((producer.acknowledged_end(topic, 0), producer.acknowledged_end(topic, 1)), (None, Some(1)));
    }
}

#[test]
fn a_reader_that_waits_for_a_deleted_topic_is_woken() {
    let log = EmbeddedLog::in_memory();
    log.create_topic("t", 1).unwrap();
    let mut consumer = consumer(&log);
    let slot = consumer.assign(&tp("t", 0), 0).unwrap();
    consumer.fetch(slot, 1, &mut RecordBatch::default()).unwrap();
    let begun = std::time::Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            log.delete_topic("t").unwrap();
        });
        consumer.wait(std::time::Duration::from_secs(20));
    });
    assert!(begun.elapsed() < std::time::Duration::from_secs(10));
    unknown(consumer.fetch(slot, 1, &mut RecordBatch::default()));
}

/// Whatever fails and whenever the machine goes down, each change is there as a whole or not at
/// all.
#[test]
fn changes_of_topics_are_whole_after_any_crash() {
    let mut counts = [0; 3];
    for fail in 1..90 {
        for seed in 0..6 {
            let disk = disk();
            let log = open_on(&disk, EmbeddedOptions::default()).unwrap();
            log.create_topic("t", 2).unwrap();
            put(&log, "t", 1, b"old", 0);
            log.flush().unwrap();
            let member = join(&log, &["t"]);
            poll(&member);
            member.commit(&[offset(tp("t", 1), 1)]).wait().unwrap();
            disk.fail_after(fail, true);
            let grown = log.add_partitions("t", 4);
            let deleted = log.delete_topic("t");
            let made = log.create_topic("t", 1);
            crash(&disk, seed);
            drop(member);
            drop(log);
            let log = open_on(&disk, EmbeddedOptions::default()).unwrap();
            let there = log.partitions("t").ok();
            let possible: &[Option<i32>] = match (&grown, &deleted, &made) {
                (_, _, Ok(())) => &[Some(1)],
                (_, Ok(()), Err(_)) => &[None, Some(1)],
                (Ok(()), Err(_), _) => &[Some(4), None],
                (Err(_), _, _) => &[Some(2), Some(4), None],
            };
            assert!(possible.contains(&there), "{there:?} after {grown:?} {deleted:?} {made:?}");
            let committed = join(&log, &[]).committed(&[tp("t", 1)]).wait().unwrap()[0].is_some();
            if let Some(2 | 4) = there {
                assert_eq!(values(&log, "t", 1, 0), [(0, "old".to_owned())]);
                assert!(committed);
                put(&log, "t", there.unwrap_or_default() - 1, b"new", 0);
            } else {
                assert!(!committed);
            }
            if there == Some(2) {
                log.add_partitions("t", 3).unwrap();
                let at = log.offsets(&[tp("t", 2)], OffsetAt::Latest, Isolation::ReadUncommitted).wait().unwrap();
                assert_eq!(at, [0]);
            }
            let nothing_left = disk.files(std::path::Path::new("/data/log/topics")).iter().all(|p| !p.to_string_lossy().contains('~'));
            assert!(nothing_left);
            for (count, result) in counts.iter_mut().zip([&grown, &deleted, &made]) {
                *count += usize::from(result.is_ok());
            }
        }
    }
    assert!(counts.iter().all(|c| (1..89 * 6).contains(c)), "{counts:?}");
}
