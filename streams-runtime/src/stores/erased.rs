//! Stores of whatever type, as the runtime sees them.

use std::any::Any;

use super::{Change, KeyValueStore, StoreError};
use crate::broker::{ProduceBatch, TopicSlot};
use crate::codec::StreamData;
use crate::record::RecordRef;

/// What the runtime does with a store of whatever type.
pub trait StoreObject: Any {
    /// The store's name.
    fn name(&self) -> &str;
    /// Before a restore: the stream time up to which the task is committed; -1 if it is not known.
    /// A changelog may be ahead of the commit. Its newest rows are then not the time of the store:
    /// records that are processed once more would not find what was there before them. Whoever does
    /// not say this before a restore loses nothing: then the changelog moves no time at all, and a
    /// backend is taken at its word.
    ///
    /// # Errors
    /// When the backend fails, which is asked for the rows that it has.
    fn begin_restore(&mut self, committed_ms: i64) -> Result<(), StoreError> {
        let _ = committed_ms;
        Ok(())
    }
    /// The time that its rows go by, in a store whose rows leave when time goes on; -1 before the
    /// first.
    fn time_ms(&self) -> i64 {
        -1
    }
    /// Takes over what a changelog holds. Rows leave that are out of retention at the committed
    /// stream time.
    ///
    /// # Errors
    /// When the backend fails.
    fn restore(&mut self, records: &mut dyn Iterator<Item = RecordRef<'_>>, position: i64) -> Result<(), StoreError>;
    /// Up to where of the changelog the backend holds everything.
    fn position(&self) -> Option<i64>;
    /// Empties the backend: the changelog does not reach back to its position.
    ///
    /// # Errors
    /// When the backend fails.
    fn clear_for_restore(&mut self) -> Result<(), StoreError>;
    /// Writes all cached changes that nobody downstream waits for to the changelog.
    ///
    /// # Errors
    /// When a value cannot be encoded.
    fn flush_quietly(&mut self, out: &mut ProduceBatch) -> Result<(), StoreError>;
    /// When all results so far are acknowledged: writes to the changelog that rows are gone whose results these are. Whether there was
    /// anything, which has to be acknowledged as well before the commit.
    fn flush_gone(&mut self, out: &mut ProduceBatch) -> bool {
        let _ = out;
        false
    }
    /// After the commit: hands everything younger than the last one to the backend.
    ///
    /// # Errors
    /// When the backend fails.
    fn commit(&mut self, position: i64) -> Result<(), StoreError>;
    /// The topic and partition of its changelog.
    fn changelog(&self) -> Option<(TopicSlot, i32)>;
    /// The topic that stands for its changelog, if a source reads that as a table.
    fn source(&self) -> Option<&str> {
        None
    }
    /// Sets how much the cache may hold; 0 hands every change on at once.
    fn set_cache_max_bytes(&mut self, bytes: usize);
    /// Hands every change on at once from now on, whatever the cache is set to.
    fn without_cache(&mut self) {}
    /// Whether a node hands the changes on.
    fn forwards(&self) -> bool;
    /// Whether the cache is used up.
    fn is_full(&self) -> bool;
    /// Bytes that wait for the commit.
    fn uncommitted_bytes(&self) -> usize;
    /// Rows that wait for the commit.
    fn uncommitted_rows(&self) -> usize;
    /// When the next row may expire, in a store whose rows do, and where the store stands among
    /// those that have rows of one time.
    fn next_expiry(&self) -> Option<(i64, usize)> {
        None
    }
    /// Deletes rows that have expired by then, in the order of time and key; not all, if the cache
    /// is full before. The deletions leave as all changes do.
    ///
    /// # Errors
    /// When the backend fails or holds bytes of another type.
    fn expire(&mut self, up_to_ms: i64) -> Result<(), StoreError> {
        let _ = up_to_ms;
        Ok(())
    }
    /// The typed store.
    fn as_any(&mut self) -> &mut dyn Any;
    /// The value and time of a key in a window, by the bytes that the key has in topics; nothing in a store without windows.
    ///
    /// # Errors
    /// When the backend fails or holds bytes of another type.
    fn in_window(&mut self, key: &[u8]) -> Result<Option<(&dyn Any, i64)>, StoreError> {
        let _ = key;
        Ok(None)
    }
}

impl<K, V> StoreObject for KeyValueStore<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    fn name(&self) -> &str {
        self.name()
    }
    fn restore(&mut self, records: &mut dyn Iterator<Item = RecordRef<'_>>, position: i64) -> Result<(), StoreError> {
        self.restore(records, position)
    }
    fn position(&self) -> Option<i64> {
        self.position()
    }
    fn clear_for_restore(&mut self) -> Result<(), StoreError> {
        self.clear_for_restore()
    }
    fn flush_quietly(&mut self, out: &mut ProduceBatch) -> Result<(), StoreError> {
        if self.forwards() {
            return Ok(());
        }
        let mut key = Vec::new();
        while self.next_change(&mut key, out)?.is_some() {}
        Ok(())
    }
    fn commit(&mut self, position: i64) -> Result<(), StoreError> {
        self.commit_overlay(position)
    }
    fn changelog(&self) -> Option<(TopicSlot, i32)> {
        self.changelog()
    }
    fn source(&self) -> Option<&str> {
        self.source()
    }
    fn set_cache_max_bytes(&mut self, bytes: usize) {
        self.set_cache_max_bytes(bytes);
    }
    fn without_cache(&mut self) {
        self.without_cache();
    }
    fn forwards(&self) -> bool {
        self.forwards()
    }
    fn is_full(&self) -> bool {
        self.is_full()
    }
    fn uncommitted_bytes(&self) -> usize {
        self.overlay_bytes()
    }
    fn uncommitted_rows(&self) -> usize {
        self.overlay_rows()
    }
    fn next_expiry(&self) -> Option<(i64, usize)> {
        self.next_expiry()
    }
    fn expire(&mut self, up_to_ms: i64) -> Result<(), StoreError> {
        self.expire(up_to_ms)
    }
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}

/// A store that keeps its rows in a key-value store of bytes, beside an index of its own.
pub(crate) trait OverRows: 'static {
    /// What a row holds.
    type Value: StreamData<Stored = Self::Value> + Clone + 'static;

    /// The rows.
    fn rows(&self) -> &KeyValueStore<Vec<u8>, Self::Value>;
    /// The rows.
    fn rows_mut(&mut self) -> &mut KeyValueStore<Vec<u8>, Self::Value>;
    /// Takes the next changed row out of the cache; when there is none left, what is out of retention leaves.
    fn next_change(&mut self, row: &mut Vec<u8>, out: &mut ProduceBatch) -> Result<Option<Change<Self::Value>>, StoreError>;
    /// See [`StoreObject::flush_gone`].
    fn flush_gone(&mut self, out: &mut ProduceBatch) -> bool {
        let _ = out;
        false
    }
    /// See [`StoreObject::begin_restore`].
    fn begin_restore(&mut self, committed_ms: i64) {
        let _ = committed_ms;
    }
    /// See [`StoreObject::time_ms`].
    fn time_ms(&self) -> i64 {
        -1
    }
    /// Takes over what a changelog holds.
    fn restore(&mut self, records: &mut dyn Iterator<Item = RecordRef<'_>>, position: i64) -> Result<(), StoreError>;
    /// Empties rows and index.
    fn clear_for_restore(&mut self) -> Result<(), StoreError>;

    /// The place of a row by the bytes that its key has in topics; `None`: not of this store, or out of sight.
    fn seek(&mut self, key: &[u8]) -> Result<Option<usize>, StoreError> {
        let _ = key;
        Ok(None)
    }
}

impl<S: OverRows> StoreObject for S {
    fn name(&self) -> &str {
        self.rows().name()
    }
    fn begin_restore(&mut self, committed_ms: i64) -> Result<(), StoreError> {
        OverRows::begin_restore(self, committed_ms);
        Ok(())
    }
    fn time_ms(&self) -> i64 {
        OverRows::time_ms(self)
    }
    fn restore(&mut self, records: &mut dyn Iterator<Item = RecordRef<'_>>, position: i64) -> Result<(), StoreError> {
        OverRows::restore(self, records, position)
    }
    fn position(&self) -> Option<i64> {
        self.rows().position()
    }
    fn clear_for_restore(&mut self) -> Result<(), StoreError> {
        OverRows::clear_for_restore(self)
    }
    fn flush_quietly(&mut self, out: &mut ProduceBatch) -> Result<(), StoreError> {
        if self.rows().forwards() {
            return Ok(());
        }
        let mut row = Vec::new();
        while OverRows::next_change(self, &mut row, out)?.is_some() {}
        Ok(())
    }
    fn flush_gone(&mut self, out: &mut ProduceBatch) -> bool {
        OverRows::flush_gone(self, out)
    }
    fn commit(&mut self, position: i64) -> Result<(), StoreError> {
        self.rows_mut().commit_overlay(position)
    }
    fn changelog(&self) -> Option<(TopicSlot, i32)> {
        self.rows().changelog()
    }
    fn set_cache_max_bytes(&mut self, bytes: usize) {
        self.rows_mut().set_cache_max_bytes(bytes);
    }
    fn without_cache(&mut self) {
        self.rows_mut().without_cache();
    }
    fn forwards(&self) -> bool {
        self.rows().forwards()
    }
    fn is_full(&self) -> bool {
        self.rows().is_full()
    }
    fn uncommitted_bytes(&self) -> usize {
        self.rows().overlay_bytes()
    }
    fn uncommitted_rows(&self) -> usize {
        self.rows().overlay_rows()
    }
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
    fn in_window(&mut self, key: &[u8]) -> Result<Option<(&dyn Any, i64)>, StoreError> {
        let Some(place) = self.seek(key)? else { return Ok(None) };
        let rows = self.rows();
        Ok(rows.row(place).map(|value| (value as &dyn Any, rows.row_timestamp_ms(place))))
    }
}
