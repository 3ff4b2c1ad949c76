//! Changes that wait, by key: a key-value store of what [`Buffered`] says, with an index by the time that it is ordered by.
//!
//! The changelog is that of Kafka Streams' suppression buffers. A row's own time, which Kafka Streams takes from the clock as well, is when
//! its key came in by the wall clock. The index is made when the task begins, of what the rows then are.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use super::erased::OverRows;
use super::{Change, KeyValueBackend, KeyValueStore, StoreError, ordered_time};
use crate::broker::{ProduceBatch, TopicSlot};
use crate::codec::buffered::{Buffered, BufferedParts};
use crate::codec::{Codec, CodecError, Encoded, Held, StreamData};
use crate::context::RawRecord;
use crate::headers::Headers;
use crate::record::{NewRecord, RecordBatch, RecordRef};

/// The header of changelog records that says their version.
const VERSION: &[u8] = b"v";
const VERSION_3: &[u8] = &[3];
/// Some releases of Kafka Streams wrote version 3 and called it 2.
const VERSION_2: &[u8] = &[2];

/// What is known of a key that waits, beside its row.
struct Waiting {
    /// What it counts for.
    counted: usize,
    /// The record that made the last update as its topic has it, if that is kept; a row that leaves the cache would lose it.
    raw: Option<Arc<RawRecord>>,
}

/// The buffer of one task.
pub(crate) struct BufferStore<V: Held> {
    rows: KeyValueStore<Vec<u8>, Buffered<V>>,
    /// All keys behind the time that they are ordered by.
    by_time: BTreeMap<Box<[u8]>, Waiting>,
    /// All keys behind the time of their arrival, if that is asked for.
    by_arrival: Option<BTreeSet<Box<[u8]>>>,
    /// Whether bytes are counted.
    counts_bytes: bool,
    bytes: usize,
    /// Keys that have left, and whose deletion is not in the changelog yet, with its time.
    gone: BTreeMap<Vec<u8>, i64>,
    /// A place in an index: a time and a key.
    place: Vec<u8>,
    scratch: Vec<u8>,
}

/// A time and a key as bytes in the order of both.
fn place_of(place: &mut Vec<u8>, time_ms: i64, key: &[u8]) {
    place.clear();
    place.extend_from_slice(&ordered_time::to_bytes(time_ms));
    place.extend_from_slice(key);
}

/// The time of a place in an index.
fn time_of(place: &[u8]) -> i64 {
    place.first_chunk().map_or(i64::MIN, |time| ordered_time::from_bytes(*time))
}

impl<V: Held> BufferStore<V> {
    /// A store over what the backend holds already.
    pub(crate) fn new(
        name: Arc<str>,
        backend: Box<dyn KeyValueBackend>,
        changelog: Option<(TopicSlot, i32)>,
        cache_max_bytes: usize,
    ) -> Self {
        let mut rows = KeyValueStore::new(name, backend, changelog, cache_max_bytes);
        rows.hold_deletions();
        BufferStore {
            rows,
            gone: BTreeMap::new(),
            by_time: BTreeMap::new(),
            by_arrival: None,
            counts_bytes: false,
            bytes: 0,
            place: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Makes the index; before anything else, and once the rows are restored.
    pub(crate) fn open(&mut self, counts_bytes: bool, by_arrival: bool) -> Result<(), StoreError> {
        self.counts_bytes = counts_bytes;
        self.by_time.clear();
        self.by_arrival = by_arrival.then(BTreeSet::new);
        self.bytes = 0;
        let mut keys: Vec<Vec<u8>> = Vec::new();
        self.rows.all(|key, _| {
            keys.push(key.clone());
            ControlFlow::Continue(())
        })?;
        for key in keys {
            let Some(at) = self.rows.load(&key[..])? else { continue };
            let Some(time_ms) = self.rows.row(at).map(|row| row.time_ms) else { continue };
            let arrived_ms = self.rows.row_timestamp_ms(at);
            let counted = self.counted_bytes(at, &key)?;
            self.enter(&key, time_ms, arrived_ms, Waiting { counted, raw: None });
        }
        Ok(())
    }

    /// The store's name.
    pub(crate) fn name(&self) -> &str {
        self.rows.name()
    }

    /// How many keys wait.
    pub(crate) fn len(&self) -> usize {
        self.by_time.len()
    }

    /// What they count for, as Kafka Streams counts it; if it is counted.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The time of the key that is first.
    #[inline]
    pub(crate) fn first_ms(&self) -> Option<i64> {
        self.by_time.first_key_value().map(|(place, _)| time_of(place))
    }

    /// When the key came that is there longest, by the wall clock.
    pub(crate) fn first_arrival_ms(&self) -> Option<i64> {
        self.by_arrival.as_ref()?.first().map(|place| time_of(place))
    }

    fn enter(&mut self, key: &[u8], time_ms: i64, arrived_ms: i64, waiting: Waiting) {
        self.bytes += waiting.counted;
        place_of(&mut self.place, time_ms, key);
        self.by_time.insert(self.place.as_slice().into(), waiting);
        if let Some(by_arrival) = &mut self.by_arrival {
            place_of(&mut self.place, arrived_ms, key);
            by_arrival.insert(self.place.as_slice().into());
        }
    }

    /// What a row counts for; 0 where that does not matter.
    fn counted_bytes(&mut self, at: usize, key: &[u8]) -> Result<usize, StoreError> {
        let Some(row) = self.rows.row(at).filter(|_| self.counts_bytes) else { return Ok(0) };
        self.scratch.clear();
        let encoded = <Buffered<V> as StreamData>::Codec::default().encode(row, &mut self.scratch);
        match encoded.and_then(|_: Encoded| BufferedParts::read(&self.scratch).map(|parts| parts.counted_bytes())) {
            Ok(counted) => Ok(counted + key.len()),
            Err(e) => Err(StoreError::Encode { store: self.name().to_owned(), reason: e.to_string() }),
        }
    }

    fn load(&mut self, key: &[u8]) -> Result<usize, StoreError> {
        match self.rows.load(key)? {
            Some(at) => Ok(at),
            None => Err(StoreError::NullKey { store: self.name().to_owned() }),
        }
    }

    /// What the key had when it came in, if it is waiting: outer `None` if it is not, inner `None` if it had nothing.
    pub(crate) fn prior(&mut self, key: &[u8]) -> Result<Option<Option<&V>>, StoreError> {
        let at = self.load(key)?;
        Ok(self.rows.row(at).map(|row| row.prior.as_ref()))
    }

    /// Puts the update of a key in. One that waits already keeps its time; `update` changes what waits, and is told whether it is new.
    pub(crate) fn put(
        &mut self,
        key: &[u8],
        (time_ms, now_ms): (i64, i64),
        update: impl FnOnce(&mut Buffered<V>, bool),
    ) -> Result<(), StoreError> {
        let at = self.load(key)?;
        let arrived_ms = self.rows.row_timestamp_ms(at);
        let before = self.rows.take(at);
        let is_new = before.is_none();
        let mut row = before.unwrap_or_else(|| Buffered { time_ms, ..Buffered::default() });
        update(&mut row, is_new);
        let raw = row.origin.cause.raw.take();
        let time_ms = row.time_ms;
        let arrived_ms = if is_new { now_ms } else { arrived_ms };
        self.rows.set(at, arrived_ms, &Headers::default(), Some(row));
        if is_new {
            let counted = self.counted_bytes(at, key)?;
            self.enter(key, time_ms, arrived_ms, Waiting { counted, raw });
        } else if self.counts_bytes || raw.is_some() {
            let counted = self.counted_bytes(at, key)?;
            place_of(&mut self.place, time_ms, key);
            if let Some(waiting) = self.by_time.get_mut(&self.place[..]) {
                let before = std::mem::replace(waiting, Waiting { counted, raw });
                self.bytes = (self.bytes + counted).saturating_sub(before.counted);
            }
        }
        Ok(())
    }

    /// Takes out the key that is first; its bytes go to `key`.
    pub(crate) fn take_first(&mut self, key: &mut Vec<u8>) -> Result<Option<Buffered<V>>, StoreError> {
        let Some((place, waiting)) = self.by_time.pop_first() else { return Ok(None) };
        key.clear();
        key.extend_from_slice(place.get(ordered_time::BYTES..).unwrap_or_default());
        self.remove(key, waiting)
    }

    /// The keys that came up to this time by the wall clock, in the order in which they leave.
    pub(crate) fn arrived_until(&mut self, until_ms: i64) -> Result<Vec<Box<[u8]>>, StoreError> {
        let arrived = self.by_arrival.iter().flatten().take_while(|place| time_of(place) <= until_ms);
        let keys: Vec<Box<[u8]>> = arrived.map(|place| place.get(ordered_time::BYTES..).unwrap_or_default().into()).collect();
        let mut places = Vec::with_capacity(keys.len());
        for key in keys {
            let at = self.load(&key)?;
            let Some(row) = self.rows.row(at) else { continue };
            place_of(&mut self.place, row.time_ms, &key);
            places.push(self.place.as_slice().into());
        }
        places.sort_unstable();
        Ok(places)
    }

    /// Takes out the key of a place that [`arrived_until`](Self::arrived_until) gave; its bytes go to `key`.
    pub(crate) fn take_at(&mut self, place: &[u8], key: &mut Vec<u8>) -> Result<Option<Buffered<V>>, StoreError> {
        let Some(waiting) = self.by_time.remove(place) else { return Ok(None) };
        key.clear();
        key.extend_from_slice(place.get(ordered_time::BYTES..).unwrap_or_default());
        self.remove(key, waiting)
    }

    fn remove(&mut self, key: &[u8], waiting: Waiting) -> Result<Option<Buffered<V>>, StoreError> {
        self.bytes = self.bytes.saturating_sub(waiting.counted);
        let at = self.load(key)?;
        let arrived_ms = self.rows.row_timestamp_ms(at);
        let row = self.rows.take(at);
        self.rows.set(at, arrived_ms, &Headers::default(), None);
        if let Some(by_arrival) = &mut self.by_arrival {
            place_of(&mut self.place, arrived_ms, key);
            by_arrival.remove(&self.place[..]);
        }
        Ok(row.map(|mut row| {
            row.origin.cause.raw = waiting.raw;
            row
        }))
    }
}

impl<V: Held> OverRows for BufferStore<V> {
    type Value = Buffered<V>;

    fn rows(&self) -> &KeyValueStore<Vec<u8>, Buffered<V>> {
        &self.rows
    }

    fn rows_mut(&mut self) -> &mut KeyValueStore<Vec<u8>, Buffered<V>> {
        &mut self.rows
    }

    fn next_change(&mut self, row: &mut Vec<u8>, out: &mut ProduceBatch) -> Result<Option<Change<Buffered<V>>>, StoreError> {
        let change = self.rows.next_change(row, out)?;
        if self.rows.changelog().is_none() {
            return Ok(change);
        }
        match &change {
            Some(Change { new: Some(_), .. }) => {
                out.push_header(VERSION, Some(VERSION_3));
                self.gone.remove(row);
            }
            Some(Change { new: None, timestamp_ms, .. }) => {
                self.gone.insert(row.clone(), *timestamp_ms);
            }
            None => {}
        }
        Ok(change)
    }

    /// What has left is a result. The changelog hears of it when the result is acknowledged:
    /// earlier, a crash could lose both.
    fn flush_gone(&mut self, out: &mut ProduceBatch) -> bool {
        let gone = std::mem::take(&mut self.gone);
        if let Some((topic, partition)) = self.rows.changelog() {
            for (key, timestamp_ms) in &gone {
                out.push(topic, partition, NewRecord { key: Some(key), value: None, timestamp_ms: (*timestamp_ms).max(0), offset: 0 });
            }
        }
        !gone.is_empty()
    }

    fn restore(&mut self, records: &mut dyn Iterator<Item = RecordRef<'_>>, position: i64) -> Result<(), StoreError> {
        // All are looked at before the backend is told that it has them.
        let mut readable = RecordBatch::default();
        for record in records {
            if let Some(reason) = problem(&record) {
                return Err(StoreError::Decode { store: self.name().to_owned(), reason });
            }
            readable.push_ref(record);
        }
        self.rows.restore(&mut readable.iter(), position)
    }

    fn clear_for_restore(&mut self) -> Result<(), StoreError> {
        self.by_time.clear();
        self.by_arrival = self.by_arrival.take().map(|_| BTreeSet::new());
        self.bytes = 0;
        self.gone.clear();
        self.rows.clear_for_restore()
    }
}

/// Why a record of the changelog cannot be read.
fn problem(record: &RecordRef<'_>) -> Option<String> {
    let value = record.value?;
    match record.headers.last("v").flatten() {
        Some(VERSION_3 | VERSION_2) => BufferedParts::read(value).err().map(|error: CodecError| error.to_string()),
        Some(other) => Some(format!("offset {} of its changelog is of version {other:?}, which is not known", record.offset)),
        None => Some(format!("offset {} of its changelog has no version: it was written by Kafka Streams before 2.3", record.offset)),
    }
}

#[cfg(test)]
mod tests;
