//! Reading: offsets, ends, waiting.

use std::time::{Duration, Instant};

use super::support::*;
use crate::broker::embedded::{EmbeddedLog, EmbeddedOptions};
use crate::broker::{Broker, BrokerError, ConsumerConfig, Isolation, OffsetAt};
use crate::record::{NewRecord, RecordBatch};

fn filled(records: i64) -> EmbeddedLog {
    let log = EmbeddedLog::in_memory();
    log.create_topic("t", 2).unwrap();
    for i in 0..records {
        put(&log, "t", 0, format!("{i}-{}", "x".repeat(1000)).as_bytes(), i * 10);
    }
    log
}

#[test]
fn everything_of_a_record_comes_back() {
    let log = EmbeddedLog::in_memory();
    log.create_topic("t", 1).unwrap();
    let mut batch = RecordBatch::default();
    batch.push(NewRecord { key: Some(b""), value: None, timestamp_ms: -5, offset: 0 });
    batch.push_header(b"h", None);
    batch.push_header(b"h", Some(b""));
    batch.push_header(b"", Some(b"v"));
    batch.push(NewRecord { key: None, value: Some(b""), timestamp_ms: i64::MAX, offset: 0 });
    for record in batch.iter() {
        log.append("t", None, record).unwrap();
    }
    let back = log.read("t", 0, 0, 10).unwrap();
    for (i, (a, b)) in batch.iter().zip(back.iter()).enumerate() {
        assert_eq!((a.key, a.value, a.timestamp_ms), (b.key, b.value, b.timestamp_ms));
        assert_eq!(b.offset, i as i64);
        assert!(a.headers.iter().eq(b.headers.iter()));
    }
    assert_eq!(back.len(), 2);
}

#[test]
fn any_offset_can_be_read_over_many_chunks() {
    let log = filled(2000);
    for from in [0, 1, 255, 256, 257, 700, 1999] {
        let read = values(&log, "t", 0, from);
        assert_eq!(read.len() as i64, 2000 - from);
        for (i, (offset, value)) in read.iter().enumerate() {
            assert_eq!(*offset, from + i as i64);
            assert!(value.starts_with(&format!("{offset}-")));
        }
    }
    assert!(log.read("t", 0, 2000, 9).unwrap().is_empty());
    assert!(matches!(log.read("t", 0, 2001, 9), Err(BrokerError::OffsetOutOfRange { earliest: 0, .. })));
}

#[test]
fn a_consumer_reads_in_steps_of_any_size() {
    let log = filled(1000);
    let mut consumer = consumer(&log);
    let slot = consumer.assign(&tp("t", 0), 3).unwrap();
    assert_eq!(consumer.known_end(slot), None);
    let mut batch = RecordBatch::default();
    let mut expected = 3;
    for step in (1..).take_while(|_| true) {
        batch.clear();
        let count = consumer.fetch(slot, step % 97, &mut batch).unwrap();
        assert_eq!(count, batch.len());
        for record in batch.iter() {
            assert_eq!(record.offset, expected);
            expected += 1;
        }
        assert_eq!(consumer.position(slot), expected);
        assert_eq!(consumer.known_end(slot), Some(1000));
        if expected == 1000 {
            break;
        }
    }
    consumer.unassign(slot).unwrap();
    assert!(consumer.fetch(slot, 1, &mut batch).is_err());
}

#[test]
fn deleted_records_are_gone_for_new_and_present_readers() {
    let log = filled(1000);
    let mut consumer = consumer(&log);
    let slot = consumer.assign(&tp("t", 0), 0).unwrap();
    let mut batch = RecordBatch::default();
    consumer.fetch(slot, 10, &mut batch).unwrap();
    log.delete_records(&[(tp("t", 0), 600)]).wait().unwrap();
    assert!(matches!(consumer.fetch(slot, 10, &mut batch), Err(BrokerError::OffsetOutOfRange { offset: 10, earliest: 600, .. })));
    let at = |at| log.offsets(&[tp("t", 0)], at, Isolation::ReadUncommitted).wait().unwrap()[0];
    assert_eq!(at(OffsetAt::Earliest), 600);
    assert_eq!(at(OffsetAt::Timestamp(0)), 600);
    log.delete_records(&[(tp("t", 0), 1000)]).wait().unwrap();
    assert_eq!((at(OffsetAt::Earliest), at(OffsetAt::Latest)), (1000, 1000));
    assert!(log.delete_records(&[(tp("t", 0), 1001)]).wait().is_err());
    log.delete_records(&[(tp("t", 0), 5)]).wait().unwrap();
    assert_eq!(put(&log, "t", 0, b"next", 0), 1000);
}

#[test]
fn offsets_by_timestamp_are_the_first_at_least_so_late() {
    let log = EmbeddedLog::in_memory();
    log.create_topic("t", 1).unwrap();
    for ts in [10, 50, 20, 60] {
        put(&log, "t", 0, b"v", ts);
    }
    for (ts, offset) in [(0, 0), (10, 0), (11, 1), (50, 1), (51, 3), (61, 4)] {
        let found = log.offsets(&[tp("t", 0)], OffsetAt::Timestamp(ts), Isolation::ReadUncommitted).wait().unwrap();
        assert_eq!(found, [offset], "{ts}");
    }
}

#[test]
fn waiting_ends_with_a_record_a_waker_or_the_time() {
    let log = filled(0);
    let mut consumer = consumer(&log);
    let slot = consumer.assign(&tp("t", 0), 0).unwrap();
    let long = Duration::from_secs(20);
    let start = Instant::now();
    consumer.wait(Duration::from_millis(30));
    assert!(start.elapsed() >= Duration::from_millis(30));

    let waker = consumer.waker();
    waker.wake();
    consumer.wait(long);
    let writer = std::thread::spawn({
        let log = log.clone();
        move || {
            std::thread::sleep(Duration::from_millis(50));
            put(&log, "t", 0, b"v", 0);
        }
    });
    consumer.wait(long);
    assert_eq!(consumer.fetch(slot, 9, &mut RecordBatch::default()).unwrap(), 1);
    writer.join().unwrap();
    let thread = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(50));
        waker.wake();
    });
    consumer.wait(long);
    thread.join().unwrap();
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_partition_that_is_left_alone_does_not_make_its_reader_spin() {
    let log = filled(10);
    let mut consumer = consumer(&log);
    let full = consumer.assign(&tp("t", 0), 0).unwrap();
    consumer.assign(&tp("t", 1), 0).unwrap();
    let start = Instant::now();
    // Newly assigned: there may be something.
    consumer.wait(Duration::from_secs(20));
    // Read in part: there is more.
    consumer.fetch(full, 3, &mut RecordBatch::default()).unwrap();
    consumer.wait(Duration::from_secs(20));
    assert!(start.elapsed() < Duration::from_secs(10));
    // Not asked for since.
    let start = Instant::now();
    consumer.wait(Duration::from_millis(30));
    assert!(start.elapsed() >= Duration::from_millis(30));
}

#[test]
fn a_fetch_is_bounded_by_bytes_and_brings_one_record_at_least() {
    let dir = tempfile::tempdir().unwrap();
    let options = EmbeddedOptions { segment_bytes: 100_000, tail_bytes: 0, ..EmbeddedOptions::default() };
    // From memory, and from files.
    for log in [EmbeddedLog::in_memory(), EmbeddedLog::open_with(dir.path(), options).unwrap()] {
        log.create_topic("t", 1).unwrap();
        for i in 0..300 {
            let bytes = if i % 50 == 0 { 20_000 } else { 1_000 };
            put(&log, "t", 0, &vec![b'x'; bytes], i);
        }
        let config = ConsumerConfig { client_id: "test".into(), isolation: Isolation::ReadUncommitted, fetch_ahead_bytes: 10_000 };
        let mut consumer = log.consumer(&config).unwrap();
        let slot = consumer.assign(&tp("t", 0), 0).unwrap();
        let mut batch = RecordBatch::default();
        let mut next = 0;
        while next < 300 {
            batch.clear();
            let count = consumer.fetch(slot, 1_000, &mut batch).unwrap();
            assert!(count > 0);
            assert!(batch.size_bytes() <= 10_000 || count == 1, "{} bytes in {count} records", batch.size_bytes());
            for record in batch.iter() {
                assert_eq!(record.offset, next);
                next += 1;
            }
            assert_eq!(consumer.position(slot), next);
        }
        assert_eq!(consumer.fetch(slot, 1_000, &mut batch).unwrap(), 0);
    }
}

#[test]
fn one_read_hands_over_64_mib_at_most() {
    let log = EmbeddedLog::in_memory();
    log.create_topic("t", 1).unwrap();
    for i in 0..80 {
        put(&log, "t", 0, &vec![b'x'; 1_000_000], i);
    }
    let batch = log.read("t", 0, 0, usize::MAX).unwrap();
    assert_eq!(batch.len(), 67);
    assert_eq!(log.read("t", 0, 67, usize::MAX).unwrap().len(), 13);
}
