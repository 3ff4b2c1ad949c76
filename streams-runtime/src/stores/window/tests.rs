use super::*;
use crate::record::NewRecord;
use crate::stores::MemoryBackend;

fn store(retention_ms: i64, cache_max_bytes: usize) -> WindowStore<String, u64> {
    WindowStore::new("w".into(), Box::new(MemoryBackend::default()), None, cache_max_bytes, retention_ms).unwrap()
}

fn row(key: &str, start_ms: i64) -> Vec<u8> {
    let mut row = key.as_bytes().to_vec();
    end_row_key(&mut row, start_ms);
    row
}

fn put(store: &mut WindowStore<String, u64>, key: &str, start_ms: i64, value: u64) {
    let row = row(key, start_ms);
    let place = store.load(&row).unwrap();
    let is_new = store.take(place).is_none();
    store.set(place, (&row, is_new), start_ms, &Headers::default(), Some(value));
}

fn flush(store: &mut WindowStore<String, u64>) -> usize {
    let (mut key, mut out, mut count) = (Vec::new(), ProduceBatch::default(), 0);
    while store.next_change(&mut key, &mut out).unwrap().is_some() {
        count += 1;
    }
    count
}

fn all(store: &mut WindowStore<String, u64>) -> Vec<(String, i64, u64)> {
    let mut rows = Vec::new();
    store
        .all(|key, start_ms, value, _| {
            rows.push((key.clone(), start_ms, *value));
            ControlFlow::Continue(())
        })
        .unwrap();
    rows
}

#[test]
fn the_bytes_of_a_row_are_key_start_sequence() {
    assert_eq!(row("k", 0x0102), [b'k', 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0]);
    let bytes = row("key", 9);
    let WindowKey { key, start_ms, .. } = row_key(&bytes).unwrap();
    assert_eq!((key, start_ms), (&b"key"[..], 9));
    assert!(row_key(b"short").is_err());
}

#[test]
fn a_window_is_seen_while_it_starts_after_the_newest_start_less_the_retention() {
    let mut store = store(100, 1 << 20);
    put(&mut store, "a", 0, 1);
    put(&mut store, "b", 1, 2);
    put(&mut store, "a", 100, 3);
    // Not flushed yet: the rows are there, but not to be seen.
    assert_eq!(all(&mut store), [("a".to_owned(), 100, 3), ("b".to_owned(), 1, 2)]);
    assert_eq!(store.fetch_with_timestamp("a", 0).unwrap(), None);
    assert_eq!(store.fetch_with_timestamp("b", 1).unwrap(), Some((&2, 1)));
}

#[test]
fn what_is_out_of_retention_leaves_all_layers_when_the_cache_is_flushed() {
    let mut store = store(100, 1 << 20);
    put(&mut store, "a", 0, 1);
    assert_eq!(flush(&mut store), 1);
    store.rows_mut().commit_overlay(1).unwrap();
    put(&mut store, "a", 100, 2);
    // The old row was changed once more before it left: its change still goes on.
    put(&mut store, "a", 0, 3);
    assert_eq!(flush(&mut store), 2);
    store.rows_mut().commit_overlay(2).unwrap();
    let mut left = Vec::new();
    store
        .rows_mut()
        .all(|key, value| {
            left.push((key.clone(), *value));
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(left, [(row("a", 100), 2)]);
    assert_eq!(store.index.len(), 1);
}

#[test]
fn rows_come_in_order_of_start_and_then_key() {
    let mut store = store(1_000, 1 << 20);
    for (key, start_ms) in [("b", 10), ("a", 10), ("ab", 10), ("z", 0), ("a", 20), ("a", 30)] {
        put(&mut store, key, start_ms, 1);
    }
    let (mut at, mut found) = (Vec::new(), Vec::new());
    while store.next_row(&mut at, 0, 20) {
        let WindowKey { key, start_ms, .. } = row_key(&at).unwrap();
        found.push((String::from_utf8(key.to_vec()).unwrap(), start_ms));
    }
    let expected = [("a", 10), ("ab", 10), ("b", 10), ("a", 20)];
    assert_eq!(found, expected.map(|(key, start_ms)| (key.to_owned(), start_ms)));
    at.clear();
    assert!(!store.next_row(&mut at, 30, 30) && !store.next_row(&mut at, 40, 20));
}

#[test]
fn a_changelog_brings_back_what_is_within_retention() {
    let mut store = store(100, 0);
    let (old, new, gone) = (row("a", 0), row("a", 100), row("b", 100));
    let value = 7_u64.to_be_bytes();
    let record = |key, value, timestamp_ms| RecordRef::from(NewRecord { key: Some(key), value, timestamp_ms, offset: 0 });
    let records = [
        record(&old[..], Some(&value[..]), 5),
        record(&gone, Some(&value), 105),
        record(&new, Some(&value), 108),
        record(&gone, None, 109),
    ];
    OverRows::begin_restore(&mut store, 108);
    store.restore(&mut records.into_iter(), 4).unwrap();
    assert_eq!(all(&mut store), [("a".to_owned(), 100, 7)]);
    assert_eq!(store.fetch_with_timestamp("a", 100).unwrap(), Some((&7, 108)));
    assert_eq!(store.rows().position(), Some(4));
}

#[test]
fn after_a_restart_duplicates_go_on_behind_those_that_are_there() {
    let mut store = store(100, 0).for_processors(10, true);
    for value in [7, 5, 9] {
        store.put_at("a", value, 50, 50).unwrap();
    }
    let (mut row, mut out) = (Vec::new(), ProduceBatch::default());
    let mut changes = Vec::new();
    while let Some(change) = store.next_change(&mut row, &mut out).unwrap() {
        changes.push((row.clone(), change.new.unwrap().to_be_bytes()));
    }
    let mut restored = super::tests::store(100, 0).for_processors(10, true);
    let records = changes.iter().map(|(key, value)| NewRecord { key: Some(key), value: Some(value), timestamp_ms: 50, offset: 0 });
    restored.restore(&mut records.map(RecordRef::from), 3).unwrap();
    restored.put_at("a", 6, 50, 50).unwrap();
    let mut values = Vec::new();
    restored
        .visit_range("a", 0, 100, crate::stores::Order::Ascending, |_, value, _| {
            values.push(*value);
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(values, [7, 5, 9, 6]);
}

#[test]
fn a_deletion_of_nothing_moves_the_time_of_the_store_for_good() {
    let mut store = store(100, 0).for_processors(10, false);
    store.put_at("a", 7, 50, 50).unwrap();
    store.delete_at("b", 150, 150).unwrap();
    store.delete_at("b", 120, 150).unwrap();
    assert_eq!(all(&mut store), []);
    let (mut key, mut out, mut changes) = (Vec::new(), ProduceBatch::default(), Vec::new());
    while let Some(change) = store.next_change(&mut key, &mut out).unwrap() {
        changes.push((key.clone(), change.new.map(u64::to_be_bytes)));
    }
    let moved = (row("b", 150), None);
    assert_eq!(changes, [(row("a", 50), Some(7_u64.to_be_bytes())), moved], "the second deletion moved nothing");
    let mut restored = super::tests::store(100, 0).for_processors(10, false);
    let records =
        changes.iter().map(|(key, new)| NewRecord { key: Some(key), value: new.as_ref().map(|new| &new[..]), timestamp_ms: 50, offset: 0 });
    OverRows::begin_restore(&mut restored, 150);
    restored.restore(&mut records.map(RecordRef::from), 2).unwrap();
    assert_eq!(all(&mut restored), []);
}

#[test]
fn a_backend_that_kept_its_rows_is_taken_over() {
    let mut backend = MemoryBackend::default();
    let value = [0_i64.to_be_bytes(), 7_u64.to_be_bytes()].concat();
    let (old, new) = (row("a", 0), row("a", 100));
    let writes: [(&[u8], Option<&[u8]>); 2] = [(&old, Some(&value)), (&new, Some(&value))];
    backend.write(crate::stores::BackendBatch { writes: &writes, position: 2 }).unwrap();
    let mut store = WindowStore::<String, u64>::new("w".into(), Box::new(backend), None, 0, 100).unwrap();
    assert_eq!(all(&mut store), [("a".to_owned(), 100, 7)]);
    // It is ahead of the commit.
    OverRows::begin_restore(&mut store, 99);
    assert_eq!(all(&mut store).len(), 2);
    OverRows::begin_restore(&mut store, 100);
    assert_eq!(all(&mut store), [("a".to_owned(), 100, 7)]);
}

/// A crash after the changelog was written and before the commit: the records of 250 come again.
#[test]
fn what_the_changelog_has_beyond_the_commit_moves_no_time() {
    let value = 7_u64.to_be_bytes();
    let rows = [row("a", 0), row("a", 100), row("a", 250)];
    let records = |times: [i64; 3]| {
        let records =
            rows.iter().zip(times).map(|(key, timestamp_ms)| NewRecord { key: Some(key), value: Some(&value), timestamp_ms, offset: 0 });
        records.map(RecordRef::from).collect::<Vec<_>>()
    };
    let restored = |committed_ms: Option<i64>, times: [i64; 3]| {
        let mut restored = store(100, 0);
        if let Some(committed_ms) = committed_ms {
            OverRows::begin_restore(&mut restored, committed_ms);
        }
        restored.restore(&mut records(times).into_iter(), 3).unwrap();
        restored
    };
    let starts = |store: &mut WindowStore<String, u64>| all(store).into_iter().map(|(_, start_ms, _)| start_ms).collect::<Vec<_>>();
    for committed_ms in [None, Some(-1), Some(0), Some(99)] {
        assert_eq!(starts(&mut restored(committed_ms, [0, 100, 250])), [0, 100, 250], "{committed_ms:?}");
    }
    assert_eq!(starts(&mut restored(Some(100), [0, 100, 250])), [100, 250]);
    assert_eq!(starts(&mut restored(Some(249), [0, 100, 250])), [100, 250]);
    assert_eq!(starts(&mut restored(Some(250), [0, 100, 250])), [250]);
    // A window of the future that was put at a time before the commit was there.
    assert_eq!(starts(&mut restored(Some(150), [0, 100, 150])), [250]);

    // The records behind the commit come again, and their row is there already: time goes on all
    // the same.
    let mut store = restored(Some(100), [0, 100, 250]);
    put(&mut store, "a", 250, 8);
    assert_eq!(starts(&mut store), [250]);
    flush(&mut store);
    assert_eq!(store.index.len(), 1);
}

#[test]
fn the_windows_of_a_key_that_are_out_of_retention_are_not_found() {
    let mut store = store(100, 1 << 20);
    for (key, start_ms) in [("a", 0), ("a", 1), ("b", 50), ("a", 60), ("a", 100)] {
        put(&mut store, key, start_ms, 1);
    }
    let starts = |store: &WindowStore<String, u64>, from_ms, to_ms| {
        let mut starts = Vec::new();
        store.starts_of(b"a", from_ms..=to_ms, &mut starts);
        starts
    };
    assert_eq!(starts(&store, 0, 1_000), [1, 60, 100]);
    assert_eq!(starts(&store, 2, 99), [60]);
    flush(&mut store);
    assert_eq!(starts(&store, -10, 100), [1, 60, 100]);
}
