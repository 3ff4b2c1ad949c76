#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;
use crate::record::NewRecord;
use crate::record::RecordBatch;
use crate::stores::StoreObject;
use crate::stores::{BackendBatch, MemoryBackend};
use std::cell::RefCell;
use std::ops::Bound;

/// A backend that outlives the store over it, as one on disk does.
#[derive(Clone, Default)]
struct Disk(std::sync::Arc<std::sync::Mutex<MemoryBackend>>);

impl KeyValueBackend for Disk {
    fn get(&self, key: &[u8], out: &mut Vec<u8>) -> Result<bool, StoreError> {
        self.0.lock().unwrap().get(key, out)
    }
    fn range(
        &self,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.0.lock().unwrap().range(from, to, visit)
    }
    fn write(&mut self, batch: BackendBatch<'_>) -> Result<(), StoreError> {
        self.0.lock().unwrap().write(batch)
    }
    fn position(&self) -> Option<i64> {
        self.0.lock().unwrap().position()
    }
    fn clear(&mut self) -> Result<(), StoreError> {
        self.0.lock().unwrap().clear()
    }
}

impl Disk {
    fn rows(&self) -> usize {
        let count = RefCell::new(0);
        let visit = &mut |_: &[u8], _: &[u8]| {
            *count.borrow_mut() += 1;
            ControlFlow::Continue(())
        };
        self.range(Bound::Unbounded, Bound::Unbounded, visit).unwrap();
        count.into_inner()
    }
}

const HISTORY_MS: i64 = 100;
type Store = VersionedStore<String, String>;

fn store(disk: Disk, cache_max_bytes: usize) -> Store {
    let changelog = Some((TopicSlot(0), 0));
    VersionedStore::new("versions".into(), Box::new(disk), changelog, cache_max_bytes, HISTORY_MS).unwrap()
}

fn put(store: &mut Store, key: &str, value: Option<&str>, time_ms: i64) -> VersionPut {
    store.put(key, value.map(str::to_owned), time_ms, &mut ProduceBatch::default()).unwrap()
}

fn latest(store: &mut Store, key: &str) -> Option<(String, i64)> {
    store.get(key).unwrap().map(|(value, at_ms)| (value.clone(), at_ms))
}

fn as_of(store: &mut Store, key: &str, time_ms: i64) -> Option<(String, i64)> {
    store.get_as_of(key, time_ms).unwrap().map(|(value, at_ms)| (value.clone(), at_ms))
}

fn found(value: &str, at_ms: i64) -> Option<(String, i64)> {
    Some((value.to_owned(), at_ms))
}

fn fresh() -> Store {
    store(Disk::default(), 0)
}

#[test]
fn what_a_key_had_can_be_asked_for() {
    let mut store = fresh();
    assert_eq!(put(&mut store, "k", Some("b"), 20), VersionPut::Latest);
    assert_eq!(put(&mut store, "k", Some("d"), 40), VersionPut::Latest);
    assert_eq!(put(&mut store, "k", Some("a"), 10), VersionPut::Until(20));
    assert_eq!(put(&mut store, "k", None, 30), VersionPut::Until(40));
    assert_eq!(latest(&mut store, "k"), found("d", 40));
    let asked = [9, 10, 19, 20, 29, 30, 39, 40, 99].map(|time_ms| as_of(&mut store, "k", time_ms));
    let (a, b, d) = (found("a", 10), found("b", 20), found("d", 40));
    assert_eq!(asked, [None, a.clone(), a, b.clone(), b, None, None, d.clone(), d]);
    assert_eq!((latest(&mut store, "x"), as_of(&mut store, "x", 50)), (None, None));
}

#[test]
fn a_deletion_is_a_version() {
    let mut store = fresh();
    put(&mut store, "k", Some("a"), 10);
    assert_eq!(put(&mut store, "k", None, 30), VersionPut::Latest);
    assert_eq!((latest(&mut store, "k"), as_of(&mut store, "k", 29)), (None, found("a", 10)));
    assert_eq!(put(&mut store, "k", Some("b"), 20), VersionPut::Until(30));
    assert_eq!((latest(&mut store, "k"), as_of(&mut store, "k", 29), as_of(&mut store, "k", 30)), (None, found("b", 20), None));
    // Of a key that was never there, too.
    assert_eq!(put(&mut store, "x", None, 50), VersionPut::Latest);
    assert_eq!(put(&mut store, "x", Some("a"), 45), VersionPut::Until(50));
    assert_eq!(put(&mut store, "x", Some("b"), 50), VersionPut::Latest);
}

#[test]
fn a_version_is_replaced_by_one_of_its_time() {
    let mut store = fresh();
    put(&mut store, "k", Some("a"), 10);
    put(&mut store, "k", Some("b"), 20);
    assert_eq!(put(&mut store, "k", Some("B"), 20), VersionPut::Latest);
    assert_eq!(put(&mut store, "k", Some("A"), 10), VersionPut::Until(20));
    assert_eq!((as_of(&mut store, "k", 10), latest(&mut store, "k")), (found("A", 10), found("B", 20)));
    put(&mut store, "k", None, 20);
    assert_eq!((as_of(&mut store, "k", 20), latest(&mut store, "k")), (None, None));
    assert_eq!(put(&mut store, "k", Some("c"), 15), VersionPut::Until(20));
}

/// Kafka Streams keeps no trace of a value that was taken back at its own time, unless another ended there.
#[test]
fn what_is_taken_back_at_its_own_time_was_never_there() {
    let mut store = fresh();
    put(&mut store, "k", Some("a"), 50);
    put(&mut store, "k", None, 50);
    assert_eq!(put(&mut store, "k", Some("b"), 20), VersionPut::Latest);
    put(&mut store, "x", None, 10);
    put(&mut store, "x", Some("a"), 50);
    put(&mut store, "x", None, 50);
    assert_eq!(put(&mut store, "x", Some("b"), 20), VersionPut::Latest);
    // Something ended at 50 here.
    put(&mut store, "y", Some("a"), 50);
    put(&mut store, "y", None, 30);
    put(&mut store, "y", None, 50);
    assert_eq!(put(&mut store, "y", Some("b"), 40), VersionPut::Until(50));
    // And it had been deleted then before.
    put(&mut store, "z", None, 50);
    put(&mut store, "z", Some("a"), 50);
    put(&mut store, "z", None, 50);
    assert_eq!(put(&mut store, "z", Some("b"), 40), VersionPut::Until(50));
}

#[test]
fn what_is_older_than_the_history_is_refused_and_not_known() {
    let mut store = fresh();
    put(&mut store, "k", Some("a"), 10);
    put(&mut store, "k", Some("b"), 20);
    put(&mut store, "other", Some("x"), 20 + HISTORY_MS);
    assert_eq!(put(&mut store, "k", Some("c"), 19), VersionPut::TooOld);
    assert_eq!((as_of(&mut store, "k", 19), as_of(&mut store, "k", 20), latest(&mut store, "k")), (None, found("b", 20), found("b", 20)));
    assert_eq!(put(&mut store, "k", Some("c"), 20), VersionPut::Latest);
    put(&mut store, "other", Some("x"), 1_000);
    // The latest value never leaves.
    assert_eq!((as_of(&mut store, "k", 500), as_of(&mut store, "k", 19)), (found("c", 20), None));
}

#[test]
fn what_is_out_of_the_history_leaves_the_backend() {
    let disk = Disk::default();
    let mut store = store(disk.clone(), 0);
    for n in 0..200 {
        put(&mut store, "k", (n % 5 > 0).then_some("v"), n * 10);
        put(&mut store, "gone", None, n * 10);
        store.flush().unwrap();
        store.commit(n).unwrap();
    }
    assert!(disk.rows() < 3 * 12, "{} rows", disk.rows());
    put(&mut store, "other", Some("x"), 10_000);
    store.flush().unwrap();
    store.commit(200).unwrap();
    // Two values and the time.
    assert_eq!((disk.rows(), store.past.len(), store.due.len()), (3, 0, 0));
}

/// A crash after the changelog was written and before the commit: the records from 250 on come
/// again.
#[test]
fn what_the_changelog_has_beyond_the_commit_moves_no_time() {
    let changelog = [("k", "a", 10), ("k", "b", 90), ("k", "c", 100), ("other", "x", 250)];
    let records = || {
        changelog.iter().map(|(key, value, timestamp_ms)| {
            NewRecord { key: Some(key.as_bytes()), value: Some(value.as_bytes()), timestamp_ms: *timestamp_ms, offset: 0 }.into()
        })
    };
    let restored = |committed_ms: Option<i64>| {
        let disk = Disk::default();
        let mut restored = store(disk.clone(), 0);
        if let Some(committed_ms) = committed_ms {
            restored.begin_restore(committed_ms).unwrap();
        }
        restored.restore(&mut records(), 4).unwrap();
        (restored, disk)
    };
    for committed_ms in [None, Some(-1), Some(100)] {
        let (mut restored, _) = restored(committed_ms);
        assert_eq!((as_of(&mut restored, "k", 20), as_of(&mut restored, "k", 95)), (found("a", 10), found("b", 90)), "{committed_ms:?}");
        assert_eq!(put(&mut restored, "k", Some("late"), 95), VersionPut::Until(100));
        assert_eq!(put(&mut restored, "other", Some("x"), 250), VersionPut::Latest);
        assert_eq!((as_of(&mut restored, "k", 95), put(&mut restored, "k", Some("late"), 95)), (None, VersionPut::TooOld));
    }
    let (mut all, disk) = restored(Some(250));
    assert_eq!((as_of(&mut all, "k", 95), put(&mut all, "k", Some("late"), 95)), (None, VersionPut::TooOld));
    // The backend was ahead, too. What it forgot is gone, what it has can be asked for again.
    let mut reopened = store(disk.clone(), 0);
    reopened.begin_restore(150).unwrap();
    assert_eq!((reopened.newest_ms, put(&mut reopened, "k", Some("late"), 95)), (100, VersionPut::Until(100)));
    reopened.flush().unwrap();
    reopened.commit(5).unwrap();
    assert_eq!(store(disk, 0).newest_ms, 100);
}

#[test]
fn times_before_the_epoch_are_in_order() {
    let mut keys: Vec<Vec<u8>> = Vec::new();
    for from_ms in [i64::MIN, -7, -1, 0, 1, 7, i64::MAX] {
        let mut key = Vec::new();
        old_key(&mut key, b"k", from_ms);
        assert_eq!(old_row_key(&key), Some((&b"k"[..], from_ms)));
        keys.push(key);
    }
    assert!(keys.is_sorted());
}

/// The definition, as a list of all that was put.
#[derive(Clone, Default)]
struct Naive {
    /// Key, time, value; at most one of a key and time.
    versions: Vec<(u8, i64, Option<u32>)>,
    newest_ms: i64,
}

impl Naive {
    fn limit_ms(&self) -> i64 {
        self.newest_ms - HISTORY_MS
    }

    fn put(&mut self, key: u8, value: Option<u32>, time_ms: i64) -> VersionPut {
        if time_ms < self.limit_ms() {
            return VersionPut::TooOld;
        }
        self.newest_ms = self.newest_ms.max(time_ms);
        self.versions.retain(|(k, t, _)| (*k, *t) != (key, time_ms));
        self.versions.push((key, time_ms, value));
        let later = self.versions.iter().filter(|(k, t, _)| *k == key && *t > time_ms).map(|(_, t, _)| *t);
        later.min().map_or(VersionPut::Latest, VersionPut::Until)
    }

    fn at(&self, key: u8, time_ms: i64) -> Option<(String, i64)> {
        let versions = self.versions.iter().filter(|(k, t, _)| *k == key && *t <= time_ms);
        let (_, from_ms, value) = versions.max_by_key(|(_, t, _)| *t)?;
        let is_latest = !self.versions.iter().any(|(k, t, _)| *k == key && t > from_ms);
        (is_latest || time_ms >= self.limit_ms()).then(|| value.map(|value| (value.to_string(), *from_ms)))?
    }
}

/// Key, time since the largest so far, value.
fn puts() -> impl Strategy<Value = Vec<(u8, i64, Option<u32>)>> {
    let lag = prop_oneof![4 => -20i64..30, 1 => -130i64..200];
    prop::collection::vec((0u8..4, lag, prop::option::weighted(0.7, 0u32..50)), 1..120)
}

fn check(store: &mut Store, naive: &Naive) -> Result<(), TestCaseError> {
    for key in 0..4 {
        prop_assert_eq!(latest(store, &key.to_string()), naive.at(key, i64::MAX));
        for time_ms in (naive.newest_ms - HISTORY_MS - 30..naive.newest_ms + 3).step_by(7) {
            prop_assert_eq!(as_of(store, &key.to_string(), time_ms), naive.at(key, time_ms), "{} at {}", key, time_ms);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_store_is_the_list_of_all_that_was_put(
        puts in puts(),
        cache_max_bytes in prop_oneof![Just(0usize), 1usize..2000, Just(1 << 20)],
        flush_every in 1usize..20,
        reopen_every in 1usize..60,
    ) {
        let disk = Disk::default();
        let mut versions = store(disk.clone(), cache_max_bytes);
        let (mut naive, mut changelog, mut log_end) = (Naive::default(), RecordBatch::default(), 0);
        let mut out = ProduceBatch::default();
        for (index, (key, lag_ms, value)) in puts.into_iter().enumerate() {
            let time_ms = (naive.newest_ms + lag_ms).max(0);
            // A value that is taken back at its own time is a case of its own.
            let value = value.or_else(|| naive.versions.iter().any(|(k, t, _)| (*k, *t) == (key, time_ms)).then_some(77));
            let text = value.map(|value| value.to_string());
            let put = versions.put(key.to_string().as_str(), text.clone(), time_ms, &mut out).unwrap();
            prop_assert_eq!(put, naive.put(key, value, time_ms));
            if put != VersionPut::TooOld {
                changelog.push(NewRecord { key: Some(key.to_string().as_bytes()), value: text.as_ref().map(|t| t.as_bytes()), timestamp_ms: time_ms, offset: log_end });
                log_end += 1;
            }
            if index % flush_every == 0 {
                versions.flush().unwrap();
            }
            if index % reopen_every == 0 {
                // The process ends after a commit: what a backend on disk has is all there is.
                versions.flush().unwrap();
                versions.commit(log_end).unwrap();
                versions = store(disk.clone(), cache_max_bytes);
                prop_assert_eq!(versions.newest_ms, naive.newest_ms);
            }
            check(&mut versions, &naive)?;
        }
        // From the changelog alone, in pieces.
        let mut restored = store(Disk::default(), cache_max_bytes);
        restored.begin_restore(naive.newest_ms).unwrap();
        for at in (0..log_end).step_by(13) {
            let piece = changelog.iter().skip(at as usize).take(13);
            restored.restore(&mut { piece }, (at + 13).min(log_end)).unwrap();
        }
        check(&mut restored, &naive)?;
        prop_assert_eq!((restored.position(), restored.newest_ms), (Some(log_end), naive.newest_ms));
    }
}
