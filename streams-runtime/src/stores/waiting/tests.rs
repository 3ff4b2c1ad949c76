use std::sync::Arc;

use super::super::{MemoryBackend, StoreObject};
use super::*;
use crate::broker::TopicSlot;
use crate::record::{NewRecord, RecordBatch};

fn store() -> WaitingStore<String, u64> {
    let below = Below::new(Arc::from("s"), Box::new(MemoryBackend::default()), Some((TopicSlot(0), 0)));
    WaitingStore::new(WaitingRows::new(), below).unwrap()
}

fn key(side: Side, time_ms: i64, key: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    set_waiting_key(&mut bytes, side, time_ms, key.as_bytes());
    bytes
}

fn restore(store: &mut WaitingStore<String, u64>, key: &[u8], value: Option<&[u8]>) -> Result<(), StoreError> {
    let mut batch = RecordBatch::default();
    batch.push(NewRecord { key: Some(key), value, timestamp_ms: 5, offset: 0 });
    store.restore(&mut batch.iter(), 1)
}

#[test]
fn a_changelog_gives_back_what_waits_on_both_sides() {
    let (mut store, mut out) = (store(), ProduceBatch::default());
    for value in ["a", "b"] {
        store.wait_left(&key(Side::Left, 5, "k"), value.to_owned(), 5, &mut out).unwrap();
    }
    store.wait_right(&key(Side::Right, 5, "z"), 7, 5, &mut out).unwrap();
    store.wait_right(&key(Side::Right, 4, "z"), 8, 4, &mut out).unwrap();
    store.found(Side::Right, &key(Side::Right, 4, "z"), 9);
    store.found(Side::Right, &key(Side::Right, 4, "z"), 9);
    assert_eq!(out.len(), 4, "the changelog is told when the results are acknowledged");
    assert!(store.flush_gone(&mut out) && !store.flush_gone(&mut out));
    assert_eq!(out.len(), 5, "what was not there is not deleted");

    let mut again = self::store();
    again.restore(&mut out.iter().map(|(_, _, record)| record), 5).unwrap();
    assert_eq!(again.rows.first(), Some((Side::Right, 5)), "the right side comes first");
    let mut waiting = Vec::new();
    let values = again.give_up_right(9, &mut waiting).unwrap();
    assert_eq!(values.iter().collect::<Vec<_>>(), [&7]);
    let values = again.give_up_left(9, &mut waiting).unwrap();
    assert_eq!(waiting_key(&waiting).unwrap(), (5, &b"k"[..]));
    assert_eq!(values.iter().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(again.rows.first(), None);
    assert!(again.give_up_left(9, &mut waiting).is_none());
    // One that comes again before the changelog was told stays.
    again.wait_left(&key(Side::Left, 5, "k"), "c".to_owned(), 5, &mut out).unwrap();
    out.clear();
    assert!(again.flush_gone(&mut out));
    assert_eq!(out.iter().map(|(_, _, record)| record.key.map(<[u8]>::to_vec)).collect::<Vec<_>>(), [Some(key(Side::Right, 5, "z"))]);
}

#[test]
fn a_look_ends_behind_the_first_of_both_sides() {
    let (mut store, mut out) = (store(), ProduceBatch::default());
    assert_eq!(store.rows.looked_up_to_ms(), None);
    for time_ms in [1, 3, 6] {
        store.wait_left(&key(Side::Left, time_ms, "k"), String::new(), time_ms, &mut out).unwrap();
    }
    assert_eq!(store.rows.looked_up_to_ms(), Some(6), "with one side it goes on to the last");
    store.wait_right(&key(Side::Right, 4, "k"), 0, 4, &mut out).unwrap();
    assert_eq!(store.rows.looked_up_to_ms(), Some(6), "1 and 4 are seen, 6 ends it");
    store.wait_right(&key(Side::Right, 5, "k"), 0, 5, &mut out).unwrap();
    assert_eq!(store.rows.looked_up_to_ms(), Some(5));
    store.found(Side::Left, &key(Side::Left, 6, "k"), 6);
    store.found(Side::Right, &key(Side::Right, 5, "k"), 6);
    assert_eq!(store.rows.looked_up_to_ms(), Some(4), "nothing is behind both");
}

#[test]
fn a_look_comes_to_each_value_of_a_key() {
    let (mut store, mut out) = (store(), ProduceBatch::default());
    for time_ms in [1, 9] {
        store.wait_left(&key(Side::Left, time_ms, "k"), String::new(), time_ms, &mut out).unwrap();
    }
    store.wait_right(&key(Side::Right, 4, "k"), 0, 4, &mut out).unwrap();
    assert_eq!(store.rows.looked_up_to_ms(), Some(9));
    store.wait_right(&key(Side::Right, 4, "k"), 1, 4, &mut out).unwrap();
    assert_eq!(store.rows.looked_up_to_ms(), Some(4), "the second value of 4 ends it");
    // Those of the one that is seen first do not.
    store.wait_left(&key(Side::Left, 1, "k"), String::new(), 1, &mut out).unwrap();
    store.found(Side::Right, &key(Side::Right, 4, "k"), 6);
    store.wait_right(&key(Side::Right, 5, "k"), 0, 5, &mut out).unwrap();
    assert_eq!(store.rows.looked_up_to_ms(), Some(9));
}

#[test]
fn bytes_of_another_kind_are_told() {
    let waiting = key(Side::Left, 5, "k");
    let good = [1, 0, 0, 0, 1, 0, 0, 0, 2, 1, b'v'];
    restore(&mut store(), &waiting, Some(&good)).unwrap();
    for cut in 0..good.len() {
        let error = restore(&mut store(), &waiting, Some(&good[..cut])).unwrap_err().to_string();
        assert!(error.contains("cut off"), "{cut}: {error}");
    }
    for bad in [&[0, 0, 0, 0, 1][..], &[1, 0xff, 0xff, 0xff, 0xff], &[1, 0, 0, 0, 1, 0, 0, 0, 0], &[1, 0, 0, 0, 1, 0, 0, 0, 2, 1, 0xff]] {
        assert!(restore(&mut store(), &waiting, Some(bad)).is_err(), "{bad:?}");
    }
    assert!(restore(&mut store(), b"short", Some(&good)).is_err());
    // An empty list is none.
    let mut empty = store();
    restore(&mut empty, &waiting, Some(&[1, 0, 0, 0, 0])).unwrap();
    assert_eq!(empty.rows.first(), None);
}
