//! The backend in memory: nothing survives the process, everything comes back from the changelog.

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};

use super::{BackendBatch, KeyValueBackend, StoreContext, StoreError, StoreFactory};

/// Bytes by key in an ordered map.
#[derive(Debug, Default)]
pub struct MemoryBackend {
    rows: BTreeMap<Box<[u8]>, Box<[u8]>>,
    position: Option<i64>,
}

impl KeyValueBackend for MemoryBackend {
    fn get(&self, key: &[u8], out: &mut Vec<u8>) -> Result<bool, StoreError> {
        match self.rows.get(key) {
            None => Ok(false),
            Some(value) => {
                out.extend_from_slice(value);
                Ok(true)
            }
        }
    }

    fn range(
        &self,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        if is_empty(from, to) {
            return Ok(());
        }
        let _ = self.rows.range::<[u8], _>((from, to)).try_for_each(|(key, value)| visit(key, value));
        Ok(())
    }

    fn range_reverse(
        &self,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        if is_empty(from, to) {
            return Ok(());
        }
        let _ = self.rows.range::<[u8], _>((from, to)).rev().try_for_each(|(key, value)| visit(key, value));
        Ok(())
    }

    fn approximate_len(&self) -> Result<u64, StoreError> {
        Ok(self.rows.len() as u64)
    }

    fn write(&mut self, batch: BackendBatch<'_>) -> Result<(), StoreError> {
        for &(key, value) in batch.writes {
            match value {
                None => {
                    self.rows.remove(key);
                }
                Some(value) => match self.rows.get_mut(key) {
                    Some(old) if old.len() == value.len() => old.copy_from_slice(value),
                    Some(old) => *old = value.into(),
                    None => {
                        self.rows.insert(key.into(), value.into());
                    }
                },
            }
        }
        self.position = Some(batch.position);
        Ok(())
    }

    fn position(&self) -> Option<i64> {
        self.position
    }

    fn is_volatile(&self) -> bool {
        true
    }

    fn clear(&mut self) -> Result<(), StoreError> {
        self.rows.clear();
        self.position = None;
        Ok(())
    }
}

/// Whether a range can hold nothing; `BTreeMap::range` panics on some of these.
pub(super) fn is_empty(from: Bound<&[u8]>, to: Bound<&[u8]>) -> bool {
    match (from, to) {
        (Bound::Included(a), Bound::Included(b)) => a > b,
        (Bound::Included(a) | Bound::Excluded(a), Bound::Included(b) | Bound::Excluded(b)) => a >= b,
        _ => false,
    }
}

/// Makes [`MemoryBackend`]s: the default.
#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryStores;

impl StoreFactory for MemoryStores {
    fn key_value(&self, _: StoreContext<'_>) -> Result<Box<dyn KeyValueBackend>, StoreError> {
        Ok(Box::new(MemoryBackend::default()))
    }
}
