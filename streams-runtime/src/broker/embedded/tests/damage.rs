//! Files that are damaged or missing: told with the file, unless a crash could have left them so.

use std::path::{Path, PathBuf};

use super::support::*;
use crate::broker::embedded::simulated_disk::SimulatedDisk;
use crate::broker::embedded::{EmbeddedLog, EmbeddedOptions};
use crate::broker::{Broker, BrokerError, CommitOffset, Isolation, OffsetAt};

fn options() -> EmbeddedOptions {
    EmbeddedOptions { segment_bytes: 600, tail_bytes: 0, ..EmbeddedOptions::default() }
}

/// Everything a log says.
type Content = (Vec<(i64, String)>, Vec<(i64, String)>, Vec<Option<CommitOffset>>, i32);

fn content(log: &EmbeddedLog) -> Content {
    let records = |partition| {
        let start = log.offsets(&[tp("t", partition)], OffsetAt::Earliest, Isolation::ReadUncommitted).wait().unwrap()[0];
        values(log, "t", partition, start)
    };
    let member = join(log, &[]);
    let committed = member.committed(&[tp("t", 0), tp("t", 1)]).wait().unwrap();
    (records(0), records(1), committed, log.partitions("t").unwrap())
}

/// A log with all kinds of files, closed.
fn filled() -> (SimulatedDisk, Content) {
    let disk = disk();
    let log = open_on(&disk, options()).unwrap();
    log.create_topic("t", 2).unwrap();
    for i in 0..24 {
        put(&log, "t", 0, format!("value-{i}").as_bytes(), i);
    }
    put(&log, "t", 1, b"other", 0);
    log.flush().unwrap();
    let member = join(&log, &["t"]);
    poll(&member);
    member.commit(&[offset(tp("t", 0), 21)]).wait().unwrap();
    member.leave().wait().unwrap();
    log.delete_records(&[(tp("t", 0), 13)]).wait().unwrap();
    let content = content(&log);
    drop(member);
    drop(log);
    (disk, content)
}

fn files(disk: &SimulatedDisk) -> Vec<PathBuf> {
    disk.files(Path::new("/data/log")).into_iter().filter(|path| !path.ends_with("LOCK")).collect()
}

/// Whether an error names the file, or where a file is not there or too short its neighbour or its
/// directory.
fn is_near(told: &str, path: &Path) -> bool {
    let told = Path::new(told);
    told == path || (path.extension().is_some_and(|e| e == "log") && (told.parent() == path.parent() || path.parent() == Some(told)))
}

#[test]
fn any_changed_byte_and_any_cut_is_told_or_changes_nothing() {
    let (disk, before) = filled();
    let files = files(&disk);
    assert!(files.iter().filter(|f| f.extension().is_some_and(|e| e == "log")).count() >= 3, "{files:?}");
    let mut refused = 0;
    for path in &files {
        let bytes = disk.bytes(path).unwrap();
        for at in 0..bytes.len() {
            for change in [1, 4, 0x80, bytes[at], 0] {
                let mut damaged = bytes.clone();
                match change {
                    0 => damaged.truncate(at),
                    _ => damaged[at] ^= change,
                }
                disk.set_bytes(path, damaged).unwrap();
                match open_on(&disk, options()) {
                    Err(BrokerError::Storage { path: told, .. }) => {
                        assert!(is_near(&told, path), "{} byte {at}: {told}", path.display());
                        refused += 1;
                    }
                    Err(error) => panic!("{error}"),
                    Ok(log) => {
                        assert_eq!(log.recovered(), []);
                        assert_eq!(content(&log), before, "{} byte {at} change {change}", path.display());
                    }
                }
                disk.set_bytes(path, bytes.clone()).unwrap();
            }
        }
    }
    assert!(refused > 5_000, "{refused}");
    assert_eq!(content(&open_on(&disk, options()).unwrap()), before);
}

#[test]
fn any_missing_file_is_told_with_its_directory() {
    let (disk, _) = filled();
    for path in files(&disk) {
        if path.starts_with("/data/log/groups") {
            // That of a group: nothing says that there was one.
            continue;
        }
        let (disk, _) = filled();
        disk.lose(&path).unwrap();
        let error = open_on(&disk, options()).unwrap_err();
        assert!(matches!(&error, BrokerError::Storage { path: told, .. } if is_near(told, &path)), "{error}");
        assert!(error.to_string().contains("missing") || error.to_string().contains("no segment file"), "{error}");
    }
}

#[test]
fn all_segments_of_a_partition_are_missed_and_so_is_its_directory() {
    let (disk, _) = filled();
    let dir = Path::new("/data/log/topics/t/1");
    disk.lose(&dir.join("00000000000000000000.log")).unwrap();
    let error = open_on(&disk, options()).unwrap_err();
    assert!(matches!(&error, BrokerError::Storage { path, .. } if Path::new(path) == dir), "{error}");
    disk.lose(dir).unwrap();
    assert!(open_on(&disk, options()).is_err());
}

#[test]
fn a_torn_end_is_cut_whatever_bytes_its_records_have() {
    // A whole batch of far offsets, such as a copy of a segment in a record would have.
    let mut forged = Vec::new();
    super::super::batch::write(&mut forged, 7_000_000, 1, 0, &[0; 30]);
    let beginnings: Vec<u8> = b"SLB\x01\x00\x03\x00\x00".iter().copied().cycle().take(900_000).collect();
    for value in [forged.repeat(3), beginnings] {
        let disk = disk();
        let (log, process) = process_on(&disk, EmbeddedOptions::default());
        log.create_topic("t", 1).unwrap();
        put(&log, "t", 0, b"good", 0);
        log.flush().unwrap();
        put(&log, "t", 0, &value, 0);
        process.kill();
        drop(log);
        let path = Path::new("/data/log/topics/t/0/00000000000000000000.log");
        let bytes = disk.bytes(path).unwrap();
        disk.set_bytes(path, bytes[..bytes.len() - 3].to_vec()).unwrap();
        let begun = std::time::Instant::now();
        let log = open_on(&disk, EmbeddedOptions::default()).unwrap();
        assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{:?}", begun.elapsed());
        assert_eq!(log.recovered()[0].next_offset, 1);
        assert_eq!(values(&log, "t", 0, 0), [(0, "good".to_owned())]);
    }
}

#[test]
fn unsynced_sectors_may_be_missing_in_the_middle() {
    let disk = disk();
    let (log, process) = process_on(&disk, EmbeddedOptions::default());
    log.create_topic("t", 1).unwrap();
    for i in 0..10 {
        put(&log, "t", 0, format!("v{i}-{}", "x".repeat(500)).as_bytes(), 0);
        if i == 4 {
            log.flush().unwrap();
        }
    }
    process.kill();
    drop(log);
    let path = Path::new("/data/log/topics/t/0/00000000000000000000.log");
    let mut bytes = disk.bytes(path).unwrap();
    let at = bytes.len() * 7 / 10;
    bytes[at..at + 300].fill(0);
    disk.set_bytes(path, bytes).unwrap();
    let log = open_on(&disk, EmbeddedOptions::default()).unwrap();
    assert_eq!(log.recovered().len(), 1);
    assert!((5..8).contains(&log.end_offset("t", 0).unwrap()));
}

#[test]
fn files_of_others_are_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    drop(EmbeddedLog::open(dir.path()).unwrap());
    for stray in ["topics/.DS_Store", "topics/notes.txt", "groups/.DS_Store", "groups/._g.json", "groups/Notes.json", "readme"] {
        std::fs::write(dir.path().join(stray), b"not ours").unwrap();
    }
    let log = EmbeddedLog::open(dir.path()).unwrap();
    log.create_topic("t", 1).unwrap();
    put(&log, "t", 0, b"v", 0);
    std::fs::write(dir.path().join("topics/t/.DS_Store"), b"not ours").unwrap();
    std::fs::write(dir.path().join("topics/t/0/.DS_Store"), b"not ours").unwrap();
    drop(log);
    let log = EmbeddedLog::open(dir.path()).unwrap();
    assert_eq!(log.end_offset("t", 0).unwrap(), 1);
    assert!(dir.path().join("topics/.DS_Store").exists());
}
