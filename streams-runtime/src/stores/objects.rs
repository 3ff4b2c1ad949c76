//! Stores that keep their rows as Rust objects in an order of their own: what lies below them, and what the runtime does with them.
//!
//! A row is encoded once, for the changelog. Below is a backend that outlives the process, if there is one: it gets the same bytes with the
//! commit. One in memory gets nothing, since all that it could give back is here already.

use std::any::Any;
use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

use super::overlay::Overlay;
use super::{BackendBatch, KeyValueBackend, StoreError, StoreObject};
use crate::broker::{ProduceBatch, TopicSlot};
use crate::codec::CodecError;
use crate::record::{NewRecord, RecordRef};

/// Milliseconds in front of every value in a backend, as key-value stores have it.
const TIMESTAMP_BYTES: usize = 8;

/// Rows as objects.
pub(crate) trait ObjectRows: 'static {
    /// Takes a row over as a changelog or a backend has it; without a value it is deleted.
    fn take_over(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), CodecError>;
    /// See [`StoreObject::begin_restore`].
    fn begin_restore(&mut self, committed_ms: i64) {
        let _ = committed_ms;
    }
    /// See [`StoreObject::time_ms`].
    fn time_ms(&self) -> i64 {
        -1
    }
    /// All that the backend holds is taken over; it was committed, as far as nobody says otherwise.
    /// What comes now is from a changelog.
    fn opened(&mut self) {}
    /// Lets go of what is out of retention.
    fn expire(&mut self, below: &mut Below);
    /// Forgets everything.
    fn clear(&mut self);
}

/// The changelog of a store, and its backend with what waits for the commit.
pub(crate) struct Below {
    name: Arc<str>,
    changelog: Option<(TopicSlot, i32)>,
    overlay: Overlay,
    backend: Box<dyn KeyValueBackend>,
    /// Rows whose deletion is not in the changelog yet, with its time.
    gone: BTreeMap<Box<[u8]>, i64>,
    row: Vec<u8>,
}

impl Below {
    pub(crate) fn new(name: Arc<str>, backend: Box<dyn KeyValueBackend>, changelog: Option<(TopicSlot, i32)>) -> Self {
        Below { name, changelog, overlay: Overlay::default(), backend, gone: BTreeMap::new(), row: Vec::new() }
    }

    /// Writes a row to the changelog and to what waits for the backend.
    pub(crate) fn write(&mut self, key: &[u8], value: &[u8], timestamp_ms: i64, out: &mut ProduceBatch) {
        if !self.gone.is_empty() {
            self.gone.remove(key);
        }
        self.log(key, Some(value), timestamp_ms, out);
        self.keep(key, Some(value), timestamp_ms);
    }

    /// Deletes a row that has become a result. The changelog is told when the result is acknowledged: earlier, a crash could lose both.
    pub(crate) fn delete(&mut self, key: Box<[u8]>, timestamp_ms: i64) {
        self.keep(&key, None, timestamp_ms);
        if self.changelog.is_some() {
            self.gone.insert(key, timestamp_ms);
        }
    }

    fn log(&self, key: &[u8], value: Option<&[u8]>, timestamp_ms: i64, out: &mut ProduceBatch) {
        if let Some((topic, partition)) = self.changelog {
            out.push(topic, partition, NewRecord { key: Some(key), value, timestamp_ms: timestamp_ms.max(0), offset: 0 });
        }
    }

    /// Lets a row go without a word to the changelog, whose own retention deletes it there.
    pub(crate) fn forget(&mut self, key: &[u8]) {
        self.keep(key, None, 0);
    }

    /// Writes a row to what waits for the backend alone.
    pub(crate) fn keep(&mut self, key: &[u8], value: Option<&[u8]>, timestamp_ms: i64) {
        if self.backend.is_volatile() {
            return;
        }
        self.row.clear();
        self.row.extend_from_slice(&timestamp_ms.to_be_bytes());
        self.row.extend_from_slice(value.unwrap_or_default());
        self.overlay.put(key, value.map(|_| &self.row[..]));
    }

    fn commit(&mut self, position: i64) -> Result<(), StoreError> {
        if self.backend.is_volatile() || self.overlay.is_empty() && self.backend.position() == Some(position) {
            return Ok(());
        }
        self.backend.write(BackendBatch { writes: &self.overlay.sorted(), position })?;
        self.overlay.clear();
        Ok(())
    }

    fn decode_error(&self, error: &CodecError) -> StoreError {
        StoreError::Decode { store: self.name.to_string(), reason: error.to_string() }
    }

    /// A value has no bytes.
    pub(crate) fn encode_error(&self, error: &CodecError) -> StoreError {
        StoreError::Encode { store: self.name.to_string(), reason: error.to_string() }
    }
}

/// A store over rows that are objects.
pub(crate) struct ObjectStore<R> {
    pub(crate) rows: R,
    pub(crate) below: Below,
}

impl<R: ObjectRows> ObjectStore<R> {
    /// A store with what the backend holds already.
    pub(crate) fn new(rows: R, below: Below) -> Result<Self, StoreError> {
        let mut store = ObjectStore { rows, below };
        let mut problem = None;
        let rows = &mut store.rows;
        store.below.backend.range(Bound::Unbounded, Bound::Unbounded, &mut |key, row| {
            let taken = match row.get(TIMESTAMP_BYTES..) {
                Some(value) => rows.take_over(key, Some(value)),
                None => Err(CodecError::Length { expected: TIMESTAMP_BYTES, found: row.len() }),
            };
            match taken {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    problem = Some(error);
                    ControlFlow::Break(())
                }
            }
        })?;
        match problem {
            Some(error) => Err(store.below.decode_error(&error)),
            None => {
                store.rows.opened();
                Ok(store)
            }
        }
    }
}

impl<R: ObjectRows> StoreObject for ObjectStore<R> {
    fn name(&self) -> &str {
        &self.below.name
    }
    fn begin_restore(&mut self, committed_ms: i64) -> Result<(), StoreError> {
        self.rows.begin_restore(committed_ms);
        Ok(())
    }
    fn time_ms(&self) -> i64 {
        self.rows.time_ms()
    }
    fn restore(&mut self, records: &mut dyn Iterator<Item = RecordRef<'_>>, position: i64) -> Result<(), StoreError> {
        for record in records {
            let Some(key) = record.key else { continue };
            self.rows.take_over(key, record.value).map_err(|error| self.below.decode_error(&error))?;
            self.below.keep(key, record.value, record.timestamp_ms);
        }
        self.rows.expire(&mut self.below);
        self.below.commit(position)
    }
    fn position(&self) -> Option<i64> {
        self.below.backend.position()
    }
    fn clear_for_restore(&mut self) -> Result<(), StoreError> {
        self.rows.clear();
        self.below.gone.clear();
        self.below.overlay.clear();
        self.below.backend.clear()
    }
    fn flush_quietly(&mut self, _: &mut ProduceBatch) -> Result<(), StoreError> {
        // Every change is in the changelog already.
        Ok(())
    }
    fn flush_gone(&mut self, out: &mut ProduceBatch) -> bool {
        let gone = std::mem::take(&mut self.below.gone);
        for (key, timestamp_ms) in &gone {
            self.below.log(key, None, *timestamp_ms, out);
        }
        !gone.is_empty()
    }
    fn commit(&mut self, position: i64) -> Result<(), StoreError> {
        self.below.commit(position)
    }
    fn changelog(&self) -> Option<(TopicSlot, i32)> {
        self.below.changelog
    }
    fn set_cache_max_bytes(&mut self, _: usize) {}
    fn forwards(&self) -> bool {
        false
    }
    fn is_full(&self) -> bool {
        false
    }
    fn uncommitted_bytes(&self) -> usize {
        self.below.overlay.size_bytes()
    }
    fn uncommitted_rows(&self) -> usize {
        self.below.overlay.len()
    }
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}
