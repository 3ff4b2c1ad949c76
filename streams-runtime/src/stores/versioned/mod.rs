//! Values by key with the history of each: what a key had at any time within the history can be asked for.
//!
//! Over key-value rows of bytes, so that cache, overlay and backend are those of every store. Three kinds of rows:
//!
//! | row's key | row's value |
//! |---|---|
//! | `0`, the key | the latest value, if the key is not deleted |
//! | `1`, the key, 8 bytes of a time in order | what the key was from then on: a value that was replaced later, or that it was deleted |
//! | `2` | nothing; the row's time is the largest time that was ever put |
//!
//! So the latest value costs one look-up, a put moves one value, and what is out of the history goes row by row. Which old versions a key has is
//! kept in memory beside the rows ([`Past`]): it is as large as the history, not as the table.
//!
//! The changelog has each put as Kafka Streams writes it (key, value or null, the put's time), in the order of the puts, and written at once: no
//! version may be missing in it, so the cache does not stand before it. A restore puts them again.

mod object;
mod past;
mod put;
mod version;

pub use put::VersionPut;

use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::sync::Arc;

use hashbrown::HashMap;
use past::{Old, Past};
use version::Version;

use super::{KeyValueBackend, KeyValueStore, Order, StoreError, Stored, ordered_time};
use crate::broker::{ProduceBatch, TopicSlot};
use crate::codec::{Codec, CodecError, Encoded, StreamData};

const LATEST: u8 = 0;
const OLD: u8 = 1;
const NEWEST: u8 = 2;

/// A versioned store of one task.
pub struct VersionedStore<K: StreamData, V: StreamData + 'static> {
    rows: KeyValueStore<Vec<u8>, Version<V>>,
    changelog: Option<(TopicSlot, i32)>,
    history_ms: i64,
    /// The largest time that was put, since the restore or before the commit that it is from; -1
    /// before the first.
    newest_ms: i64,
    /// The one that the backend knows, which may be ahead of the commit.
    told_newest_ms: i64,
    /// The stream time up to which restored versions were committed.
    committed_ms: i64,
    past: HashMap<Rc<[u8]>, Past>,
    /// Each key with a past, by when its oldest version leaves the history (or later).
    due: BTreeSet<(i64, Rc<[u8]>)>,
    /// The key at work, as the key of its latest row.
    latest_key: Vec<u8>,
    old_key: Vec<u8>,
    value_bytes: Vec<u8>,
    value_slot: <V::Codec as Codec<V>>::Slot,
    key: PhantomData<fn() -> K>,
}

impl<K, V> VersionedStore<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    /// A store over what the backend holds already.
    pub(crate) fn new(
        name: Arc<str>,
        backend: Box<dyn KeyValueBackend>,
        changelog: Option<(TopicSlot, i32)>,
        cache_max_bytes: usize,
        history_ms: i64,
    ) -> Result<Self, StoreError> {
        let mut store = VersionedStore {
            rows: KeyValueStore::new(name, backend, None, cache_max_bytes),
            changelog,
            history_ms,
            newest_ms: -1,
            told_newest_ms: -1,
            committed_ms: -1,
            past: HashMap::new(),
            due: BTreeSet::new(),
            latest_key: Vec::new(),
            old_key: Vec::new(),
            value_bytes: Vec::new(),
            value_slot: Default::default(),
            key: PhantomData,
        };
        store.open()?;
        Ok(store)
    }

    /// Finds what a backend holds from before.
    fn open(&mut self) -> Result<(), StoreError> {
        self.told_newest_ms = self.rows.timestamp_below(&[NEWEST])?.unwrap_or(-1);
        self.newest_ms = self.told_newest_ms;
        let (mut olds, mut damaged): (Vec<(Vec<u8>, Old)>, bool) = (Vec::new(), false);
        self.rows.visit_range(&[OLD][..]..&[NEWEST][..], Order::Ascending, |row, version, _| {
            match old_row_key(row) {
                Some((key, from_ms)) => olds.push((key.to_vec(), Old { from_ms, kind: version.kind() })),
                None => damaged = true,
            }
            ControlFlow::Continue(())
        })?;
        if damaged {
            return Err(StoreError::Decode { store: self.name().to_owned(), reason: "the row of an old version has no time".into() });
        }
        for (key, old) in olds {
            self.latest_key.clear();
            self.latest_key.push(LATEST);
            self.latest_key.extend_from_slice(&key);
            let latest_ms = self.rows.timestamp_below(&self.latest_key)?;
            self.past.entry(key.into()).or_insert_with(|| Past::new(latest_ms)).insert(old);
        }
        self.due = self.past.iter_mut().map(|(key, past)| (past.schedule(), Rc::clone(key))).collect();
        Ok(())
    }

    /// The store's name.
    pub fn name(&self) -> &str {
        self.rows.name()
    }

    /// What is older than this is refused, and cannot be asked for.
    fn limit_ms(&self) -> i64 {
        self.newest_ms.saturating_sub(self.history_ms)
    }

    /// Takes a key as the one at work; `false` if it is null.
    #[inline]
    fn locate<Q>(&mut self, key: &Q) -> Result<bool, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        self.latest_key.clear();
        self.latest_key.push(LATEST);
        match Q::Codec::default().encode(key, &mut self.latest_key) {
            Ok(encoded) => Ok(encoded == Encoded::Bytes || K::Codec::NO_KEY),
            Err(e) => Err(self.encode_error(&e)),
        }
    }

    /// The bytes of the key at work.
    #[inline]
    pub(crate) fn located(&self) -> &[u8] {
        &self.latest_key[1..]
    }

    /// The place of the latest row of the key at work.
    #[inline]
    fn latest_place(&mut self) -> Result<usize, StoreError> {
        match self.rows.load(&self.latest_key[..])? {
            Some(place) => Ok(place),
            None => Err(StoreError::NullKey { store: self.name().to_owned() }),
        }
    }

    /// Takes a key as the one at work; the place of its latest row, or `None` if the key is null.
    #[inline]
    pub(crate) fn load<Q>(&mut self, key: &Q) -> Result<Option<usize>, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        if self.locate(key)? { self.latest_place().map(Some) } else { Ok(None) }
    }

    /// The value and time of the row at a place.
    #[inline]
    pub(crate) fn row(&self, place: usize) -> Option<(&V, i64)> {
        value_of(self.rows.row(place)).map(|value| (value, self.rows.row_timestamp_ms(place)))
    }

    /// The latest value of the key at work and its time.
    #[inline]
    pub(crate) fn latest(&mut self) -> Result<Option<(&V, i64)>, StoreError> {
        let place = self.latest_place()?;
        Ok(self.row(place))
    }

    /// The latest value of a key and its time. A borrowed form of the key will do: `str` for `String`.
    ///
    /// # Errors
    /// When the backend fails or holds bytes of another type.
    pub fn get<Q>(&mut self, key: &Q) -> Result<Option<(&V, i64)>, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        if self.locate(key)? { self.latest() } else { Ok(None) }
    }

    /// What is stored of the latest version of a key.
    pub(crate) fn stored<Q>(&mut self, key: &Q) -> Result<Stored<'_>, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        if !self.locate(key)? {
            return Ok(Stored::Absent);
        }
        let stored = self.rows.stored(&self.latest_key[..])?;
        // The first byte says that it is a value.
        Ok(if let Stored::Bytes([_, value @ ..]) = stored { Stored::Bytes(value) } else { stored })
    }

    /// From now on the latest version of a key keeps the bytes that the changelog has.
    pub(crate) fn keep_bytes(&mut self) {
        self.rows.keep_bytes();
    }

    /// The latest version of the key at work has these bytes in the changelog.
    fn set_bytes(&mut self, bytes: Option<&[u8]>) -> Result<(), StoreError> {
        let Some(bytes) = bytes.filter(|_| self.rows.keeps_bytes()) else { return Ok(()) };
        let place = self.latest_place()?;
        self.rows.set_bytes(place, &[&[version::VALUE], bytes]);
        Ok(())
    }

    /// The value that a key had at a time, and since when it had it. Before the history of the store begins only what is still the latest
    /// value is known.
    ///
    /// # Errors
    /// When the backend fails or holds bytes of another type.
    pub fn get_as_of<Q>(&mut self, key: &Q, time_ms: i64) -> Result<Option<(&V, i64)>, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        if !self.locate(key)? {
            return Ok(None);
        }
        let mut place = self.latest_place()?;
        if self.rows.row(place).is_none() || self.rows.row_timestamp_ms(place) > time_ms {
            if time_ms < self.limit_ms() {
                return Ok(None);
            }
            let Some(old) = self.past.get(self.located()).and_then(|past| past.at(time_ms)) else { return Ok(None) };
            place = self.old_place(old.from_ms)?;
        }
        Ok(self.row(place))
    }

    /// The place of the row of an old version of the key at work.
    fn old_place(&mut self, from_ms: i64) -> Result<usize, StoreError> {
        old_key(&mut self.old_key, &self.latest_key[1..], from_ms);
        match self.rows.load(&self.old_key[..])? {
            Some(place) => Ok(place),
            None => Err(StoreError::NullKey { store: self.name().to_owned() }),
        }
    }

    /// Changed rows leave the cache, and what is out of the history leaves the store: nothing that can be asked for.
    fn flush(&mut self) -> Result<(), StoreError> {
        let mut nowhere = ProduceBatch::default();
        while self.rows.flush_next(&mut nowhere)? {}
        let limit_ms = self.limit_ms();
        while let Some((due_ms, _)) = self.due.first()
            && *due_ms <= limit_ms
            && let Some((_, key)) = self.due.pop_first()
        {
            let Some(past) = self.past.get_mut(&key) else { continue };
            while let Some(old) = past.expire_first(limit_ms) {
                old_key(&mut self.old_key, &key, old.from_ms);
                self.rows.forget(&self.old_key);
            }
            if past.last().is_some() {
                self.due.insert((past.schedule(), key));
            } else {
                self.past.remove(&key);
            }
        }
        Ok(())
    }

    /// Calls `visit` with every key that has a version, in the order of their bytes, until it breaks.
    ///
    /// # Errors
    /// When the backend fails or holds bytes of another type.
    pub fn keys(&mut self, mut visit: impl FnMut(&K) -> ControlFlow<()>) -> Result<(), StoreError> {
        let mut keys: BTreeSet<Vec<u8>> = self.past.keys().map(|key| key.to_vec()).collect();
        self.rows.visit_range(&[LATEST][..]..&[OLD][..], Order::Ascending, |row, _, _| {
            keys.insert(row[1..].to_vec());
            ControlFlow::Continue(())
        })?;
        let (codec, mut slot) = (K::Codec::default(), Default::default());
        for key in keys {
            let key = codec.decode(Some(&key), &mut slot).map_err(|e| self.decode_error(&e))?;
            if visit(key).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn encode_error(&self, error: &CodecError) -> StoreError {
        StoreError::Encode { store: self.name().to_owned(), reason: error.to_string() }
    }

    fn decode_error(&self, error: &CodecError) -> StoreError {
        StoreError::Decode { store: self.name().to_owned(), reason: error.to_string() }
    }
}

/// The value of a row, if it is not that of a deletion.
fn value_of<V: StreamData<Stored = V>>(row: Option<&Version<V>>) -> Option<&V> {
    match row {
        Some(Version::Value(value)) => Some(value),
        _ => None,
    }
}

/// The key of the row of an old version.
fn old_key(row: &mut Vec<u8>, key: &[u8], from_ms: i64) {
    row.clear();
    row.push(OLD);
    row.extend_from_slice(key);
    row.extend_from_slice(&ordered_time::to_bytes(from_ms));
}

fn old_row_key(row: &[u8]) -> Option<(&[u8], i64)> {
    let (key, time) = row.strip_prefix(&[OLD])?.split_last_chunk()?;
    Some((key, ordered_time::from_bytes(*time)))
}

#[cfg(test)]
mod tests;
