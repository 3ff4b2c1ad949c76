//! Directories of version 1: no checksums in the small files, no bounds.

use std::path::Path;

use super::support::*;
use crate::broker::Broker;
use crate::broker::embedded::{EmbeddedLog, EmbeddedOptions};
use crate::broker::{BrokerError, Isolation, OffsetAt};

const TOPIC: &str = r#"{
  "version": 1,
  "name": "t",
  "partitions": 2,
  "config": {
    "max.message.bytes": "100000"
  }
}"#;

const GROUP: &str = r#"{"version":1,"group":"group","offsets":[{"topic":"t","partition":0,"offset":3,"metadata":"m3"}]}"#;

/// A batch of one record without key and headers, as the first version wrote it.
fn batch(offset: i64, value: &[u8]) -> Vec<u8> {
    let mut record = vec![2];
    record.extend_from_slice(&offset.to_be_bytes());
    record.extend_from_slice(&77_i64.to_be_bytes());
    record.extend_from_slice(&(value.len() as u32).to_be_bytes());
    record.extend_from_slice(value);
    let mut checked = offset.to_be_bytes().to_vec();
    checked.extend_from_slice(&1_u32.to_be_bytes());
    checked.extend_from_slice(&77_i64.to_be_bytes());
    checked.extend_from_slice(&(record.len() as u32).to_be_bytes());
    checked.extend_from_slice(&record);
    let length = 12 + checked.len() as u32;
    [&b"SLB\x01"[..], &length.to_be_bytes(), &crc32fast::hash(&checked).to_be_bytes(), &checked].concat()
}

/// Offsets 2 to 7 in two segments, of which the first three are deleted.
fn make(dir: &Path) {
    let partition = dir.join("topics/t/0");
    std::fs::create_dir_all(&partition).unwrap();
    std::fs::create_dir_all(dir.join("topics/t/1")).unwrap();
    std::fs::create_dir_all(dir.join("topics/begun/0")).unwrap();
    std::fs::create_dir_all(dir.join("groups")).unwrap();
    std::fs::write(dir.join("topics/t/topic.json"), TOPIC).unwrap();
    std::fs::write(dir.join("groups/group.json"), GROUP).unwrap();
    let segment = |offsets: std::ops::Range<i64>| offsets.flat_map(|o| batch(o, format!("v{o}").as_bytes())).collect::<Vec<u8>>();
    std::fs::write(partition.join("00000000000000000002.log"), segment(2..5)).unwrap();
    std::fs::write(partition.join("00000000000000000005.log"), segment(5..8)).unwrap();
    let start = 3_i64.to_be_bytes();
    std::fs::write(partition.join("start-offset"), [&start[..], &crc32fast::hash(&start).to_be_bytes()].concat()).unwrap();
}

#[test]
fn a_directory_of_version_1_is_taken_over() {
    let dir = tempfile::tempdir().unwrap();
    make(dir.path());
    for _ in 0..2 {
        let log = EmbeddedLog::open(dir.path()).unwrap();
        assert_eq!(log.recovered(), []);
        let start = log.offsets(&[tp("t", 0)], OffsetAt::Earliest, Isolation::ReadUncommitted).wait().unwrap();
        assert_eq!(start, [3]);
        let expected: Vec<_> = (3..8).map(|o| (o, format!("v{o}"))).collect();
        assert_eq!(values(&log, "t", 0, 3), expected);
        assert_eq!(log.topic_config("t").wait().unwrap()["max.message.bytes"], "100000");
        let committed = join(&log, &[]).committed(&[tp("t", 0)]).wait().unwrap();
        assert_eq!(committed, [Some(offset(tp("t", 0), 3))]);
        assert!(matches!(log.partitions("begun"), Err(BrokerError::UnknownTopic { .. })));
    }
    assert!(!dir.path().join("topics/t/0/start-offset").exists());
    // From now on it is missed what is missing.
    std::fs::remove_file(dir.path().join("topics/t/0/00000000000000000005.log")).unwrap();
    let error = EmbeddedLog::open(dir.path()).unwrap_err();
    assert!(error.to_string().contains("from offset 5 to 8 are missing"), "{error}");
}

#[test]
fn a_torn_end_of_version_1_is_cut() {
    let dir = tempfile::tempdir().unwrap();
    make(dir.path());
    let last = dir.path().join("topics/t/0/00000000000000000005.log");
    let bytes = std::fs::read(&last).unwrap();
    std::fs::write(&last, &bytes[..bytes.len() - 1]).unwrap();
    let log = EmbeddedLog::open(dir.path()).unwrap();
    assert_eq!(log.recovered()[0].next_offset, 7);
    assert_eq!(put(&log, "t", 0, b"new", 0), 7);
    drop(log);
    assert_eq!(EmbeddedLog::open(dir.path()).unwrap().end_offset("t", 0).unwrap(), 8);
}

#[test]
fn a_crash_while_a_directory_is_taken_over_leaves_it_whole() {
    let dir = tempfile::tempdir().unwrap();
    make(dir.path());
    let mut failed = 0;
    for fail in 1..60 {
        for seed in 0..6 {
            let disk = disk();
            copy(dir.path(), Path::new("/data/log"), &*disk.process());
            disk.fail_after(fail, true);
            failed += usize::from(open_on(&disk, EmbeddedOptions::default()).is_err());
            crash(&disk, seed);
            let log = open_on(&disk, EmbeddedOptions::default()).unwrap();
            assert_eq!(values(&log, "t", 0, 3).len(), 5);
        }
    }
    assert!(failed > 60, "{failed}");
}

/// Copies a directory to a simulated disk, synced.
fn copy(from: &Path, to: &Path, storage: &dyn crate::broker::embedded::storage::Storage) {
    crate::broker::embedded::storage::make_dirs(storage, to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target, storage);
        } else {
            let file = storage.append_to(&target).unwrap();
            file.append(&std::fs::read(&path).unwrap()).unwrap();
            file.sync().unwrap();
        }
    }
    storage.sync_dir(to).unwrap();
}
