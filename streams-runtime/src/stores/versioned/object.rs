//! Restore and commit.

use std::ops::ControlFlow;

use super::{LATEST, NEWEST, VersionPut, VersionedStore, version};
use crate::broker::{ProduceBatch, TopicSlot};
use crate::codec::{Codec, StreamData};
use crate::record::{NewRecord, RecordRef};
use crate::stores::{Order, StoreError, StoreObject};

impl<K, V> StoreObject for VersionedStore<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    fn name(&self) -> &str {
        self.rows.name()
    }
    /// A backend that has more than was committed does not know how new the store was then: its
    /// rows are asked.
    fn begin_restore(&mut self, committed_ms: i64) -> Result<(), StoreError> {
        self.committed_ms = committed_ms;
        if self.told_newest_ms <= committed_ms {
            self.newest_ms = self.told_newest_ms;
            return Ok(());
        }
        let mut newest_ms = -1;
        self.rows.visit_all(Order::Ascending, |_, _, time_ms| {
            if time_ms <= committed_ms {
                newest_ms = time_ms.max(newest_ms);
            }
            ControlFlow::Continue(())
        })?;
        self.newest_ms = newest_ms;
        Ok(())
    }
    fn time_ms(&self) -> i64 {
        self.newest_ms
    }
    /// The changelog is in the order of the puts, so they are done again; one that was refused then is refused now.
    fn restore(&mut self, records: &mut dyn Iterator<Item = RecordRef<'_>>, position: i64) -> Result<(), StoreError> {
        let codec = V::Codec::default();
        for record in records {
            let Some(key) = record.key else { continue };
            if record.timestamp_ms < self.limit_ms() {
                continue;
            }
            let value = match record.value {
                None => None,
                Some(_) => match codec.decode(record.value, &mut self.value_slot) {
                    Ok(value) => Some(value.clone()),
                    Err(e) => return Err(self.decode_error(&e)),
                },
            };
            self.latest_key.clear();
            self.latest_key.push(LATEST);
            self.latest_key.extend_from_slice(key);
            if record.timestamp_ms <= self.committed_ms {
                self.newest_ms = self.newest_ms.max(record.timestamp_ms);
            }
            if self.apply(value, record.timestamp_ms)? == VersionPut::Latest {
                self.set_bytes(record.value)?;
            }
        }
        self.flush()?;
        self.commit(position)
    }
    fn position(&self) -> Option<i64> {
        self.rows.position()
    }
    fn clear_for_restore(&mut self) -> Result<(), StoreError> {
        self.past.clear();
        self.due.clear();
        (self.newest_ms, self.told_newest_ms) = (-1, -1);
        self.rows.clear_for_restore()
    }
    fn flush_quietly(&mut self, _: &mut ProduceBatch) -> Result<(), StoreError> {
        self.flush()
    }
    fn commit(&mut self, position: i64) -> Result<(), StoreError> {
        if self.newest_ms == self.told_newest_ms {
            return self.rows.commit_overlay(position);
        }
        let newest = NewRecord { key: Some(&[NEWEST]), value: Some(&[version::DELETED]), timestamp_ms: self.newest_ms, offset: 0 };
        self.rows.restore(&mut std::iter::once(newest.into()), position)?;
        self.told_newest_ms = self.newest_ms;
        Ok(())
    }
    fn changelog(&self) -> Option<(TopicSlot, i32)> {
        self.changelog
    }
    fn set_cache_max_bytes(&mut self, bytes: usize) {
        self.rows.set_cache_max_bytes(bytes);
    }
    /// Changes are handed on when they are put.
    fn forwards(&self) -> bool {
        false
    }
    fn is_full(&self) -> bool {
        self.rows.is_full()
    }
    fn uncommitted_bytes(&self) -> usize {
        self.rows.overlay_bytes()
    }
    fn uncommitted_rows(&self) -> usize {
        self.rows.overlay_rows()
    }
    fn as_any(&mut self) -> &mut dyn std::any::Any {
        self
    }
}
