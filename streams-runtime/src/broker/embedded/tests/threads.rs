//! Writers, readers and deletions at the same time.

use std::time::{Duration, Instant};

use super::support::*;
use crate::broker::embedded::{EmbeddedLog, EmbeddedOptions, FsyncPolicy};
use crate::broker::{Broker, BrokerError, ProduceBatch};
use crate::record::{NewRecord, RecordBatch};

const RECORDS: i64 = 20_000;
const WRITERS: usize = 2;

fn write(log: &EmbeddedLog, writer: usize) {
    let mut producer = producer(log);
    let topic = producer.topic("t").unwrap();
    let mut batch = ProduceBatch::default();
    for i in 0..RECORDS {
        let value = i.to_be_bytes();
        batch.push(topic, 0, NewRecord { key: Some(&[writer as u8]), value: Some(&value), timestamp_ms: i, offset: 0 });
        // Batches of all sizes, so that readers find the end often.
        if i % 37 == 0 || i % 101 == 0 || i + 1 == RECORDS {
            producer.send(&batch).unwrap();
            batch.clear();
        }
    }
    producer.flush(Duration::from_secs(10)).unwrap();
}

/// Reads everything; checks that offsets have no gaps and each writer's records keep their order.
fn read(log: &EmbeddedLog, max: usize) {
    let mut consumer = consumer(log);
    let slot = consumer.assign(&tp("t", 0), 0).unwrap();
    let mut into = RecordBatch::default();
    let mut next = [0; WRITERS];
    let mut offset = 0;
    let start = Instant::now();
    while offset < RECORDS * WRITERS as i64 {
        into.clear();
        if consumer.fetch(slot, max, &mut into).unwrap() == 0 {
            consumer.wait(Duration::from_secs(60));
        }
        for record in into.iter() {
            assert_eq!(record.offset, offset);
            offset += 1;
            let writer = usize::from(record.key.unwrap()[0]);
            let value = i64::from_be_bytes(record.value.unwrap().try_into().unwrap());
            assert_eq!(value, next[writer]);
            next[writer] += 1;
        }
        assert!(start.elapsed() < Duration::from_secs(50), "a wake-up was lost");
    }
}

fn run(log: &EmbeddedLog) {
    log.create_topic("t", 1).unwrap();
    std::thread::scope(|scope| {
        for max in [1000, 50] {
            scope.spawn(move || read(log, max));
        }
        for writer in 0..WRITERS {
            scope.spawn(move || write(log, writer));
        }
    });
}

#[test]
fn in_memory() {
    run(&EmbeddedLog::in_memory());
}

#[test]
fn durable_with_readers_on_files() {
    let dir = tempfile::tempdir().unwrap();
    let options = EmbeddedOptions { fsync: FsyncPolicy::Never, segment_bytes: 300_000, tail_bytes: 0, ..EmbeddedOptions::default() };
    run(&EmbeddedLog::open_with(dir.path(), options).unwrap());
}

#[test]
fn a_reader_behind_a_deletion_learns_it() {
    let dir = tempfile::tempdir().unwrap();
    let options = EmbeddedOptions { fsync: FsyncPolicy::Never, segment_bytes: 20_000, tail_bytes: 0, ..EmbeddedOptions::default() };
    let log = &EmbeddedLog::open_with(dir.path(), options).unwrap();
    log.create_topic("t", 1).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| write(log, 0));
        scope.spawn(|| {
            while log.end_offset("t", 0).unwrap() < RECORDS {
                let end = log.end_offset("t", 0).unwrap();
                log.delete_records(&[(tp("t", 0), end - end / 10)]).wait().unwrap();
            }
        });
        let mut from = 0;
        while from < RECORDS {
            match log.read("t", 0, from, 20) {
                Ok(batch) => {
                    for record in batch.iter() {
                        assert_eq!(record.offset, from);
                        from += 1;
                    }
                }
                Err(BrokerError::OffsetOutOfRange { earliest, .. }) => {
                    assert!(earliest > from);
                    from = earliest;
                }
                Err(error) => panic!("{error}"),
            }
        }
    });
}
