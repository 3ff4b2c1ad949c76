//! Rows that expire: a row of time t is gone as soon as the stream time of its task reaches t and
//! the ttl of its store.
//!
//! An index by time says which row is due next. An update that makes a row live longer does not
//! touch it, so that a busy key costs one look-up per update: when the entry is due, the row says
//! its own time, and the entry goes back if that is later. The index is not stored. It is made anew
//! of the rows that a restore brings and of those that the backend has.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::ops::{Bound, ControlFlow};
use std::rc::Rc;

use hashbrown::HashMap;

use super::super::{KeyValueStore, StoreError, ordered_time};
use super::timestamp_of;
use crate::codec::StreamData;
use crate::context::Cause;
use crate::headers::Headers;

/// So many rows expire before a cache that is full makes room.
const ROWS_AT_ONCE: usize = 256;

/// Up to this time no row of a task expires. All its stores with a ttl share it.
#[derive(Clone, Debug)]
pub(crate) struct NextExpiry(Rc<Cell<i64>>);

impl Default for NextExpiry {
    fn default() -> Self {
        NextExpiry(Rc::new(Cell::new(i64::MAX)))
    }
}

impl NextExpiry {
    /// Whether a row may expire when the stream time gets here.
    #[inline(always)]
    pub(crate) fn is_due(&self, stream_time_ms: i64) -> bool {
        self.0.get() < stream_time_ms
    }

    /// The next row expires at this time; `None`: there is none.
    pub(crate) fn set(&self, due_ms: Option<i64>) {
        self.0.set(due_ms.map_or(i64::MAX, |due_ms| due_ms.saturating_sub(1)));
    }

    fn lower(&self, due_ms: i64) {
        self.0.set(self.0.get().min(due_ms.saturating_sub(1)));
    }
}

/// When the rows of a store expire.
pub(super) struct Expiry {
    ttl_ms: i64,
    /// The place of the store in its part of the topology: at one time the rows of the first expire
    /// first.
    rank: usize,
    next: NextExpiry,
    /// Time and key in one, so that the order of the bytes is that of time and then key.
    by_time: BTreeSet<Box<[u8]>>,
    /// The time that the entry of a key has: that of its row, or an earlier one.
    by_key: HashMap<Box<[u8]>, i64>,
    scratch: Vec<u8>,
}

/// Writes what `by_time` is ordered by.
fn write_entry(entry: &mut Vec<u8>, due_ms: i64, key: &[u8]) {
    entry.clear();
    entry.extend_from_slice(&ordered_time::to_bytes(due_ms));
    entry.extend_from_slice(key);
}

fn read_entry(entry: &[u8]) -> Option<(i64, &[u8])> {
    let (due_ms, key) = entry.split_first_chunk()?;
    Some((ordered_time::from_bytes(*due_ms), key))
}

impl Expiry {
    fn new(ttl_ms: i64, rank: usize, next: NextExpiry) -> Self {
        Expiry { ttl_ms, rank, next, by_time: BTreeSet::new(), by_key: HashMap::new(), scratch: Vec::new() }
    }

    fn due_ms(&self, timestamp_ms: i64) -> i64 {
        timestamp_ms.saturating_add(self.ttl_ms)
    }

    /// The row of a key has this time.
    pub(super) fn note(&mut self, key: &[u8], timestamp_ms: i64) {
        let due_ms = self.due_ms(timestamp_ms);
        match self.by_key.get_mut(key) {
            Some(noted_ms) if *noted_ms <= due_ms => return,
            Some(noted_ms) => {
                write_entry(&mut self.scratch, *noted_ms, key);
                self.by_time.remove(&self.scratch[..]);
                *noted_ms = due_ms;
            }
            None => {
                self.by_key.insert(key.into(), due_ms);
            }
        }
        write_entry(&mut self.scratch, due_ms, key);
        self.by_time.insert(self.scratch.as_slice().into());
        self.next.lower(due_ms);
    }

    /// The key has no row any more.
    pub(super) fn forget(&mut self, key: &[u8]) {
        if let Some(noted_ms) = self.by_key.remove(key) {
            write_entry(&mut self.scratch, noted_ms, key);
            self.by_time.remove(&self.scratch[..]);
        }
    }

    /// The time of the first entry.
    fn first_ms(&self) -> Option<i64> {
        self.by_time.first().and_then(|entry| read_entry(entry)).map(|(due_ms, _)| due_ms)
    }

    /// Takes the first entry out, if it is due by then, and copies its key; its time.
    fn pop(&mut self, up_to_ms: i64, key: &mut Vec<u8>) -> Option<i64> {
        let first_ms = self.first_ms().filter(|first_ms| *first_ms <= up_to_ms)?;
        let entry = self.by_time.pop_first()?;
        key.clear();
        key.extend_from_slice(&entry[ordered_time::BYTES..]);
        self.by_key.remove(&key[..]);
        Some(first_ms)
    }

    pub(super) fn clear(&mut self) {
        self.by_time.clear();
        self.by_key.clear();
    }
}

impl<K, V> KeyValueStore<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    /// Rows expire when the stream time is later than their own by this much; at one time in the
    /// order of the stores' ranks.
    ///
    /// # Errors
    /// When the backend fails, which is asked for the rows that it has.
    pub(crate) fn expire_after(&mut self, ttl_ms: i64, rank: usize, next: NextExpiry) -> Result<(), StoreError> {
        let mut expiry = Box::new(Expiry::new(ttl_ms, rank, next));
        let mut is_short = false;
        self.backend.range(Bound::Unbounded, Bound::Unbounded, &mut |key, row| match timestamp_of(row) {
            Some(timestamp_ms) => {
                expiry.note(key, timestamp_ms);
                ControlFlow::Continue(())
            }
            None => {
                is_short = true;
                ControlFlow::Break(())
            }
        })?;
        if is_short {
            return Err(self.short_row());
        }
        self.expiry = Some(expiry);
        Ok(())
    }

    /// When the next row may expire, and the rank of the store.
    pub(crate) fn next_expiry(&self) -> Option<(i64, usize)> {
        let expiry = self.expiry.as_ref()?;
        Some((expiry.first_ms()?, expiry.rank))
    }

    /// Sets a row of a store whose rows expire. Whether it has a value: one that has expired when
    /// it comes is a deletion.
    #[inline(never)]
    pub(super) fn set_expiring(
        &mut self,
        place: usize,
        timestamp_ms: i64,
        stream_time_ms: i64,
        headers: &Headers,
        value: Option<V>,
    ) -> bool {
        let Some(expiry) = &mut self.expiry else { return false };
        let due_ms = expiry.due_ms(timestamp_ms);
        let key = &self.cache.row(place).key;
        let (timestamp_ms, value) = match value {
            Some(_) if due_ms <= stream_time_ms => (due_ms, None),
            value => (timestamp_ms, value),
        };
        match value {
            Some(_) => expiry.note(key, timestamp_ms),
            None => expiry.forget(key),
        }
        let there = value.is_some();
        self.cache.set(place, timestamp_ms, headers, value);
        there
    }

    /// Deletes the rows that have expired by then, in the order of time and key. The deletions
    /// leave as all changes do. A cache that is full makes it end early, so that there is room
    /// first.
    ///
    /// # Errors
    /// When the backend fails or holds bytes of another type.
    pub(crate) fn expire(&mut self, up_to_ms: i64) -> Result<(), StoreError> {
        let mut expired = 0;
        while expired < ROWS_AT_ONCE || !self.is_full() {
            let Some(expiry) = &mut self.expiry else { return Ok(()) };
            let Some(noted_ms) = expiry.pop(up_to_ms, &mut self.key_scratch) else { return Ok(()) };
            let place = match self.cache.find(&self.key_scratch) {
                Some(place) => place,
                None => self.load_from_below()?,
            };
            let row = self.cache.row(place);
            if row.value.is_none() {
                continue;
            }
            let Some(expiry) = &mut self.expiry else { return Ok(()) };
            let due_ms = expiry.due_ms(row.timestamp_ms);
            if due_ms > noted_ms {
                expiry.note(&row.key, row.timestamp_ms);
                continue;
            }
            self.cache.take(place);
            self.cache.set(place, due_ms, &Headers::default(), None);
            self.cache.set_cause(place, &Cause::default());
            expired += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::broker::ProduceBatch;
    use crate::record::{NewRecord, RecordBatch};
    use crate::stores::{BackendBatch, KeyValueBackend, MemoryBackend, Order};

    type Store = KeyValueStore<String, u64>;

    fn over(backend: MemoryBackend, cache_max_bytes: usize) -> (Store, NextExpiry) {
        let next = NextExpiry::default();
        let mut store = KeyValueStore::new(Arc::from("s"), Box::new(backend), None, cache_max_bytes);
        store.expire_after(10, 0, next.clone()).unwrap();
        (store, next)
    }

    fn store(cache_max_bytes: usize) -> (Store, NextExpiry) {
        over(MemoryBackend::default(), cache_max_bytes)
    }

    fn flush(store: &mut Store) -> Vec<(String, Option<u64>, i64)> {
        let (mut key, mut out, mut changes) = (Vec::new(), ProduceBatch::default(), Vec::new());
        while let Some(change) = store.next_change(&mut key, &mut out).unwrap() {
            changes.push((String::from_utf8(key.clone()).unwrap(), change.new, change.timestamp_ms));
        }
        changes
    }

    fn keys(store: &mut Store) -> Vec<String> {
        let mut keys = Vec::new();
        store
            .visit_all(Order::Ascending, |key, _, _| {
                keys.push(key.clone());
                ControlFlow::Continue(())
            })
            .unwrap();
        keys
    }

    fn next_ms(store: &Store) -> Option<i64> {
        store.next_expiry().map(|(due_ms, _)| due_ms)
    }

    fn entries(store: &Store) -> usize {
        let expiry = store.expiry.as_ref().unwrap();
        assert_eq!(expiry.by_time.len(), expiry.by_key.len());
        expiry.by_time.len()
    }

    #[test]
    fn rows_leave_in_the_order_of_time_and_key() {
        for cache_max_bytes in [0, 1 << 20] {
            let (mut store, next) = store(cache_max_bytes);
            assert!(!next.is_due(i64::MAX));
            for (key, time_ms) in [("b", 5), ("a", 5), ("z", 1), ("c", 6), ("", -20)] {
                store.put_at(key, 1, time_ms).unwrap();
            }
            flush(&mut store);
            assert!(next.is_due(-10) && !next.is_due(-11));
            store.expire(15).unwrap();
            let gone = [("", -10), ("z", 11), ("a", 15), ("b", 15)].map(|(key, time_ms)| (key.to_owned(), None, time_ms));
            assert_eq!(flush(&mut store), gone);
            assert_eq!((next_ms(&store), keys(&mut store)), (Some(16), vec!["c".to_owned()]));
        }
    }

    #[test]
    fn there_is_one_entry_per_row_whatever_becomes_of_it() {
        let (mut store, _) = store(1 << 20);
        for round in 0..50 {
            for (key, time_ms) in [("a", round), ("b", 100 - round), ("c", round % 7)] {
                store.put_at(key, 1, time_ms).unwrap();
                assert!(entries(&store) <= 3);
            }
            store.delete_at("c", round).unwrap();
            assert_eq!(entries(&store), 2);
        }
        // What became older goes by its last time, what became younger is asked when its first
        // entry is due.
        assert_eq!(next_ms(&store), Some(10));
        store.expire(58).unwrap();
        assert_eq!((keys(&mut store), next_ms(&store)), (vec!["a".to_owned(), "b".to_owned()], Some(59)));
        store.expire(60).unwrap();
        assert_eq!((keys(&mut store), next_ms(&store)), (vec!["b".to_owned()], Some(61)));
    }

    #[test]
    fn an_entry_that_goes_back_keeps_its_place_in_the_order() {
        let (mut store, _) = store(1 << 20);
        for (key, time_ms) in [("a", 0), ("b", 3), ("c", 6), ("a", 4)] {
            store.put_at(key, 1, time_ms).unwrap();
        }
        flush(&mut store);
        store.expire(100).unwrap();
        let gone: Vec<_> = flush(&mut store).into_iter().map(|(key, _, time_ms)| (key, time_ms)).collect();
        assert_eq!(gone, [("b".to_owned(), 13), ("a".to_owned(), 14), ("c".to_owned(), 16)]);
    }

    #[test]
    fn the_index_comes_back_with_the_rows() {
        let (mut first, _) = store(0);
        let mut batch = RecordBatch::default();
        for (offset, (key, value, timestamp_ms)) in
            (0..).zip([("a", true, 0), ("b", true, 1), ("a", true, 5), ("c", true, 2), ("b", false, 3)])
        {
            let bytes = 7u64.to_be_bytes();
            batch.push(NewRecord { key: Some(key.as_bytes()), value: value.then_some(&bytes[..]), timestamp_ms, offset });
        }
        first.restore(&mut batch.iter(), 5).unwrap();
        assert_eq!((entries(&first), keys(&mut first)), (2, vec!["a".to_owned(), "c".to_owned()]));
        first.expire(14).unwrap();
        assert_eq!(keys(&mut first), ["a"]);
        first.clear_for_restore().unwrap();
        assert_eq!(entries(&first), 0);

        // A backend that has rows is asked for them.
        let mut backend = MemoryBackend::default();
        let row = [4i64.to_be_bytes(), 7u64.to_be_bytes()].concat();
        backend.write(BackendBatch { writes: &[(b"k", Some(&row[..]))], position: 1 }).unwrap();
        let (mut second, next) = over(backend, 0);
        assert!(next.is_due(14) && !next.is_due(13));
        second.expire(14).unwrap();
        assert_eq!(flush(&mut second), [("k".to_owned(), None, 14)]);
    }

    #[test]
    fn a_row_that_has_expired_when_it_comes_is_none() {
        let (mut store, _) = store(0);
        store.put_live("a", 1, 0, 9).unwrap();
        store.put_live("b", 1, 0, 10).unwrap();
        assert_eq!((entries(&store), keys(&mut store)), (1, vec!["a".to_owned()]));
        assert_eq!(flush(&mut store), [("a".to_owned(), Some(1), 0), ("b".to_owned(), None, 10)]);
    }

    #[test]
    fn a_cache_that_is_full_makes_room_in_between() {
        let (mut store, _) = store(0);
        for n in 0..1_000u64 {
            store.put_at(&format!("{n:04}"), n, 0).unwrap();
        }
        flush(&mut store);
        let mut gone = 0;
        let mut rounds = 0;
        while next_ms(&store).is_some() {
            store.expire(10).unwrap();
            let changes = flush(&mut store).len();
            assert!(changes <= ROWS_AT_ONCE);
            (gone, rounds) = (gone + changes, rounds + 1);
        }
        assert_eq!((gone, rounds, keys(&mut store)), (1_000, 4, vec![]));
    }
}
