//! Rows by ranges of keys: what waits in cache and overlay merged into what the backend visits, without a copy of either.

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow, RangeBounds};

use super::*;
use crate::stores::Order;
use crate::stores::memory::is_empty;
use crate::stores::order::{Range, each, encode_bound, in_order};

/// What lies above the backend for a key.
enum Above<'a, V> {
    Deleted,
    Bytes(&'a [u8]),
    Cached(&'a V, i64),
}

impl<K, V> KeyValueStore<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    /// Calls `visit` with every row in the order of the keys, until it breaks.
    ///
    /// # Errors
    /// When the backend fails or holds bytes of another type.
    pub fn all(&mut self, mut visit: impl FnMut(&K, &V) -> ControlFlow<()>) -> Result<(), StoreError> {
        self.scan((Bound::Unbounded, Bound::Unbounded), Order::Ascending, |key, value, _| visit(key, value))
    }

    /// Calls `visit` with key, value and time of every row in the order of the keys, until it breaks.
    ///
    /// # Errors
    /// When the backend fails or holds bytes of another type.
    pub fn visit_all(&mut self, order: Order, visit: impl FnMut(&K, &V, i64) -> ControlFlow<()>) -> Result<(), StoreError> {
        self.scan((Bound::Unbounded, Bound::Unbounded), order, visit)
    }

    /// Calls `visit` with key, value and time of the rows whose keys lie in a range, in the order of the keys, until it breaks. A
    /// key that is null leaves its side open.
    ///
    /// # Errors
    /// When the backend fails or holds bytes of another type, or a key cannot be encoded.
    pub fn visit_range<'q, Q>(
        &mut self,
        range: impl RangeBounds<&'q Q>,
        order: Order,
        visit: impl FnMut(&K, &V, i64) -> ControlFlow<()>,
    ) -> Result<(), StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized + 'q,
    {
        let (mut low, mut high) = (Vec::new(), Vec::new());
        let from = encode_bound(range.start_bound(), &mut low).map_err(|e| self.encode_error(&e))?;
        let to = encode_bound(range.end_bound(), &mut high).map_err(|e| self.encode_error(&e))?;
        self.scan((from, to), order, visit)
    }

    /// Calls `visit` with key, value and time of the rows whose keys' bytes begin with those of `prefix`, in the order of the bytes, until it breaks.
    ///
    /// # Errors
    /// When the backend fails or holds bytes of another type, or the prefix cannot be encoded.
    pub fn visit_prefix<P>(&mut self, prefix: &P, order: Order, visit: impl FnMut(&K, &V, i64) -> ControlFlow<()>) -> Result<(), StoreError>
    where
        P: StreamData + ?Sized,
    {
        let mut low = Vec::new();
        if let Err(e) = P::Codec::default().encode(prefix, &mut low) {
            return Err(self.encode_error(&e));
        }
        if low.is_empty() {
            return self.scan((Bound::Unbounded, Bound::Unbounded), order, visit);
        }
        let high = after_prefix(&low);
        let to = high.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        self.scan_bytes((Bound::Included(&low), to), order, visit).map(|_| ())
    }

    /// How many rows there are. Looks up what is not committed yet, and takes the backend's word for the rest.
    ///
    /// # Errors
    /// When the backend fails.
    pub fn approximate_num_entries(&mut self) -> Result<u64, StoreError> {
        let mut there: BTreeMap<&[u8], bool> = self.overlay.iter().map(|(key, value)| (key, value.is_some())).collect();
        there.extend(self.cache.dirty_rows().map(|row| (&*row.key, row.value.is_some())));
        let mut count = self.backend.approximate_len()?;
        for (key, there) in there {
            self.value_scratch.clear();
            match (self.backend.get(key, &mut self.value_scratch)?, there) {
                (false, true) => count += 1,
                (true, false) => count = count.saturating_sub(1),
                _ => {}
            }
        }
        Ok(count)
    }

    fn scan(&mut self, range: Range<'_>, order: Order, mut visit: impl FnMut(&K, &V, i64) -> ControlFlow<()>) -> Result<(), StoreError> {
        for piece in each(in_order(K::Codec::SIGNED, range).into_iter().flatten(), order) {
            if self.scan_bytes(piece, order, &mut visit)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Whether the one who visits has broken off.
    fn scan_bytes(
        &mut self,
        range: Range<'_>,
        order: Order,
        visit: impl FnMut(&K, &V, i64) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, StoreError> {
        let (from, to) = range;
        if is_empty(from, to) {
            return Ok(ControlFlow::Continue(()));
        }
        self.overlay.keep_order();
        self.cache.keep_order();
        let flushed = self.overlay.range(range).map(|(key, value)| (key, value.map_or(Above::Deleted, Above::Bytes)));
        let changed = self.cache.dirty_range(range).map(|row| {
            let value = row.value.as_ref();
            (&*row.key, value.map_or(Above::Deleted, |value| Above::Cached(value, row.timestamp_ms)))
        });
        let mut above = over(each(changed, order), each(flushed, order), order).peekable();
        let mut rows = Rows {
            store: &self.name,
            codecs: (&self.key_codec, &self.value_codec),
            slots: (&mut self.key_slot, &mut self.value_slot),
            visit,
            ended: None,
        };
        let mut below = |key: &[u8], bytes: &[u8]| {
            let earlier = |at: &[u8]| if order == Order::Ascending { at < key } else { at > key };
            while let Some((at, row)) = above.next_if(|(at, _)| earlier(at)) {
                rows.above(at, &row)?;
            }
            match above.next_if(|(at, _)| *at == key) {
                Some((at, row)) => rows.above(at, &row),
                None => rows.bytes(key, bytes),
            }
        };
        match order {
            Order::Ascending => self.backend.range(from, to, &mut below)?,
            Order::Descending => self.backend.range_reverse(from, to, &mut below)?,
        }
        for (at, row) in above {
            if rows.ended.is_some() || rows.above(at, &row).is_break() {
                break;
            }
        }
        match rows.ended {
            None => Ok(ControlFlow::Continue(())),
            Some(ended) => ended.map(|()| ControlFlow::Break(())),
        }
    }
}

/// Two layers in one order; of a key that both have the upper one tells.
fn over<'k, T>(
    upper: impl Iterator<Item = (&'k [u8], T)>,
    lower: impl Iterator<Item = (&'k [u8], T)>,
    order: Order,
) -> impl Iterator<Item = (&'k [u8], T)> {
    let (mut upper, mut lower) = (upper.peekable(), lower.peekable());
    std::iter::from_fn(move || {
        let Some((key, _)) = upper.peek() else { return lower.next() };
        let earlier = |at: &[u8]| if order == Order::Ascending { at < *key } else { at > *key };
        if let Some(row) = lower.next_if(|(at, _)| earlier(at)) {
            return Some(row);
        }
        lower.next_if(|(at, _)| at == key);
        upper.next()
    })
}

/// Decodes rows for the one who visits them.
struct Rows<'a, K: StreamData, V: StreamData, F> {
    store: &'a str,
    codecs: (&'a K::Codec, &'a V::Codec),
    slots: (&'a mut <K::Codec as Codec<K>>::Slot, &'a mut <V::Codec as Codec<V>>::Slot),
    visit: F,
    /// Why there are no more: they broke off, or something is wrong.
    ended: Option<Result<(), StoreError>>,
}

impl<K, V, F> Rows<'_, K, V, F>
where
    K: StreamData,
    V: StreamData,
    F: FnMut(&K, &V, i64) -> ControlFlow<()>,
{
    fn above(&mut self, key: &[u8], row: &Above<'_, V>) -> ControlFlow<()> {
        match row {
            Above::Deleted => ControlFlow::Continue(()),
            Above::Bytes(bytes) => self.bytes(key, bytes),
            Above::Cached(value, timestamp_ms) => {
                let flow = match self.codecs.0.decode(Some(key), self.slots.0) {
                    Ok(key) => Ok((self.visit)(key, value, *timestamp_ms)),
                    Err(e) => Err(e.to_string()),
                };
                self.go_on(flow)
            }
        }
    }

    fn bytes(&mut self, key: &[u8], row: &[u8]) -> ControlFlow<()> {
        let Some((timestamp_ms, value)) = row.split_first_chunk::<TIMESTAMP_BYTES>() else {
            return self.go_on(Err(SHORT_ROW.to_owned()));
        };
        let key = self.codecs.0.decode(Some(key), self.slots.0);
        let value = self.codecs.1.decode(Some(value), self.slots.1);
        let flow = match (key, value) {
            (Ok(key), Ok(value)) => Ok((self.visit)(key, value, i64::from_be_bytes(*timestamp_ms))),
            (Err(e), _) | (_, Err(e)) => Err(e.to_string()),
        };
        self.go_on(flow)
    }

    fn go_on(&mut self, flow: Result<ControlFlow<()>, String>) -> ControlFlow<()> {
        match flow {
            Ok(ControlFlow::Continue(())) => return ControlFlow::Continue(()),
            Ok(ControlFlow::Break(())) => self.ended = Some(Ok(())),
            Err(reason) => self.ended = Some(Err(StoreError::Decode { store: self.store.to_owned(), reason })),
        }
        ControlFlow::Break(())
    }
}

/// The first bytes after all that begin with `prefix`; `None` if there are none.
fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut after = prefix[..=last].to_vec();
    after[last] += 1;
    Some(after)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::broker::ProduceBatch;
    use crate::stores::MemoryBackend;
    use crate::stores::by_key::COMPARED;

    fn store(cache_max_bytes: usize) -> KeyValueStore<u64, u64> {
        KeyValueStore::new(Arc::from("s"), Box::new(MemoryBackend::default()), None, cache_max_bytes)
    }

    fn flush<V: StreamData<Stored = V> + Clone + 'static>(store: &mut KeyValueStore<u64, V>) {
        while store.flush_next(&mut ProduceBatch::default()).unwrap() {}
    }

    /// How many keys are compared for a range of one key, the second time.
    fn compared(store: &mut KeyValueStore<u64, u64>) -> usize {
        for time in 0..2 {
            COMPARED.set(0);
            let mut found = Vec::new();
            for order in [Order::Ascending, Order::Descending] {
                let visit = |key: &u64, value: &u64, _| {
                    found.push((*key, *value));
                    ControlFlow::Continue(())
                };
                store.visit_range(&500u64..=&500u64, order, visit).unwrap();
            }
            assert_eq!(found, [(500, time + 500), (500, time + 500)]);
            // It goes on with changes in between.
            store.put_at(&500u64, time + 501, 1).unwrap();
            store.put_at(&(2_000_000 + time), 0, 1).unwrap();
        }
        COMPARED.get()
    }

    #[test]
    fn a_range_of_one_key_costs_the_same_whatever_is_not_committed() {
        for flushes in [false, true] {
            let costs = [1_000, 64_000].map(|rows| {
                let mut store = store(1 << 30);
                // Not in the order of the keys.
                for n in 0..rows {
                    store.put_at(&(n * 7_919 % rows), n * 7_919 % rows, 1).unwrap();
                }
                if flushes {
                    flush(&mut store);
                }
                compared(&mut store)
            });
            assert!(costs[1] < 150 && costs[1] <= costs[0] + 60, "flushed: {flushes}, keys compared: {costs:?}");
        }
    }

    #[test]
    fn what_is_never_asked_for_ranges_compares_nothing() {
        let mut store = store(1 << 30);
        COMPARED.set(0);
        // As when a store is made.
        store.all(|_, _| ControlFlow::Continue(())).unwrap();
        for n in 0..1_000 {
            store.put_at(&n, n, 1).unwrap();
            store.get(&n).unwrap();
        }
        flush(&mut store);
        store.commit_overlay(1).unwrap();
        assert_eq!(COMPARED.get(), 0);
    }

    #[test]
    fn a_range_is_right_in_the_middle_of_a_flush() {
        let mut store = store(1 << 30);
        let all = |store: &mut KeyValueStore<u64, u64>| {
            let mut rows = Vec::new();
            store.all(|key, value| {
                rows.push((*key, *value));
                ControlFlow::Continue(())
            })?;
            Ok::<_, StoreError>(rows)
        };
        for n in [5, 3, 9, 1] {
            store.put_at(&n, n, 1).unwrap();
        }
        assert_eq!(all(&mut store).unwrap(), [(1, 1), (3, 3), (5, 5), (9, 9)]);
        assert!(store.flush_next(&mut ProduceBatch::default()).unwrap());
        store.delete_at(&3u64, 1).unwrap();
        store.put_at(&5u64, 50, 1).unwrap();
        assert_eq!(all(&mut store).unwrap(), [(1, 1), (5, 50), (9, 9)]);
        flush(&mut store);
        store.put_at(&3u64, 30, 1).unwrap();
        assert_eq!(all(&mut store).unwrap(), [(1, 1), (3, 30), (5, 50), (9, 9)]);
        store.commit_overlay(1).unwrap();
        store.put_at(&4u64, 4, 1).unwrap();
        assert_eq!(all(&mut store).unwrap(), [(1, 1), (3, 30), (4, 4), (5, 50), (9, 9)]);
    }

    #[test]
    fn what_follows_a_prefix() {
        assert_eq!(after_prefix(b"ab").as_deref(), Some(&b"ac"[..]));
        assert_eq!(after_prefix(&[1, 255, 255]).as_deref(), Some(&[2][..]));
        assert_eq!(after_prefix(&[255]), None);
        assert_eq!(after_prefix(b""), None);
    }
}
