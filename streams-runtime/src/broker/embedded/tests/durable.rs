//! Logs in a directory: reopening, damage, failures.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::support::*;
use crate::broker::embedded::simulated_disk::SimulatedDisk;
use crate::broker::embedded::{EmbeddedLog, EmbeddedOptions, FsyncPolicy};
use crate::broker::{Broker, BrokerError, Isolation, NewTopic, OffsetAt, ProduceBatch};
use crate::record::{NewRecord, RecordBatch};

fn small() -> EmbeddedOptions {
    EmbeddedOptions { segment_bytes: 10_000, tail_bytes: 0, ..EmbeddedOptions::default() }
}

fn segments(storage: &SimulatedDisk) -> Vec<PathBuf> {
    let files = storage.files(Path::new("/data/log/topics/t/0"));
    files.into_iter().filter(|p| p.extension().is_some_and(|e| e == "log")).collect()
}

fn fill(log: &EmbeddedLog, from: i64, to: i64) {
    for i in from..to {
        assert_eq!(put(log, "t", 0, format!("v{i}-{}", "x".repeat(90)).as_bytes(), i), i);
    }
    log.flush().unwrap();
}

fn check(log: &EmbeddedLog, start: i64, end: i64) {
    let read = values(log, "t", 0, start);
    assert_eq!(read.len() as i64, end - start);
    for (i, (offset, value)) in read.iter().enumerate() {
        assert_eq!(*offset, start + i as i64);
        assert!(value.starts_with(&format!("v{offset}-")), "{offset}: {value}");
    }
}

#[test]
fn everything_is_there_again_in_a_real_directory() {
    let dir = tempfile::tempdir().unwrap();
    let config = [("max.message.bytes".to_owned(), "100000".to_owned())];
    {
        let log = EmbeddedLog::open_with(dir.path().join("deep/log"), small()).unwrap();
        let topic = NewTopic { name: "t".into(), partitions: 2, replication: 1, config: config.into() };
        Broker::create_topic(&log, &topic).wait().unwrap();
        fill(&log, 0, 500);
        let member = join(&log, &["t"]);
        poll(&member);
        member.commit(&[offset(tp("t", 0), 123)]).wait().unwrap();
        log.delete_records(&[(tp("t", 0), 250)]).wait().unwrap();
        check(&log, 250, 500);
    }
    let log = EmbeddedLog::open_with(dir.path().join("deep/log"), small()).unwrap();
    assert_eq!(log.recovered(), []);
    assert_eq!(log.topic_config("t").wait().unwrap()["max.message.bytes"], "100000");
    assert_eq!(log.partitions("t").unwrap(), 2);
    check(&log, 250, 500);
    let at = |at| log.offsets(&[tp("t", 0)], at, Isolation::ReadUncommitted).wait().unwrap()[0];
    assert_eq!(at(OffsetAt::Earliest), 250);
    assert_eq!(at(OffsetAt::Timestamp(333)), 333);
    let member = join(&log, &["t"]);
    assert_eq!(member.committed(&[tp("t", 0)]).wait().unwrap(), [Some(offset(tp("t", 0), 123))]);
    fill(&log, 500, 600);
    check(&log, 250, 600);
}

#[test]
fn old_records_are_read_from_files_and_memory_stays_bounded() {
    let storage = disk();
    let options = EmbeddedOptions { segment_bytes: 1 << 20, tail_bytes: 300_000, ..EmbeddedOptions::default() };
    let log = open_on(&storage, options).unwrap();
    log.create_topic("t", 1).unwrap();
    let mut producer = producer(&log);
    let topic = producer.topic("t").unwrap();
    let mut batch = ProduceBatch::default();
    for i in 0..50_000 {
        let value = format!("v{i}-{}", "x".repeat(50));
        batch.push(topic, 0, NewRecord { key: None, value: Some(value.as_bytes()), timestamp_ms: i, offset: 0 });
        if batch.len() == 10_000 {
            producer.send(&batch).unwrap();
            batch.clear();
        }
    }
    producer.flush(Duration::from_secs(1)).unwrap();
    assert!(segments(&storage).len() > 3);
    let partition = log.partition_log(&tp("t", 0)).unwrap();
    let bytes = partition.memory_bytes();
    assert!(bytes <= 300_000 + 2 * 262_144, "{bytes}");
    check(&log, 0, 50_000);
    check(&log, 31_234, 50_000);
    let mut consumer = consumer(&log);
    let slot = consumer.assign(&tp("t", 0), 7).unwrap();
    let mut into = RecordBatch::default();
    let mut expected = 7;
    while consumer.position(slot) < 50_000 {
        into.clear();
        consumer.fetch(slot, 777, &mut into).unwrap();
        for record in into.iter() {
            assert_eq!(record.offset, expected);
            expected += 1;
        }
    }
    for ts in [0, 4, 20_000, 49_999] {
        let found = log.offsets(&[tp("t", 0)], OffsetAt::Timestamp(ts), Isolation::ReadUncommitted).wait();
        assert_eq!(found.unwrap(), [ts]);
    }
}

#[test]
fn a_torn_tail_is_cut_and_reported() {
    for cut in [1, 20, 40, 60] {
        let storage = disk();
        let (log, process) = process_on(&storage, small());
        log.create_topic("t", 1).unwrap();
        fill(&log, 0, 199);
        put(&log, "t", 0, b"v199", 0);
        process.kill();
        drop(log);
        let last = segments(&storage).pop().unwrap();
        let bytes = storage.bytes(&last).unwrap();
        storage.set_bytes(&last, bytes[..bytes.len() - cut].to_vec()).unwrap();
        let log = open_on(&storage, small()).unwrap();
        let torn = log.recovered();
        assert_eq!(torn.len(), 1);
        assert_eq!(torn[0].next_offset, 199, "one batch per record here");
        assert_eq!(torn[0].path, last);
        assert_eq!(storage.bytes(&last).unwrap().len() as u64, torn[0].valid_bytes);
        fill(&log, 199, 210);
        check(&log, 0, 210);
        drop(log);
        assert_eq!(open_on(&storage, small()).unwrap().recovered(), []);
    }
}

#[test]
fn a_damaged_last_batch_is_a_torn_tail_too() {
    let storage = disk();
    let (log, process) = process_on(&storage, small());
    log.create_topic("t", 1).unwrap();
    fill(&log, 0, 4);
    put(&log, "t", 0, b"v4", 0);
    process.kill();
    drop(log);
    let last = segments(&storage).pop().unwrap();
    let mut bytes = storage.bytes(&last).unwrap();
    let end = bytes.len();
    bytes[end - 10] ^= 1;
    bytes.extend([0; 500]);
    storage.set_bytes(&last, bytes).unwrap();
    let log = open_on(&storage, small()).unwrap();
    assert_eq!(log.recovered()[0].next_offset, 4);
    check(&log, 0, 4);
}

#[test]
fn damage_in_the_middle_is_an_error_and_changes_nothing() {
    let storage = disk();
    let log = open_on(&storage, small()).unwrap();
    log.create_topic("t", 1).unwrap();
    fill(&log, 0, 350);
    drop(log);
    let files = segments(&storage);
    assert!(files.len() >= 3);
    let first = storage.bytes(&files[0]).unwrap();
    let last = storage.bytes(files.last().unwrap()).unwrap();
    // Any byte of a batch that is followed by others, in the last file.
    for at in (0..140).step_by(3) {
        let mut bytes = last.clone();
        bytes[at] ^= 0x10;
        storage.set_bytes(files.last().unwrap(), bytes.clone()).unwrap();
        let error = open_on(&storage, small()).unwrap_err();
        assert!(matches!(error, BrokerError::Storage { .. }), "{error}");
        assert_eq!(storage.bytes(files.last().unwrap()).unwrap(), bytes, "byte {at}");
    }
    storage.set_bytes(files.last().unwrap(), last).unwrap();
    // Any damage in a file that is not the last: bytes changed, end missing, all missing.
    let mut changed = first.clone();
    let end = changed.len();
    changed[end - 1] ^= 1;
    for bytes in [changed, first[..end - 1].to_vec(), Vec::new()] {
        storage.set_bytes(&files[0], bytes).unwrap();
        assert!(open_on(&storage, small()).is_err());
    }
    storage.set_bytes(&files[0], first).unwrap();
    check(&open_on(&storage, small()).unwrap(), 0, 350);
}

#[test]
fn a_file_damaged_while_open_is_an_error_for_its_reader() {
    let storage = disk();
    let log = open_on(&storage, small()).unwrap();
    log.create_topic("t", 1).unwrap();
    fill(&log, 0, 200);
    drop(log);
    let log = open_on(&storage, small()).unwrap();
    let first = segments(&storage)[0].clone();
    let mut bytes = storage.bytes(&first).unwrap();
    bytes[200] ^= 1;
    storage.set_bytes(&first, bytes).unwrap();
    let error = log.read("t", 0, 0, 10).unwrap_err();
    assert!(matches!(&error, BrokerError::Storage { reason, .. } if reason.contains("checksum")), "{error}");
}

#[test]
fn every_operation_may_fail_once_and_nothing_acknowledged_is_lost() {
    let mut noticed = 0;
    for fail in 1.. {
        let storage = disk();
        let log = open_on(&storage, small()).unwrap();
        log.create_topic("t", 1).unwrap();
        fill(&log, 0, 60);
        let before = storage.operations();
        storage.fail_after(fail, false);
        let mut written = 60;
        let mut refused = 0;
        for i in 60..200 {
            let batch = record(None, format!("v{written}-{}", "x".repeat(90)).as_bytes(), i);
            match log.append("t", Some(0), batch.get(0).unwrap()) {
                Ok((_, offset)) => {
                    assert_eq!(offset, written);
                    written += 1;
                }
                Err(error) => {
                    assert!(matches!(error, BrokerError::Storage { .. }), "{error}");
                    refused += 1;
                }
            }
        }
        let failed_in_time = storage.operations() - before >= fail;
        assert!(failed_in_time || refused == 0, "operation {fail}");
        // A note of what is safe may fail without a word: an older one is as true.
        noticed += u64::from(refused > 0);
        storage.heal();
        if log.flush().is_err() {
            // A sync failed: the log refuses to go on until it is opened again.
            assert!(refused > 1);
        }
        check(&log, 0, written);
        drop(log);
        let log = open_on(&storage, small()).unwrap();
        assert_eq!(log.recovered(), []);
        check(&log, 0, written);
        if !failed_in_time {
            assert!(noticed + 5 > fail, "{noticed} of {fail}");
            break;
        }
    }
}

#[test]
fn a_failed_sync_is_not_forgotten() {
    let storage = disk();
    let log = open_on(&storage, small()).unwrap();
    log.create_topic("t", 1).unwrap();
    fill(&log, 0, 3);
    let mut producer = producer(&log);
    let topic = producer.topic("t").unwrap();
    let mut batch = ProduceBatch::default();
    batch.push(topic, 0, NewRecord { key: None, value: Some(b"v3-"), timestamp_ms: 0, offset: 0 });
    producer.send(&batch).unwrap();
    assert_eq!(producer.acknowledged_end(topic, 0), None);
    storage.fail_after(1, false);
    assert!(producer.flush(Duration::from_secs(1)).is_err());
    assert_eq!(producer.acknowledged_end(topic, 0), None);
    assert!(producer.flush(Duration::from_secs(1)).is_err(), "a second sync would succeed without having written");
    assert!(producer.send(&batch).is_err());
    check(&log, 0, 4);
}

#[test]
fn policies_decide_when_files_are_synced() {
    let clock = Arc::new(crate::time::clock::ManualMonotonicClock::default());
    for (fsync, on_write, on_flush, on_flush_later) in [
        (FsyncPolicy::EveryFlush, 0, 1, 1),
        (FsyncPolicy::EveryWrite, 1, 0, 0),
        (FsyncPolicy::Interval { ms: 100 }, 0, 0, 1),
        (FsyncPolicy::Never, 0, 0, 0),
    ] {
        let storage = disk();
        let log = open_on(&storage, EmbeddedOptions { fsync, monotonic_clock: clock.clone(), ..EmbeddedOptions::default() }).unwrap();
        log.create_topic("t", 1).unwrap();
        put(&log, "t", 0, b"first", 0);
        log.flush().unwrap();
        let count = |what: &dyn Fn()| {
            let before = storage.syncs();
            what();
            storage.syncs() - before
        };
        let write = || assert!(put(&log, "t", 0, b"v", 0) > 0);
        let flush = || log.flush().unwrap();
        assert_eq!(count(&write), on_write, "{fsync:?}");
        assert_eq!(count(&flush), on_flush, "{fsync:?}");
        write();
        clock.advance(Duration::from_millis(100));
        assert_eq!(count(&flush), on_flush_later, "{fsync:?}");
    }
}

#[test]
fn offsets_beyond_a_lost_end_are_set_back_for_good() {
    let options = || EmbeddedOptions { fsync: FsyncPolicy::Never, ..EmbeddedOptions::default() };
    // Seeds differ in how much of the unsynced log survives.
    let lossy = (0..50).map(|seed| {
        let storage = disk();
        let log = open_on(&storage, options()).unwrap();
        log.create_topic("t", 1).unwrap();
        fill(&log, 0, 10);
        let member = join(&log, &["t"]);
        poll(&member);
        member.commit(&[offset(tp("t", 0), 10)]).wait().unwrap();
        crash(&storage, seed);
        storage
    });
    let mut opened = lossy.map(|storage| (open_on(&storage, options()).unwrap(), storage));
    let (log, storage) = opened.find(|(log, _)| (1..10).contains(&log.end_offset("t", 0).unwrap())).unwrap();
    let end = log.end_offset("t", 0).unwrap();
    let committed = |log: &EmbeddedLog| join(log, &["t"]).committed(&[tp("t", 0)]).wait().unwrap()[0].clone().unwrap().offset;
    assert_eq!(committed(&log), end);
    fill(&log, end, 20);
    drop(log);
    assert_eq!(committed(&open_on(&storage, options()).unwrap()), end);
}

#[test]
fn a_directory_that_cannot_be_made_is_an_error_with_its_path() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, b"x").unwrap();
    let error = EmbeddedLog::open(file.join("log")).unwrap_err();
    assert!(matches!(&error, BrokerError::Storage { path, reason } if path.contains("file/log") && !reason.is_empty()), "{error}");
}

#[test]
fn what_a_killed_process_left_unsynced_is_made_safe_before_it_counts() {
    for seed in 0..20 {
        let storage = disk();
        let (log, process) = process_on(&storage, small());
        log.create_topic("t", 1).unwrap();
        for i in 0..10 {
            put(&log, "t", 0, format!("v{i}-").as_bytes(), i);
        }
        process.kill();
        drop(log);
        let log = open_on(&storage, small()).unwrap();
        check(&log, 0, 10);
        log.flush().unwrap();
        crash(&storage, seed);
        drop(log);
        check(&open_on(&storage, small()).unwrap(), 0, 10);
    }
}

#[test]
fn groups_of_any_name_keep_their_offsets() {
    let long = "x".repeat(300);
    let longer = format!("{long}x");
    let names = ["", "..", "../a", "A", "a", "ä b", "%41", &long, &longer];
    let storage = disk();
    let log = open_on(&storage, small()).unwrap();
    log.create_topic("t", 1).unwrap();
    fill(&log, 0, 20);
    let member = |log: &EmbeddedLog, name: &str| {
        log.join_group(&crate::broker::GroupConfig {
            group: name.into(),
            topics: vec![],
            instance: None,
            client_id: String::new(),
            session_timeout: Duration::from_secs(10),
        })
        .unwrap()
    };
    for (i, name) in names.iter().enumerate() {
        member(&log, name).commit(&[offset(tp("t", 0), i as i64)]).wait().unwrap();
    }
    drop(log);
    let log = open_on(&storage, small()).unwrap();
    for (i, name) in names.iter().enumerate() {
        let committed = member(&log, name).committed(&[tp("t", 0)]).wait().unwrap();
        assert_eq!(committed, [Some(offset(tp("t", 0), i as i64))], "{name}");
    }
    assert!(storage.files(Path::new("/data/log/groups")).iter().all(|f| f.file_name().unwrap().len() < 255));
}
