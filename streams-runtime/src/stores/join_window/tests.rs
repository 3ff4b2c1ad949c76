use std::sync::Arc;

use super::super::{MemoryBackend, StoreObject};
use super::*;
use crate::broker::TopicSlot;
use crate::record::{NewRecord, RecordBatch};

const RETENTION_MS: i64 = 20;

fn store() -> JoinStore<u64> {
    let below = Below::new(Arc::from("s"), Box::new(MemoryBackend::default()), Some((TopicSlot(0), 0)));
    JoinStore::new(JoinRows::new(RETENTION_MS), below).unwrap()
}

fn found(store: &mut JoinStore<u64>, key: &[u8], times: (i64, i64)) -> Vec<(i64, u64)> {
    let mut found = store.rows.find(key, times);
    let mut rows = Vec::new();
    while let Some(at) = found.next() {
        let row = store.rows.row(at);
        rows.push((row.time_ms, row.value));
    }
    rows
}

/// The same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

#[test]
fn a_store_is_a_list_that_forgets_and_its_changelog_gives_it_back() {
    for seed in 0..20 {
        let (mut numbers, mut store, mut out) = (Numbers(seed), store(), ProduceBatch::default());
        let mut list: Vec<(Vec<u8>, i64, u64)> = Vec::new();
        let mut newest_ms = -1;
        for value in 0..300u64 {
            let key = vec![b'k'; numbers.below(4) as usize];
            // Time goes on, with late ones and leaps.
            let time_ms = (value as i64 + numbers.below(25) as i64) * if numbers.below(40) == 0 { 2 } else { 1 };
            store.put(&key, time_ms, value, false, &mut out).unwrap();
            newest_ms = newest_ms.max(time_ms);
            list.push((key, time_ms, value));
            let from_ms = numbers.below(350) as i64;
            let times = (from_ms, from_ms + numbers.below(30) as i64);
            for key in (0..4).map(|length| vec![b'k'; length]) {
                let visible =
                    |(k, t, _): &&(Vec<u8>, i64, u64)| *k == key && *t > newest_ms - RETENTION_MS && (times.0..=times.1).contains(t);
                let mut expected: Vec<(i64, u64)> = list.iter().filter(visible).map(|(_, t, value)| (*t, *value)).collect();
                expected.sort_by_key(|(t, _)| *t);
                assert_eq!(found(&mut store, &key, times), expected, "seed {seed}, value {value}");
            }
        }
        let kept: usize = store.rows.keys.iter().map(|key| key.rows.len()).sum();
        assert!(kept < 100, "{kept} rows are kept");
        assert!(store.rows.due.len() < 50, "{} entries", store.rows.due.len());

        // Read twice, as after a restart that finds a part of it.
        let mut again = self::store();
        again.begin_restore(newest_ms).unwrap();
        for _ in 0..2 {
            again.restore(&mut out.iter().map(|(_, _, record)| record), 0).unwrap();
        }
        for key in (0..4).map(|length| vec![b'k'; length]) {
            assert_eq!(found(&mut again, &key, (0, i64::MAX)), found(&mut store, &key, (0, i64::MAX)));
        }
        assert_eq!((again.rows.newest_ms, again.rows.sequence), (store.rows.newest_ms, store.rows.sequence));
    }
}

/// A crash after the changelog was written and before the commit: the records from 130 on come
/// again.
#[test]
fn what_the_changelog_has_beyond_the_commit_moves_no_time() {
    let (mut store, mut out) = (store(), ProduceBatch::default());
    for time_ms in [95, 100, 110, 130, 160] {
        store.put(b"k", time_ms, 0, false, &mut out).unwrap();
    }
    let restored = |committed_ms: Option<i64>| {
        let mut restored = self::store();
        if let Some(committed_ms) = committed_ms {
            restored.begin_restore(committed_ms).unwrap();
        }
        restored.restore(&mut out.iter().map(|(_, _, record)| record), 5).unwrap();
        restored
    };
    let times = |store: &mut JoinStore<u64>| found(store, b"k", (0, i64::MAX)).into_iter().map(|(time_ms, _)| time_ms).collect::<Vec<_>>();
    for committed_ms in [None, Some(-1), Some(99), Some(110)] {
        let mut restored = restored(committed_ms);
        assert_eq!(times(&mut restored), [95, 100, 110, 130, 160], "{committed_ms:?}");
        assert_eq!(
            restored.rows.newest_ms(),
            match committed_ms {
                Some(99) => 95,
                Some(110) => 110,
                _ => -1,
            }
        );
    }
    assert_eq!(times(&mut restored(Some(159))), [130, 160]);
    assert_eq!(times(&mut restored(Some(160))), [160]);
    let mut again = restored(Some(110));
    again.put(b"k", 130, 0, false, &mut ProduceBatch::default()).unwrap();
    assert_eq!(times(&mut again), [130, 130, 160], "time goes on with what is put");
}

#[test]
fn a_burst_of_one_key_leaves_no_memory_behind() {
    let (mut store, mut out) = (store(), ProduceBatch::default());
    for value in 0..10_000 {
        store.put(b"hot", 100 + value as i64 % 5, value, false, &mut out).unwrap();
    }
    let capacity = |store: &JoinStore<u64>| store.rows.keys.iter().map(|key| key.rows.capacity()).sum::<usize>();
    assert!(capacity(&store) >= 10_000);
    store.put(b"hot", 123, 1, false, &mut out).unwrap();
    store.put(b"hot", 124, 1, false, &mut out).unwrap();
    assert!(capacity(&store) < 64, "room for {} records", capacity(&store));
    // A key that is gone keeps little, too.
    for value in 0..10_000 {
        store.put(b"hotter", 130, value, false, &mut out).unwrap();
    }
    store.put(b"k", 1_000, 1, false, &mut out).unwrap();
    assert!(capacity(&store) < 128, "room for {} records", capacity(&store));
}

#[test]
fn what_is_too_late_is_not_even_written() {
    let (mut store, mut out) = (store(), ProduceBatch::default());
    store.put(b"k", 100, 1, false, &mut out).unwrap();
    store.put(b"k", 80, 2, false, &mut out).unwrap();
    store.put(b"k", 81, 3, false, &mut out).unwrap();
    assert_eq!(found(&mut store, b"k", (0, 200)), [(81, 3), (100, 1)]);
    assert_eq!(out.len(), 2);
}

#[test]
fn sequence_numbers_begin_anew_and_the_order_stays_that_of_arrival() {
    let (mut store, mut out) = (store(), ProduceBatch::default());
    store.rows.sequence = MAX_SEQUENCE - 1;
    for value in 0..3 {
        store.put(b"k", 5, value, false, &mut out).unwrap();
    }
    let sequences: Vec<u32> = out.iter().map(|(_, _, record)| row_key(record.key.unwrap()).unwrap().sequence).collect();
    assert_eq!(sequences, [MAX_SEQUENCE, 0, 1]);
    assert_eq!(found(&mut store, b"k", (5, 5)), [(5, 0), (5, 1), (5, 2)]);
}

#[test]
fn a_deletion_in_the_changelog_deletes_and_bytes_of_another_type_are_told() {
    let mut store = store();
    let mut key = Vec::new();
    set_row_key(&mut key, b"k", 5, 7);
    let restore = |store: &mut JoinStore<u64>, key: &[u8], value: Option<&[u8]>| {
        let mut batch = RecordBatch::default();
        batch.push(NewRecord { key: Some(key), value, timestamp_ms: 5, offset: 0 });
        store.restore(&mut batch.iter(), 1)
    };
    restore(&mut store, &key, Some(&[0; 8])).unwrap();
    assert_eq!(found(&mut store, b"k", (0, 9)), [(5, 0)]);
    restore(&mut store, &key, None).unwrap();
    assert!(found(&mut store, b"k", (0, 9)).is_empty());
    restore(&mut store, &key, None).unwrap();
    assert!(restore(&mut store, &key, Some(b"short")).unwrap_err().to_string().contains("store `s` holds bytes that are not of its type"));
    assert!(restore(&mut store, b"no key", Some(&[0; 8])).is_err());
}
