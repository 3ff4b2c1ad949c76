//! Syncs that fail, lie, or meet a full disk.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use super::support::*;
use crate::broker::embedded::simulated_disk::Process;
use crate::broker::embedded::storage::{Lock, LogFile, Storage};
use crate::broker::embedded::{EmbeddedLog, EmbeddedOptions, FsyncPolicy};
use crate::broker::{Broker, BrokerError, Isolation, OffsetAt};

/// Where two syncs meet before either is carried out, if there are two at once.
#[derive(Debug, Default)]
struct Meeting {
    is_on: AtomicBool,
    waiting: Mutex<u32>,
    came: Condvar,
    syncs: AtomicU32,
}

impl Meeting {
    fn wait(&self) {
        if !self.is_on.load(Ordering::SeqCst) {
            return;
        }
        self.syncs.fetch_add(1, Ordering::SeqCst);
        let mut waiting = self.waiting.lock().unwrap();
        *waiting += 1;
        self.came.notify_all();
        let _both = self.came.wait_timeout_while(waiting, Duration::from_millis(300), |n| *n < 2).unwrap();
    }
}

#[derive(Debug)]
struct Meets {
    below: Arc<Process>,
    meeting: Arc<Meeting>,
}

#[derive(Debug)]
struct MeetsFile {
    below: Arc<dyn LogFile>,
    meeting: Arc<Meeting>,
}

impl LogFile for MeetsFile {
    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        self.below.append(bytes)
    }

    fn sync(&self) -> io::Result<()> {
        self.meeting.wait();
        self.below.sync()
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        self.below.truncate(length)
    }
}

impl Storage for Meets {
    fn create_dir(&self, path: &Path) -> io::Result<bool> {
        self.below.create_dir(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        self.below.list(dir)
    }

    fn append_to(&self, path: &Path) -> io::Result<Arc<dyn LogFile>> {
        Ok(Arc::new(MeetsFile { below: self.below.append_to(path)?, meeting: self.meeting.clone() }))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.below.read(path)
    }

    fn read_at(&self, path: &Path, position: u64, length: usize) -> io::Result<Vec<u8>> {
        self.below.read_at(path, position, length)
    }

    fn write_again(&self, path: &Path, position: u64) -> io::Result<()> {
        self.below.write_again(path, position)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.below.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.below.remove(path)
    }

    fn remove_dir_all(&self, path: &Path) -> io::Result<()> {
        self.below.remove_dir_all(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.below.sync_dir(dir)
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn Lock>>> {
        self.below.lock(path)
    }
}

#[test]
fn of_two_syncs_at_once_neither_succeeds_if_one_has_lost_data() {
    // A sync by a flush, and one by the beginning of a new segment.
    for segment_bytes in [1_000_000, 300] {
        let disk = disk();
        let meeting = Arc::new(Meeting::default());
        let storage = Arc::new(Meets { below: disk.process(), meeting: meeting.clone() });
        let options = EmbeddedOptions { segment_bytes, ..EmbeddedOptions::default() };
        let log = EmbeddedLog::open_on(storage, Path::new("/data/log"), options).unwrap();
        log.create_topic("t", 1).unwrap();
        put(&log, "t", 0, b"before", 0);
        log.flush().unwrap();
        put(&log, "t", 0, &[b'a'; 150], 0);

        disk.fail_after(1, false);
        meeting.is_on.store(true, Ordering::SeqCst);
        let results: Vec<Result<(), BrokerError>> = std::thread::scope(|scope| {
            let write = || {
                let batch = record(None, &[b'b'; 150], 0);
                log.append("t", Some(0), batch.get(0).unwrap()).and_then(|_| log.flush())
            };
            let flush = scope.spawn(|| log.flush());
            // The other one comes while the first is syncing.
            while meeting.syncs.load(Ordering::SeqCst) == 0 {
                std::thread::sleep(Duration::from_millis(1));
            }
            let both = if segment_bytes > 1_000 { log.flush() } else { write() };
            vec![flush.join().unwrap(), both]
        });
        meeting.is_on.store(false, Ordering::SeqCst);
        assert!(results.iter().all(Result::is_err), "{results:?}");
        // What is safe stays so, and what is not is never said to be.
        let member = join(&log, &["t"]);
        poll(&member);
        member.commit(&[offset(tp("t", 0), 1)]).wait().unwrap();
        assert!(member.commit(&[offset(tp("t", 0), 2)]).wait().is_err());
        crash(&disk, 1);
        drop(log);
        let log = open_on(&disk, EmbeddedOptions::default()).unwrap();
        assert_eq!(values(&log, "t", 0, 0)[0].1, "before");
    }
}

#[test]
fn what_a_failed_sync_dropped_is_written_again_before_it_counts() {
    for seed in 0..20 {
        let disk = disk();
        let (log, process) = process_on(&disk, EmbeddedOptions::default());
        log.create_topic("t", 1).unwrap();
        put(&log, "t", 0, b"a", 0);
        log.flush().unwrap();
        put(&log, "t", 0, &[b'b'; 2_000], 0);
        disk.fail_after(1, false);
        log.flush().unwrap_err();
        process.kill();
        drop(log);
        // The system still shows the second record, and would say that there is nothing to sync.
        let log = open_on(&disk, EmbeddedOptions::default()).unwrap();
        assert_eq!(log.end_offset("t", 0).unwrap(), 2);
        log.flush().unwrap();
        crash(&disk, seed);
        drop(log);
        let log = open_on(&disk, EmbeddedOptions::default()).unwrap();
        assert_eq!(log.end_offset("t", 0).unwrap(), 2);
    }
}

#[test]
fn a_full_disk_is_an_error_and_with_room_it_goes_on() {
    for room in 0..400 {
        let disk = disk();
        let log = open_on(&disk, EmbeddedOptions::default()).unwrap();
        log.create_topic("t", 1).unwrap();
        put(&log, "t", 0, b"v0", 0);
        log.flush().unwrap();
        disk.set_room(room);
        let mut written = 1;
        let mut safe = 1;
        for _ in 0..5 {
            let batch = record(None, format!("v{written}").as_bytes(), 0);
            match log.append("t", Some(0), batch.get(0).unwrap()) {
                Ok(_) => written += 1,
                Err(error) => assert!(matches!(error, BrokerError::Storage { .. }), "{error}"),
            }
            if log.flush().is_ok() {
                safe = written;
            }
        }
        assert_eq!(safe, written, "what could be written can be synced");
        disk.heal();
        put(&log, "t", 0, format!("v{written}").as_bytes(), 0);
        log.flush().unwrap();
        crash(&disk, room);
        drop(log);
        let log = open_on(&disk, EmbeddedOptions::default()).unwrap();
        let found: Vec<String> = values(&log, "t", 0, 0).into_iter().map(|(_, value)| value).collect();
        let expected: Vec<String> = (0..=written).map(|i| format!("v{i}")).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn a_disk_that_lied_is_found_out_or_has_lost_only_the_end() {
    let mut found_out = 0;
    for seed in 0..200 {
        let disk = disk();
        let options = || EmbeddedOptions { segment_bytes: 500, ..EmbeddedOptions::default() };
        let log = open_on(&disk, options()).unwrap();
        log.create_topic("t", 1).unwrap();
        for i in 0..20 {
            disk.let_syncs_lie(i >= 10);
            put(&log, "t", 0, format!("v{i}-{}", "x".repeat(60)).as_bytes(), i);
            log.flush().unwrap();
        }
        crash(&disk, seed);
        drop(log);
        match open_on(&disk, options()) {
            Ok(log) => {
                let found = values(&log, "t", 0, 0);
                assert!(found.len() >= 10);
                assert!(found.iter().enumerate().all(|(i, (_, value))| value.starts_with(&format!("v{i}-"))));
            }
            Err(error) => {
                assert!(error.to_string().contains("had been made safe") || error.to_string().contains("missing"), "{error}");
                found_out += 1;
            }
        }
    }
    assert!(found_out > 10, "{found_out}");
}

#[test]
fn an_interval_goes_by_the_time_that_passed() {
    let wall = Arc::new(crate::time::clock::ManualClock::new(1_000_000));
    let clock = Arc::new(crate::time::clock::ManualMonotonicClock::default());
    let disk = disk();
    let fsync = FsyncPolicy::Interval { ms: 100 };
    let options = EmbeddedOptions { fsync, clock: wall.clone(), monotonic_clock: clock.clone(), ..EmbeddedOptions::default() };
    let log = open_on(&disk, options).unwrap();
    log.create_topic("t", 1).unwrap();
    put(&log, "t", 0, b"v", 0);
    let before = disk.syncs();
    // An hour back and forth: no time has passed.
    wall.advance_ms(3_600_000);
    put(&log, "t", 0, b"v", 0);
    assert_eq!(disk.syncs(), before);
    wall.advance_ms(-7_200_000);
    clock.advance(Duration::from_millis(100));
    put(&log, "t", 0, b"v", 0);
    assert_eq!(disk.syncs(), before + 1);
}

#[test]
fn an_end_that_was_told_survives_a_crash() {
    for seed in 0..8 {
        let storage = disk();
        let log = open_on(&storage, EmbeddedOptions::default()).unwrap();
        log.create_topic("t", 1).unwrap();
        put(&log, "t", 0, b"v", 0);
        let end = log.offsets(&[tp("t", 0)], OffsetAt::Latest, Isolation::ReadCommitted).wait().unwrap();
        assert_eq!(end, [1]);
        crash(&storage, seed);
        drop(log);
        let log = open_on(&storage, EmbeddedOptions::default()).unwrap();
        assert_eq!(log.end_offset("t", 0).unwrap(), 1);
    }
}
