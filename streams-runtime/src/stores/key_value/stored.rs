//! The bytes of a row as they are stored.
//!
//! A value that is encoded twice need not have the same bytes twice: a `HashMap` has its entries in any order, and another program may have
//! written the record. So what is compared by its bytes, as in a join by a foreign key, is compared by the stored ones. They are the
//! same after a restart. A changed row that waits in the cache has none yet, unless they came with it:
//!
//! - a table whose changelog is its source topic keeps the bytes of each record, since a restart reads them again;
//! - a table with a history keeps those that it has put into its changelog.

use super::super::{KeyValueStore, StoreError};
use super::TIMESTAMP_BYTES;
use crate::codec::StreamData;

/// What is stored of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stored<'s> {
    /// There is no row.
    Absent,
    /// The row has changed, and has no bytes before the next flush.
    Unwritten,
    /// The bytes of its value.
    Bytes(&'s [u8]),
}

impl<K, V> KeyValueStore<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    /// What is stored of the row of a key.
    pub(crate) fn stored<Q>(&mut self, key: &Q) -> Result<Stored<'_>, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let Some(place) = self.load(key)? else { return Ok(Stored::Absent) };
        let row = self.cache.row(place);
        if row.value.is_none() {
            return Ok(Stored::Absent);
        }
        if row.is_ahead() {
            return Ok(Stored::Unwritten);
        }
        // The key is in the scratch since it was loaded.
        Ok(match self.read_below()? {
            Some(_) => Stored::Bytes(&self.value_scratch[TIMESTAMP_BYTES..]),
            None => Stored::Unwritten,
        })
    }

    /// From now on rows keep the bytes that they come with.
    pub(crate) fn keep_bytes(&mut self) {
        self.keeps_bytes = true;
    }

    #[inline]
    pub(crate) fn keeps_bytes(&self) -> bool {
        self.keeps_bytes
    }

    /// The value of a row that was just set has these bytes, and is not encoded again.
    pub(crate) fn set_bytes(&mut self, place: usize, parts: &[&[u8]]) {
        self.value_scratch.clear();
        let row = self.cache.row(place);
        self.value_scratch.extend_from_slice(&row.timestamp_ms.to_be_bytes());
        parts.iter().for_each(|part| self.value_scratch.extend_from_slice(part));
        self.overlay.put(&row.key, Some(&self.value_scratch));
        self.cache.mark_written(place);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::broker::ProduceBatch;
    use crate::codec::{Codec, CodecError, Encoded, OwnedData};
    use crate::stores::MemoryBackend;

    /// A value that has other bytes each time it is encoded.
    #[derive(Clone, Debug, PartialEq)]
    struct Unsteady(u8);

    #[derive(Clone, Debug, Default)]
    struct UnsteadyCodec;

    thread_local! {
        static ENCODED: std::cell::Cell<u8> = const { std::cell::Cell::new(0) };
    }

    impl Codec<Unsteady> for UnsteadyCodec {
        type Slot = Option<Unsteady>;

        fn encode(&self, value: &Unsteady, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
            ENCODED.set(ENCODED.get().wrapping_add(1));
            out.extend([value.0, ENCODED.get()]);
            Ok(Encoded::Bytes)
        }

        fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut Option<Unsteady>) -> Result<&'a Unsteady, CodecError> {
            Ok(slot.insert(Unsteady(*bytes.and_then(<[u8]>::first).ok_or(CodecError::UnexpectedNull)?)))
        }
    }

    impl StreamData for Unsteady {
        type Codec = UnsteadyCodec;
        type Present = Self;
        type Stored = Self;

        fn present(&self) -> Option<&Self> {
            Some(self)
        }
        fn to_stored(&self) -> Option<Self> {
            Some(self.clone())
        }
        fn heap_bytes(&self) -> usize {
            0
        }
    }

    impl OwnedData for Unsteady {
        fn into_stored(self) -> Option<Self> {
            Some(self)
        }
        fn from_stored(stored: Self) -> Self {
            stored
        }
    }

    fn bytes(store: &mut KeyValueStore<String, Unsteady>, key: &str) -> Option<Vec<u8>> {
        match store.stored(key).unwrap() {
            Stored::Bytes(bytes) => Some(bytes.to_vec()),
            Stored::Absent | Stored::Unwritten => None,
        }
    }

    #[test]
    fn they_are_those_of_the_last_flush_whatever_is_read_in_between() {
        for cache_max_bytes in [0, 1 << 20] {
            let mut store = KeyValueStore::new(Arc::from("s"), Box::new(MemoryBackend::default()), None, cache_max_bytes);
            assert_eq!(store.stored("a").unwrap(), Stored::Absent);
            store.put_at("a", Unsteady(7), 1).unwrap();
            assert_eq!(store.stored("a").unwrap(), Stored::Unwritten);
            let mut out = ProduceBatch::default();
            while store.flush_next(&mut out).unwrap() {}
            let first = bytes(&mut store, "a").unwrap();
            assert_eq!(first[0], 7);
            store.commit_overlay(1).unwrap();
            (0..40).for_each(|n| store.put_at(&format!("other{n}"), Unsteady(n), 1).unwrap());
            while store.flush_next(&mut out).unwrap() {}
            assert_eq!(bytes(&mut store, "a"), Some(first));
            store.delete_at("a", 2).unwrap();
            assert_eq!(store.stored("a").unwrap(), Stored::Absent);
        }
    }

    #[test]
    fn a_row_keeps_the_bytes_that_it_came_with() {
        let mut store = KeyValueStore::new(Arc::from("s"), Box::new(MemoryBackend::default()), None, 1 << 20);
        store.put_at("a", Unsteady(7), 1).unwrap();
        let place = store.load("a").unwrap().unwrap();
        store.set_bytes(place, &[b"\x07", b"as read"]);
        assert_eq!(bytes(&mut store, "a"), Some(b"\x07as read".to_vec()), "before the flush");
        let mut out = ProduceBatch::default();
        while store.flush_next(&mut out).unwrap() {}
        store.commit_overlay(1).unwrap();
        assert_eq!(bytes(&mut store, "a"), Some(b"\x07as read".to_vec()), "and after the commit");
        store.put_at("a", Unsteady(8), 1).unwrap();
        assert_eq!(store.stored("a").unwrap(), Stored::Unwritten, "a new value has not the old bytes");
    }
}
