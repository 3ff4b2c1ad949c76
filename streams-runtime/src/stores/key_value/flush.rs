//! Changes on their way out of the cache: to the changelog and the overlay.

use super::super::cache::{Leaving, Row};
use super::super::overlay::Overlay;
use super::super::{Change, KeyValueStore, StoreError};
use super::TIMESTAMP_BYTES;
use crate::broker::{ProduceBatch, TopicSlot};
use crate::codec::{Codec, Encoded, StreamData};
use crate::record::NewRecord;

impl<K, V> KeyValueStore<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    /// Takes the next changed row out of the cache: to the overlay, to the changelog, and out. The key's bytes are copied to `key`.
    pub(crate) fn next_change(&mut self, key: &mut Vec<u8>, out: &mut ProduceBatch) -> Result<Option<Change<V>>, StoreError> {
        let Some(Leaving { row, old, cause }) = self.write_next(out)? else { return Ok(None) };
        key.clear();
        key.extend_from_slice(&row.key);
        let headers = row.headers.as_deref().cloned().unwrap_or_default();
        let change = Change { new: row.value.clone(), old, timestamp_ms: row.timestamp_ms, headers, cause };
        if self.drops_deleted && change.new.is_none() {
            self.cache.forget(key);
        }
        Ok(Some(change))
    }

    /// [`next_change`](Self::next_change) for changes that nobody waits for; `false` if there was none left.
    pub(crate) fn flush_next(&mut self, out: &mut ProduceBatch) -> Result<bool, StoreError> {
        Ok(self.write_next(out)?.is_some())
    }

    /// Takes the next changed row out of the cache, to the overlay and to the changelog.
    fn write_next(&mut self, out: &mut ProduceBatch) -> Result<Option<Leaving<'_, V>>, StoreError> {
        let Some(leaving) = self.cache.next_dirty() else { return Ok(None) };
        let below = Below {
            name: &self.name,
            codec: &self.value_codec,
            changelog: self.changelog,
            holds_deletions: self.holds_deletions,
            overlay: &mut self.overlay,
        };
        below.write(leaving.row, &mut self.value_scratch, out)?;
        Ok(Some(leaving))
    }
}

/// Where a row goes when it leaves the cache.
struct Below<'s, C> {
    name: &'s str,
    codec: &'s C,
    changelog: Option<(TopicSlot, i32)>,
    holds_deletions: bool,
    overlay: &'s mut Overlay,
}

impl<C> Below<'_, C> {
    #[inline]
    fn write<V>(self, row: &Row<V>, scratch: &mut Vec<u8>, out: &mut ProduceBatch) -> Result<(), StoreError>
    where
        C: Codec<V>,
    {
        if row.is_written() {
            self.log_written(row, out);
            return Ok(());
        }
        scratch.clear();
        scratch.extend_from_slice(&row.timestamp_ms.to_be_bytes());
        if let Some(value) = &row.value {
            let encode_error = |reason: String| StoreError::Encode { store: self.name.to_string(), reason };
            if self.codec.encode(value, scratch).map_err(|e| encode_error(e.to_string()))? == Encoded::Null {
                let reason = "its format makes a null of it, and a null deletes the row";
                return Err(encode_error(reason.to_owned()));
            }
        }
        let bytes = row.value.as_ref().map(|_| &scratch[..]);
        if let Some((topic, partition)) = self.changelog
            && (bytes.is_some() || !self.holds_deletions)
        {
            let value = bytes.map(|b| &b[TIMESTAMP_BYTES..]);
            out.push(topic, partition, NewRecord { key: Some(&row.key), value, timestamp_ms: row.timestamp_ms.max(0), offset: 0 });
        }
        self.overlay.put(&row.key, bytes);
        Ok(())
    }

    /// The bytes of the row came with it, and are in the overlay.
    #[cold]
    fn log_written<V>(self, row: &Row<V>, out: &mut ProduceBatch) {
        let bytes = self.overlay.get(&row.key).flatten();
        if let (Some((topic, partition)), Some(bytes)) = (self.changelog, bytes) {
            let value = bytes.get(TIMESTAMP_BYTES..);
            out.push(topic, partition, NewRecord { key: Some(&row.key), value, timestamp_ms: row.timestamp_ms.max(0), offset: 0 });
        }
    }
}
