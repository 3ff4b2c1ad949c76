use std::ops::ControlFlow;

use super::*;
use crate::record::NewRecord;
use crate::stores::{MemoryBackend, Order};

fn store(retention_ms: i64, cache_max_bytes: usize) -> SessionStore<String, u64> {
    SessionStore::new("s".into(), Box::new(MemoryBackend::default()), None, cache_max_bytes, retention_ms).unwrap()
}

fn at(start_ms: i64, end_ms: i64) -> SessionWindow {
    SessionWindow { start_ms, end_ms }
}

fn row(key: &str, start_ms: i64, end_ms: i64) -> Vec<u8> {
    let mut row = Vec::new();
    set_row(&mut row, key.as_bytes(), at(start_ms, end_ms));
    row
}

fn put(store: &mut SessionStore<String, u64>, key: &str, start_ms: i64, end_ms: i64, value: Option<u64>) {
    let place = store.load(&row(key, start_ms, end_ms)).unwrap();
    store.take(place);
    store.note(key.as_bytes(), at(start_ms, end_ms), value.is_some());
    store.set(place, end_ms, &Headers::default(), value);
}

fn flush(store: &mut SessionStore<String, u64>) -> usize {
    let (mut key, mut out, mut count) = (Vec::new(), ProduceBatch::default(), 0);
    while store.next_change(&mut key, &mut out).unwrap().is_some() {
        count += 1;
    }
    count
}

fn all(store: &mut SessionStore<String, u64>) -> Vec<(String, i64, i64, u64)> {
    let mut rows = Vec::new();
    store
        .visit_keys::<String>(.., i64::MIN, i64::MAX, Order::Ascending, |key, session, value| {
            rows.push((key.clone(), session.start_ms, session.end_ms, *value));
            ControlFlow::Continue(())
        })
        .unwrap();
    rows
}

fn found(store: &SessionStore<String, u64>, earliest_end_ms: i64, latest_start_ms: i64) -> Vec<(i64, i64)> {
    store.find(b"a", earliest_end_ms, latest_start_ms).map(|session| (session.start_ms, session.end_ms)).collect()
}

#[test]
fn the_bytes_of_a_row_are_key_end_start() {
    assert_eq!(row("k", 1, 0x0203), [b'k', 0, 0, 0, 0, 0, 0, 2, 3, 0, 0, 0, 0, 0, 0, 0, 1]);
}

#[test]
fn sessions_are_found_by_where_they_end_and_start() {
    let mut store = store(1_000, 1 << 20);
    for (key, start_ms, end_ms) in [("a", 50, 60), ("a", 10, 20), ("a", 30, 60), ("b", 10, 20), ("a", 10, 100), ("aa", 15, 15)] {
        put(&mut store, key, start_ms, end_ms, Some(1));
    }
    assert_eq!(found(&store, 0, 1_000), [(10, 20), (30, 60), (50, 60), (10, 100)]);
    assert_eq!(found(&store, 20, 30), [(10, 20), (30, 60), (10, 100)]);
    assert_eq!(found(&store, 21, 29), [(10, 100)]);
    assert_eq!(found(&store, 101, 1_000), []);
    put(&mut store, "a", 30, 60, None);
    assert_eq!(found(&store, 21, 1_000), [(50, 60), (10, 100)]);
}

#[test]
fn a_session_is_seen_while_it_ends_after_the_newest_end_less_the_retention() {
    let mut store = store(100, 1 << 20);
    put(&mut store, "a", 0, 1, Some(1));
    put(&mut store, "a", 0, 2, Some(2));
    put(&mut store, "b", 90, 101, Some(3));
    assert_eq!(all(&mut store), [("a".to_owned(), 0, 2, 2), ("b".to_owned(), 90, 101, 3)]);
    assert_eq!(found(&store, 0, 1_000), [(0, 2)]);
    assert_eq!(store.fetch_session("a", 0, 1).unwrap(), None);
    assert_eq!(store.fetch_session("a", 0, 2).unwrap(), Some(&2));
    // Deletions count as well.
    put(&mut store, "a", 0, 102, None);
    assert_eq!(found(&store, 0, 1_000), []);
}

#[test]
fn what_is_out_of_retention_leaves_all_layers_when_the_cache_is_flushed() {
    let mut store = store(100, 1 << 20);
    put(&mut store, "a", 0, 0, Some(1));
    put(&mut store, "b", 0, 1, Some(1));
    assert_eq!(flush(&mut store), 2);
    store.rows_mut().commit_overlay(1).unwrap();
    put(&mut store, "a", 0, 101, Some(2));
    assert_eq!(flush(&mut store), 1);
    store.rows_mut().commit_overlay(2).unwrap();
    let mut left = Vec::new();
    store
        .rows_mut()
        .all(|key, value| {
            left.push((key.clone(), *value));
            ControlFlow::Continue(())
        })
        .unwrap();
    // One that ends when retention begins is unseen, but may not be closed yet.
    assert_eq!(left, [(row("a", 0, 101), 2), (row("b", 0, 1), 1)]);
    assert_eq!((store.by_end.len(), store.by_key.len()), (2, 2));
}

#[test]
fn sessions_close_in_order_of_end_start_and_key() {
    let mut store = store(1_000, 1 << 20);
    for (key, start_ms, end_ms) in [("b", 10, 10), ("a", 10, 10), ("b", 5, 10), ("z", 0, 9), ("a", 11, 12)] {
        put(&mut store, key, start_ms, end_ms, Some(1));
    }
    let mut closing = Vec::new();
    store.closing(9, 12, &mut closing);
    let closing: Vec<_> = closing.iter().map(|c| (&c.key[..], c.session)).collect();
    assert_eq!(closing, [(&b"z"[..], at(0, 9)), (b"b", at(5, 10)), (b"a", at(10, 10)), (b"b", at(10, 10))]);
    let mut none = Vec::new();
    store.closing(12, 12, &mut none);
    assert!(none.is_empty());
}

#[test]
fn with_a_cache_what_came_and_went_is_no_change_and_leaves_no_trace() {
    let mut store = store(1_000, 1 << 20);
    for end_ms in 10..20 {
        put(&mut store, "a", 10, end_ms, Some(1));
        put(&mut store, "a", 10, end_ms - 1, None);
    }
    assert_eq!(flush(&mut store), 1);
    put(&mut store, "a", 10, 19, None);
    assert_eq!(flush(&mut store), 1);
    assert_eq!((store.by_end.len(), store.by_key.len()), (0, 0));
}

#[test]
fn a_changelog_brings_back_what_is_within_retention() {
    let mut store = store(100, 0);
    let rows = [row("a", 0, 0), row("a", 100, 101), row("b", 100, 101), row("c", 90, 95)];
    let value = 7_u64.to_be_bytes();
    let record = |row: usize, value| RecordRef::from(NewRecord { key: Some(&rows[row]), value, timestamp_ms: 5, offset: 0 });
    let first = [record(0, Some(&value[..])), record(2, Some(&value)), record(3, None)];
    let second = [record(1, Some(&value[..])), record(2, None), record(3, Some(&value))];
    OverRows::begin_restore(&mut store, 101);
    store.restore(&mut first.into_iter(), 3).unwrap();
    store.restore(&mut second.into_iter(), 6).unwrap();
    assert_eq!(all(&mut store), [("a".to_owned(), 100, 101, 7), ("c".to_owned(), 90, 95, 7)]);
    assert_eq!(store.rows().position(), Some(6));
    assert_eq!(store.by_end.len(), 2);
}

#[test]
fn a_backend_that_kept_its_rows_is_taken_over() {
    let mut backend = MemoryBackend::default();
    let value = [0_i64.to_be_bytes(), 7_u64.to_be_bytes()].concat();
    let (old, new) = (row("a", 0, 0), row("a", 100, 100));
    let writes: [(&[u8], Option<&[u8]>); 2] = [(&old, Some(&value)), (&new, Some(&value))];
    backend.write(crate::stores::BackendBatch { writes: &writes, position: 2 }).unwrap();
    let mut store = SessionStore::<String, u64>::new("s".into(), Box::new(backend), None, 0, 100).unwrap();
    assert_eq!(all(&mut store), [("a".to_owned(), 100, 100, 7)]);
    // It is ahead of the commit.
    OverRows::begin_restore(&mut store, 99);
    assert_eq!(all(&mut store).len(), 2);
    OverRows::begin_restore(&mut store, 100);
    assert_eq!(all(&mut store), [("a".to_owned(), 100, 100, 7)]);
}

/// A crash after the changelog was written and before the commit: the records from 250 on come
/// again.
#[test]
fn what_the_changelog_has_beyond_the_commit_moves_no_time() {
    let value = 7_u64.to_be_bytes();
    let rows = [row("a", 0, 0), row("a", 50, 100), row("a", 240, 250)];
    let restored = |committed_ms: Option<i64>| {
        let mut restored = store(100, 0);
        if let Some(committed_ms) = committed_ms {
            OverRows::begin_restore(&mut restored, committed_ms);
        }
        let records = rows.iter().map(|key| NewRecord { key: Some(key), value: Some(&value), timestamp_ms: 0, offset: 0 });
        restored.restore(&mut records.map(RecordRef::from), 3).unwrap();
        restored
    };
    let ends = |store: &mut SessionStore<String, u64>| all(store).into_iter().map(|(_, _, end_ms, _)| end_ms).collect::<Vec<_>>();
    for committed_ms in [None, Some(-1), Some(0), Some(99)] {
        assert_eq!(ends(&mut restored(committed_ms)), [0, 100, 250], "{committed_ms:?}");
    }
    assert_eq!(ends(&mut restored(Some(100))), [100, 250]);
    assert_eq!(ends(&mut restored(Some(249))), [100, 250]);
    assert_eq!(ends(&mut restored(Some(250))), [250]);
    let mut store = restored(Some(100));
    put(&mut store, "a", 240, 250, Some(8));
    assert_eq!(ends(&mut store), [250]);
    flush(&mut store);
    assert_eq!(store.by_end.len(), 1);
}
