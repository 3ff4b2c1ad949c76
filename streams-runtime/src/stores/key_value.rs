//! Values by key: typed, cached, logged.
//!
//! Values stay Rust objects in a write-back cache; keys are compared by their bytes, as Kafka does. A change waits in the cache until the
//! next flush (commit, or the cache being full): then it is encoded once, written to the changelog and to the overlay, and handed
//! downstream with the value of the flush before. With a cache of size 0 every change is flushed at once.

mod expiry;
mod flush;
mod scan;
mod stored;

use self::expiry::Expiry;
pub(crate) use expiry::NextExpiry;
pub(crate) use stored::Stored;

use std::sync::Arc;

use super::cache::Cache;
use super::overlay::Overlay;
use super::{BackendBatch, KeyValueBackend, StoreError};
use crate::broker::TopicSlot;
use crate::codec::{Codec, CodecError, Encoded, StreamData, row_key};
use crate::context::Cause;
use crate::headers::Headers;
use crate::record::RecordRef;

/// Milliseconds in front of every value in a backend, big endian. The changelog has them in the record timestamp instead.
const TIMESTAMP_BYTES: usize = 8;

const SHORT_ROW: &str = "a row is shorter than its timestamp";

/// A key-value store of one task.
pub struct KeyValueStore<K: StreamData, V: StreamData> {
    name: Arc<str>,
    key_codec: K::Codec,
    value_codec: V::Codec,
    cache: Cache<V>,
    /// Whether a node hands the changes on when they leave the cache; if so, only that node may flush.
    forwards: bool,
    /// Deleted rows do not stay in the cache.
    drops_deleted: bool,
    /// Deletions are not written to the changelog with the other changes.
    holds_deletions: bool,
    /// What it may hold is not set any more.
    uncached: bool,
    overlay: Overlay,
    backend: Box<dyn KeyValueBackend>,
    changelog: Option<(TopicSlot, i32)>,
    /// The topic whose records its rows are, instead of a changelog.
    source: Option<Arc<str>>,
    /// Rows keep the bytes that they came with.
    keeps_bytes: bool,
    /// When rows expire, if they do.
    expiry: Option<Box<Expiry>>,
    key_scratch: Vec<u8>,
    value_scratch: Vec<u8>,
    value_slot: <V::Codec as Codec<V>>::Slot,
    key_slot: <K::Codec as Codec<K>>::Slot,
}

/// A change that leaves the cache.
#[derive(Debug)]
pub struct Change<V> {
    /// The new value; `None` is a deletion.
    pub new: Option<V>,
    /// The value at the last flush, if the store keeps it.
    pub old: Option<V>,
    /// Time of the row.
    pub timestamp_ms: i64,
    /// Headers of the record that made the last update.
    pub headers: Headers,
    /// That record.
    pub(crate) cause: Cause,
}

impl<K, V> KeyValueStore<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    pub(crate) fn new(
        name: Arc<str>,
        backend: Box<dyn KeyValueBackend>,
        changelog: Option<(TopicSlot, i32)>,
        cache_max_bytes: usize,
    ) -> Self {
        KeyValueStore {
            name,
            key_codec: K::Codec::default(),
            value_codec: V::Codec::default(),
            cache: Cache::new(cache_max_bytes),
            forwards: false,
            drops_deleted: false,
            holds_deletions: false,
            uncached: false,
            overlay: Overlay::default(),
            backend,
            changelog,
            source: None,
            keeps_bytes: false,
            expiry: None,
            key_scratch: Vec::new(),
            value_scratch: Vec::new(),
            value_slot: Default::default(),
            key_slot: Default::default(),
        }
    }

    /// The rows are the records of this topic, which a source reads.
    pub(crate) fn reuse_source(&mut self, topic: &str) {
        self.source = Some(topic.into());
    }

    pub(crate) fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// Whether the source would have taken a record of its topic into the store: others it has left out, as a handler told it to.
    fn is_readable(&mut self, record: &RecordRef<'_>) -> bool {
        let key = row_key::<K, K::Codec>(record.key).is_some_and(|key| self.key_codec.decode(Some(key), &mut self.key_slot).is_ok());
        let value = record.value.is_none_or(|value| self.value_codec.decode(Some(value), &mut self.value_slot).is_ok());
        key && value && record.timestamp_ms >= 0
    }

    /// The owner writes deletions to the changelog, when the time for them has come.
    pub(crate) fn hold_deletions(&mut self) {
        self.holds_deletions = true;
    }

    /// Keys that are read out have this format.
    pub(crate) fn set_key_format(&mut self, codec: K::Codec) {
        self.key_codec = codec;
    }

    /// The store's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value of a key. A borrowed form of the key will do: `str` for `String`.
    ///
    /// # Errors
    /// When the backend fails or holds bytes of another type.
    pub fn get<Q>(&mut self, key: &Q) -> Result<Option<&V>, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        Ok(self.get_with_timestamp(key)?.map(|(value, _)| value))
    }

    /// The value of a key and the time of its last update.
    ///
    /// # Errors
    /// When the backend fails or holds bytes of another type.
    pub fn get_with_timestamp<Q>(&mut self, key: &Q) -> Result<Option<(&V, i64)>, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let Some(place) = self.load(key)? else { return Ok(None) };
        let row = self.cache.row(place);
        Ok(row.value.as_ref().map(|value| (value, row.timestamp_ms)))
    }

    /// What a key that has no row any more had when changes left the cache last, if it had
    /// something then: the value, where that is kept.
    pub(crate) fn untold<Q>(&mut self, key: &Q) -> Result<Option<Option<&V>>, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let Some(place) = self.load(key)? else { return Ok(None) };
        Ok(self.cache.untold(place))
    }

    /// The place of a key in the cache, read from below if it is not there. `None` for a key that is null.
    #[inline]
    pub(crate) fn load<Q>(&mut self, key: &Q) -> Result<Option<usize>, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        self.key_scratch.clear();
        match Q::Codec::default().encode(key, &mut self.key_scratch) {
            Ok(Encoded::Null) if !K::Codec::NO_KEY => Ok(None),
            Ok(_) => match self.cache.find(&self.key_scratch) {
                Some(place) => Ok(Some(place)),
                None => self.load_from_below().map(Some),
            },
            Err(e) => Err(self.encode_error(&e)),
        }
    }

    fn load_from_below(&mut self) -> Result<usize, StoreError> {
        let (value, timestamp_ms) = match self.read_below()? {
            None => (None, -1),
            Some(timestamp_ms) => {
                let value = self
                    .value_codec
                    .decode(Some(&self.value_scratch[TIMESTAMP_BYTES..]), &mut self.value_slot)
                    .map_err(|e| StoreError::Decode { store: self.name.to_string(), reason: e.to_string() })?;
                (Some(value.clone()), timestamp_ms)
            }
        };
        Ok(self.cache.insert(&self.key_scratch, value, timestamp_ms))
    }

    /// Reads the bytes of the scratch key into the value scratch; their time, or `None`.
    fn read_below(&mut self) -> Result<Option<i64>, StoreError> {
        self.value_scratch.clear();
        let found = match self.overlay.get(&self.key_scratch) {
            Some(None) => false,
            Some(Some(bytes)) => {
                self.value_scratch.extend_from_slice(bytes);
                true
            }
            None => self.backend.get(&self.key_scratch, &mut self.value_scratch)?,
        };
        if !found {
            return Ok(None);
        }
        match timestamp_of(&self.value_scratch) {
            Some(timestamp_ms) => Ok(Some(timestamp_ms)),
            None => Err(self.short_row()),
        }
    }

    fn short_row(&self) -> StoreError {
        StoreError::Decode { store: self.name.to_string(), reason: SHORT_ROW.into() }
    }

    /// Takes the value of a row out, to be changed; [`set`](Self::set) or [`put_back`](Self::put_back) must follow.
    #[inline]
    pub(crate) fn take(&mut self, place: usize) -> Option<V> {
        self.cache.take(place)
    }

    /// Puts a value back that was not changed after all.
    pub(crate) fn put_back(&mut self, place: usize, value: Option<V>) {
        self.cache.put_back(place, value);
    }

    /// Gives a row whose value was taken out a new one (`None`: deleted), its time and its headers.
    #[inline]
    pub(crate) fn set(&mut self, place: usize, timestamp_ms: i64, headers: &Headers, value: Option<V>) {
        self.cache.set(place, timestamp_ms, headers, value);
    }

    /// [`set`](Self::set) of a store whose rows may expire, at this stream time. Whether the row
    /// has a value: one that has expired when it comes is a deletion.
    #[inline]
    pub(crate) fn set_live(&mut self, place: usize, timestamp_ms: i64, stream_time_ms: i64, headers: &Headers, value: Option<V>) -> bool {
        if self.expiry.is_some() {
            return self.set_expiring(place, timestamp_ms, stream_time_ms, headers, value);
        }
        let there = value.is_some();
        self.cache.set(place, timestamp_ms, headers, value);
        there
    }

    /// Notes which record made the last change of a row, for what hands the changes on.
    #[inline]
    pub(crate) fn set_cause(&mut self, place: usize, cause: &Cause) {
        self.cache.set_cause(place, cause);
    }

    /// The record that made the last change of a row that is not flushed yet.
    pub(crate) fn cause(&self, place: usize) -> Option<&Cause> {
        self.cache.cause(place)
    }

    /// The value that a row which was taken out, and had none, is said to have had before its change. Kafka Streams tells the initial value of
    /// an aggregation of a stream so, unless a cache lies between.
    pub(crate) fn assume_old(&mut self, place: usize, initial: impl FnOnce() -> V) {
        self.cache.assume_old(place, initial);
    }

    /// Whether [`assume_old`](Self::assume_old) makes a difference.
    #[inline]
    pub(crate) fn tells_old(&self) -> bool {
        self.cache.tells_old()
    }

    pub(crate) fn set_cache_max_bytes(&mut self, bytes: usize) {
        if !self.uncached {
            self.cache.set_max_bytes(bytes);
        }
    }

    pub(crate) fn without_cache(&mut self) {
        self.set_cache_max_bytes(0);
        self.uncached = true;
    }

    pub(crate) fn row(&self, place: usize) -> Option<&V> {
        self.cache.row(place).value.as_ref()
    }

    pub(crate) fn row_timestamp_ms(&self, place: usize) -> i64 {
        self.cache.row(place).timestamp_ms
    }

    /// Whether the cache is used up, so that a flush is due before the commit.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.cache.is_full()
    }

    /// A node hands the changes on, with the values before them if something downstream needs those.
    pub(crate) fn forward_changes(&mut self, with_old: bool) {
        self.forwards = true;
        if with_old {
            self.cache.keep_old();
        }
    }

    /// Keeps no memory of rows that are deleted; with a cache, a row that came and went between two flushes is no change at all.
    pub(crate) fn drop_deleted(&mut self) {
        self.drops_deleted = true;
        self.cache.drop_deleted();
    }

    pub(crate) fn forwards(&self) -> bool {
        self.forwards
    }

    /// The time of a row that is not in the cache.
    pub(crate) fn timestamp_below(&mut self, key: &[u8]) -> Result<Option<i64>, StoreError> {
        self.key_scratch.clear();
        self.key_scratch.extend_from_slice(key);
        self.read_below()
    }

    /// Lets a row that is not changed go, from everywhere but the changelog.
    pub(crate) fn forget(&mut self, key: &[u8]) {
        self.cache.forget(key);
        self.overlay.put(key, None);
    }

    /// Whether a value has bytes that it can be read from again. It is asked before the value is set: the cache would encode it later, when nobody knows any
    /// more which record it was made of.
    ///
    /// # Errors
    /// When it has none.
    #[inline]
    pub(crate) fn check(&mut self, value: Option<&V>) -> Result<(), StoreError> {
        match value {
            Some(value) if V::Codec::REFUSES => {
                self.value_codec.check(value, &mut self.value_scratch).map_err(|error| self.encode_error(&error))
            }
            _ => Ok(()),
        }
    }

    /// Sets the value of a key. The row gets the given time.
    ///
    /// # Errors
    /// When the backend fails, or the key is null or has no bytes.
    pub fn put_at<Q>(&mut self, key: &Q, value: V, timestamp_ms: i64) -> Result<(), StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        self.put_live(key, value, timestamp_ms, i64::MIN)
    }

    /// [`put_at`](Self::put_at) at this stream time, at which the row may have expired already.
    pub(crate) fn put_live<Q>(&mut self, key: &Q, value: V, timestamp_ms: i64, stream_time_ms: i64) -> Result<(), StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        self.check(Some(&value))?;
        let Some(place) = self.load(key)? else { return Err(StoreError::NullKey { store: self.name.to_string() }) };
        self.take(place);
        self.set_live(place, timestamp_ms, stream_time_ms, &Headers::default(), Some(value));
        Ok(())
    }

    /// Deletes a key and returns what it had.
    ///
    /// # Errors
    /// When the backend fails, or the key has no bytes.
    pub fn delete_at<Q>(&mut self, key: &Q, timestamp_ms: i64) -> Result<Option<V>, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let Some(place) = self.load(key)? else { return Ok(None) };
        let before = self.take(place);
        self.set_live(place, timestamp_ms, i64::MIN, &Headers::default(), None);
        Ok(before)
    }

    fn encode_error(&self, error: &CodecError) -> StoreError {
        StoreError::Encode { store: self.name.to_string(), reason: error.to_string() }
    }

    pub(crate) fn commit_overlay(&mut self, position: i64) -> Result<(), StoreError> {
        if self.overlay.is_empty() && self.backend.position() == Some(position) {
            return Ok(());
        }
        self.backend.write(BackendBatch { writes: &self.overlay.sorted(), position })?;
        self.overlay.clear();
        Ok(())
    }

    pub(crate) fn changelog(&self) -> Option<(TopicSlot, i32)> {
        self.changelog
    }

    pub(crate) fn overlay_rows(&self) -> usize {
        self.overlay.len()
    }

    pub(crate) fn overlay_bytes(&self) -> usize {
        self.overlay.size_bytes()
    }

    pub(crate) fn position(&self) -> Option<i64> {
        self.backend.position()
    }

    pub(crate) fn clear_for_restore(&mut self) -> Result<(), StoreError> {
        if let Some(expiry) = &mut self.expiry {
            expiry.clear();
        }
        self.backend.clear()
    }

    pub(crate) fn restore(&mut self, records: &mut dyn Iterator<Item = RecordRef<'_>>, position: i64) -> Result<(), StoreError> {
        let mut row = std::mem::take(&mut self.value_scratch);
        for record in records {
            let key = if self.source.is_some() { row_key::<K, K::Codec>(record.key) } else { record.key };
            let Some(key) = key else { continue };
            if self.source.is_some() && !self.is_readable(&record) {
                continue;
            }
            row.clear();
            row.extend_from_slice(&record.timestamp_ms.to_be_bytes());
            row.extend_from_slice(record.value.unwrap_or_default());
            self.overlay.put(key, record.value.map(|_| &row[..]));
            if let Some(expiry) = &mut self.expiry {
                match record.value {
                    Some(_) => expiry.note(key, record.timestamp_ms),
                    None => expiry.forget(key),
                }
            }
        }
        self.value_scratch = row;
        self.commit_overlay(position)
    }
}

fn timestamp_of(row: &[u8]) -> Option<i64> {
    row.first_chunk::<TIMESTAMP_BYTES>().map(|bytes| i64::from_be_bytes(*bytes))
}
