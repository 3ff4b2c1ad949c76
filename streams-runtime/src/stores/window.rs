//! Values by key and window: a key-value store whose keys end with the window's start, and which forgets old windows.
//!
//! A row's key is the key's bytes, 8 bytes of the start and 4 of a sequence number (0: one row per key and window), as Kafka Streams has it
//! in its changelogs. Windows that are out of retention leave without a word to the changelog: the topic's own retention deletes them there.

mod index;
mod operations;

use std::marker::PhantomData;
use std::ops::{ControlFlow, RangeInclusive};
use std::sync::Arc;

use self::index::WindowIndex;
use super::erased::OverRows;
use super::{Change, KeyValueBackend, KeyValueStore, StoreError};
use crate::broker::{ProduceBatch, TopicSlot};
use crate::codec::{Codec, CodecError, Encoded, StreamData};
use crate::context::Cause;
use crate::headers::Headers;
use crate::record::RecordRef;
use crate::windows::WindowEnds;

const START_BYTES: usize = 8;
const SEQUENCE: [u8; 4] = [0; 4];
/// The largest sequence number, as Kafka Streams has it; then they begin anew.
const MAX_SEQUENCE: u32 = i32::MAX as u32;
/// What follows the key's own bytes.
const SUFFIX_BYTES: usize = START_BYTES + SEQUENCE.len();

/// A window store of one task.
pub struct WindowStore<K: StreamData, V: StreamData> {
    rows: KeyValueStore<Vec<u8>, V>,
    index: WindowIndex,
    retention_ms: i64,
    /// The largest start that was put, since the restore or before the commit that it is from; -1
    /// before the first.
    newest_start_ms: i64,
    /// The stream time up to which rows that are found were committed.
    committed_ms: i64,
    /// There are rows from beyond the commit, which have not moved the time.
    has_rows_ahead: bool,
    /// Where windows end: what the store's users are told.
    ends: WindowEnds,
    /// Whether all values of one key and time are kept, by sequence numbers.
    retain_duplicates: bool,
    /// The largest sequence number that was given out or found.
    last_sequence: u32,
    key_scratch: Vec<u8>,
    key: PhantomData<fn() -> K>,
}

/// A row that a change was made to or that was found: the key's bytes are without the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WindowKey<'a> {
    pub(crate) key: &'a [u8],
    pub(crate) start_ms: i64,
    /// Which of the values of this key and time.
    pub(crate) sequence: u32,
}

/// Appends what makes the bytes of a key those of a row.
#[inline]
pub(crate) fn end_row_key(key: &mut Vec<u8>, start_ms: i64) {
    key.extend_from_slice(&start_ms.to_be_bytes());
    key.extend_from_slice(&SEQUENCE);
}

impl WindowKey<'_> {
    /// Writes the bytes of the row's key.
    fn write(&self, row: &mut Vec<u8>) {
        row.clear();
        row.extend_from_slice(self.key);
        row.extend_from_slice(&self.start_ms.to_be_bytes());
        row.extend_from_slice(&self.sequence.to_be_bytes());
    }
}

/// Takes the bytes of a row's key apart.
pub(crate) fn row_key(row: &[u8]) -> Result<WindowKey<'_>, CodecError> {
    let short = CodecError::Length { expected: SUFFIX_BYTES, found: row.len() };
    let Some((rest, sequence)) = row.split_last_chunk::<4>() else { return Err(short) };
    let Some((key, start)) = rest.split_last_chunk::<START_BYTES>() else { return Err(short) };
    Ok(WindowKey { key, start_ms: i64::from_be_bytes(*start), sequence: u32::from_be_bytes(*sequence) })
}

impl<K, V> WindowStore<K, V>
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
        retention_ms: i64,
    ) -> Result<Self, StoreError> {
        let mut store = WindowStore {
            rows: KeyValueStore::new(name, backend, changelog, cache_max_bytes),
            index: WindowIndex::default(),
            retention_ms,
            newest_start_ms: -1,
            committed_ms: i64::MAX,
            has_rows_ahead: false,
            ends: WindowEnds::After(0),
            retain_duplicates: false,
            last_sequence: 0,
            key_scratch: Vec::new(),
            key: PhantomData,
        };
        let mut keys: Vec<Vec<u8>> = Vec::new();
        store.rows.all(|key, _| {
            keys.push(key.clone());
            ControlFlow::Continue(())
        })?;
        for key in keys {
            store.note_restored(&key, i64::MAX);
        }
        // What comes now is from a changelog.
        store.committed_ms = -1;
        Ok(store)
    }

    /// The store's name.
    pub fn name(&self) -> &str {
        self.rows.name()
    }

    /// Starts up to this one are out of retention.
    fn expired_ms(&self) -> i64 {
        self.newest_start_ms.saturating_sub(self.retention_ms)
    }

    /// Remembers that there is a row. One that was there already may have been restored from beyond
    /// the commit.
    #[inline]
    fn note(&mut self, row: &[u8], is_new: bool) {
        // What is too short for a window is told when it is read.
        let Ok(row) = row_key(row) else { return };
        self.newest_start_ms = self.newest_start_ms.max(row.start_ms);
        if is_new {
            self.last_sequence = self.last_sequence.max(row.sequence);
            self.index.insert(row);
        }
    }

    /// Remembers a row that was there before, or was written at this time. It moves the time of the
    /// store if it was there at the commit.
    fn note_restored(&mut self, row: &[u8], timestamp_ms: i64) {
        let Ok(row) = row_key(row) else { return };
        if row.start_ms.min(timestamp_ms) <= self.committed_ms {
            self.newest_start_ms = self.newest_start_ms.max(row.start_ms);
        } else {
            self.has_rows_ahead = true;
        }
        self.last_sequence = self.last_sequence.max(row.sequence);
        self.index.insert(row);
    }

    /// The place of a row in the cache, read from below if it is not there.
    #[inline]
    pub(crate) fn load(&mut self, row: &[u8]) -> Result<usize, StoreError> {
        match self.rows.load(row)? {
            Some(place) => Ok(place),
            None => Err(StoreError::NullKey { store: self.name().to_owned() }),
        }
    }

    #[inline]
    pub(crate) fn take(&mut self, place: usize) -> Option<V> {
        self.rows.take(place)
    }

    /// As [`KeyValueStore::tells_old`].
    #[inline]
    pub(crate) fn tells_old(&self) -> bool {
        self.rows.tells_old()
    }

    /// As [`KeyValueStore::assume_old`].
    pub(crate) fn assume_old(&mut self, place: usize, initial: Option<V>) {
        if let Some(initial) = initial {
            self.rows.assume_old(place, || initial);
        }
    }

    pub(crate) fn put_back(&mut self, place: usize, value: Option<V>) {
        self.rows.put_back(place, value);
    }

    pub(crate) fn row(&self, place: usize) -> Option<&V> {
        self.rows.row(place)
    }

    pub(crate) fn row_timestamp_ms(&self, place: usize) -> i64 {
        self.rows.row_timestamp_ms(place)
    }

    /// Gives a row whose value was taken out a new one, its time and its headers. `is_new`: it had no value.
    #[inline]
    pub(crate) fn set(&mut self, place: usize, row: (&[u8], bool), timestamp_ms: i64, headers: &Headers, value: Option<V>) {
        let (key, is_new) = row;
        if is_new || self.has_rows_ahead {
            self.note(key, is_new);
        }
        self.rows.set(place, timestamp_ms, headers, value);
    }

    /// As [`KeyValueStore::set_cause`].
    #[inline]
    pub(crate) fn set_cause(&mut self, place: usize, cause: &Cause) {
        self.rows.set_cause(place, cause);
    }

    /// As [`KeyValueStore::cause`].
    pub(crate) fn cause(&self, place: usize) -> Option<&Cause> {
        self.rows.cause(place)
    }

    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.rows.is_full()
    }

    /// Where windows end.
    pub(crate) fn ends(&self) -> WindowEnds {
        self.ends.clone()
    }

    pub(crate) fn forward_changes(&mut self, with_old: bool) {
        self.rows.forward_changes(with_old);
    }

    /// Removes the rows that are out of retention. Only with nothing changed in the cache.
    fn expire(&mut self) {
        let expired_ms = self.expired_ms();
        let mut bytes = std::mem::take(&mut self.key_scratch);
        let WindowStore { index, rows, .. } = self;
        while index.pop_until(expired_ms, |row| {
            row.write(&mut bytes);
            rows.forget(&bytes);
        }) {}
        self.key_scratch = bytes;
    }

    /// The row after `row` in the order of (start, key) whose start is not above `to_ms`; its bytes replace those of `row`. An empty `row`
    /// asks for the first one above `from_ms`. Also finds rows that are out of retention but still there.
    pub(crate) fn next_row(&mut self, row: &mut Vec<u8>, from_ms: i64, to_ms: i64) -> bool {
        let next = self.index.next(row_key(row).ok(), from_ms).filter(|next| next.start_ms <= to_ms);
        next.map(|next| next.write(row)).is_some()
    }

    /// Appends the starts of the windows of a key that are within retention and within a range, ascending. Windows whose rows were deleted
    /// are among them.
    pub(crate) fn starts_of(&self, key: &[u8], within_ms: RangeInclusive<i64>, starts: &mut Vec<i64>) {
        let from_ms = (*within_ms.start()).max(self.expired_ms().saturating_add(1));
        starts.extend(self.index.of_key(key, from_ms..=*within_ms.end()).map(|(start_ms, _)| start_ms));
    }

    /// The value of a key in the window with this start, and the time of its last update; of duplicates the one that was put last. A borrowed
    /// form of the key will do.
    ///
    /// # Errors
    /// When the backend fails or holds bytes of another type.
    pub fn fetch_with_timestamp<Q>(&mut self, key: &Q, start_ms: i64) -> Result<Option<(&V, i64)>, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        if self.retain_duplicates {
            return self.last_duplicate(key, start_ms);
        }
        let mut row = std::mem::take(&mut self.key_scratch);
        row.clear();
        let encoded = Q::Codec::default().encode(key, &mut row);
        end_row_key(&mut row, start_ms);
        let place = match encoded {
            Ok(Encoded::Bytes) if start_ms > self.expired_ms() => self.load(&row).map(Some),
            Ok(_) => Ok(None),
            Err(e) => Err(StoreError::Encode { store: self.name().to_owned(), reason: e.to_string() }),
        };
        self.key_scratch = row;
        let Some(place) = place? else { return Ok(None) };
        Ok(self.rows.row(place).map(|value| (value, self.rows.row_timestamp_ms(place))))
    }

    /// Calls `visit` with key, start, value and time of every row that is within retention, in the order of the keys' bytes and then of
    /// the starts, until it breaks.
    ///
    /// # Errors
    /// When the backend fails or holds bytes of another type.
    pub fn all(&mut self, mut visit: impl FnMut(&K, i64, &V, i64) -> ControlFlow<()>) -> Result<(), StoreError> {
        let from_ms = self.expired_ms().saturating_add(1);
        let mut keys: Vec<(Vec<u8>, i64, u32)> =
            self.index.range(from_ms..=i64::MAX).map(|row| (row.key.to_vec(), row.start_ms, row.sequence)).collect();
        keys.sort_unstable();
        let codec = K::Codec::default();
        let mut slot = Default::default();
        let mut row = Vec::new();
        for (key, start_ms, sequence) in keys {
            WindowKey { key: &key, start_ms, sequence }.write(&mut row);
            let place = self.load(&row)?;
            let Some(value) = self.rows.row(place) else { continue };
            let decoded = codec.decode(Some(&key), &mut slot);
            let key = decoded.map_err(|e| StoreError::Decode { store: self.name().to_owned(), reason: e.to_string() })?;
            if visit(key, start_ms, value, self.rows.row_timestamp_ms(place)).is_break() {
                break;
            }
        }
        Ok(())
    }
}

impl<K, V> OverRows for WindowStore<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    type Value = V;

    fn rows(&self) -> &KeyValueStore<Vec<u8>, V> {
        &self.rows
    }

    fn rows_mut(&mut self) -> &mut KeyValueStore<Vec<u8>, V> {
        &mut self.rows
    }

    fn next_change(&mut self, row: &mut Vec<u8>, out: &mut ProduceBatch) -> Result<Option<Change<V>>, StoreError> {
        let change = self.rows.next_change(row, out)?;
        if change.is_none() {
            self.expire();
        }
        Ok(change)
    }

    fn begin_restore(&mut self, committed_ms: i64) {
        self.committed_ms = committed_ms;
        let newest = self.index.range(i64::MIN..=committed_ms).next_back();
        self.newest_start_ms = newest.map_or(-1, |row| row.start_ms.max(-1));
        self.has_rows_ahead = committed_ms < i64::MAX && self.index.range(committed_ms + 1..=i64::MAX).next().is_some();
    }

    fn time_ms(&self) -> i64 {
        self.newest_start_ms
    }

    fn restore(&mut self, records: &mut dyn Iterator<Item = RecordRef<'_>>, position: i64) -> Result<(), StoreError> {
        let mut keys: Vec<(Box<[u8]>, i64)> = Vec::new();
        let mut seen = records.inspect(|record| keys.extend(record.key.map(|key| (key.into(), record.timestamp_ms))));
        self.rows.restore(&mut seen, position)?;
        for (key, timestamp_ms) in keys {
            self.note_restored(&key, timestamp_ms);
        }
        self.expire();
        Ok(())
    }

    fn seek(&mut self, key: &[u8]) -> Result<Option<usize>, StoreError> {
        let Some((_, start)) = key.split_last_chunk::<START_BYTES>() else { return Ok(None) };
        if i64::from_be_bytes(*start) <= self.expired_ms() {
            return Ok(None);
        }
        let mut row = std::mem::take(&mut self.key_scratch);
        row.clear();
        row.extend_from_slice(key);
        row.extend_from_slice(&SEQUENCE);
        let place = self.load(&row);
        self.key_scratch = row;
        place.map(Some)
    }

    fn clear_for_restore(&mut self) -> Result<(), StoreError> {
        self.index.clear();
        self.newest_start_ms = -1;
        self.has_rows_ahead = false;
        self.rows.clear_for_restore()
    }
}

#[cfg(test)]
mod tests;
