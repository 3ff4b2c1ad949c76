//! The pluggable bottom of a store: bytes by key, written in atomic batches together with the changelog position.

use std::fmt;
use std::ops::{Bound, ControlFlow};
use std::path::Path;

use super::StoreError;

/// What is written at once: after a crash all of it is there, or nothing.
#[derive(Debug)]
pub struct BackendBatch<'a> {
    /// Keys and their new bytes, in key order, each key once; `None` deletes.
    pub writes: &'a [(&'a [u8], Option<&'a [u8]>)],
    /// The changelog offset up to which (not including) the store now holds everything; kept with the data.
    pub position: i64,
}

/// Bytes by key, for one store of one task. Implement it to keep state somewhere else; see `examples/custom_store.rs`.
///
/// Only committed data reaches a backend: what is younger waits in a layer above. Keys are ordered by their bytes.
pub trait KeyValueBackend: Send {
    /// Copies the bytes of `key` to `out` (which is empty) and returns whether there are any.
    ///
    /// # Errors
    /// When the medium fails.
    fn get(&self, key: &[u8], out: &mut Vec<u8>) -> Result<bool, StoreError>;

    /// Calls `visit` for every key in the range in ascending order, until it breaks.
    ///
    /// # Errors
    /// When the medium fails.
    fn range(&self, from: Bound<&[u8]>, to: Bound<&[u8]>, visit: &mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>)
    -> Result<(), StoreError>;

    /// As [`range`](Self::range), in descending order. If it is not implemented, the rows of the range are copied.
    ///
    /// # Errors
    /// When the medium fails.
    fn range_reverse(
        &self,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut rows: Vec<(Box<[u8]>, Box<[u8]>)> = Vec::new();
        self.range(from, to, &mut |key, value| {
            rows.push((key.into(), value.into()));
            ControlFlow::Continue(())
        })?;
        let _ = rows.iter().rev().try_for_each(|(key, value)| visit(key, value));
        Ok(())
    }

    /// How many keys there are; an estimate will do. If it is not implemented, they are counted.
    ///
    /// # Errors
    /// When the medium fails.
    fn approximate_len(&self) -> Result<u64, StoreError> {
        let mut count = 0;
        self.range(Bound::Unbounded, Bound::Unbounded, &mut |_, _| {
            count += 1;
            ControlFlow::Continue(())
        })?;
        Ok(count)
    }

    /// Writes a batch atomically.
    ///
    /// # Errors
    /// When the medium fails; nothing of the batch is then there.
    fn write(&mut self, batch: BackendBatch<'_>) -> Result<(), StoreError>;

    /// The position of the last batch; `None` if nothing was ever written, so that all of the changelog has to be read.
    fn position(&self) -> Option<i64>;

    /// Whether nothing of it outlives the process. Stores that keep their rows themselves then write nothing to it.
    fn is_volatile(&self) -> bool {
        false
    }

    /// Removes everything, the position included: the changelog does not reach back to it any more.
    ///
    /// # Errors
    /// When the medium fails.
    fn clear(&mut self) -> Result<(), StoreError>;
}

/// For which store a backend is wanted.
#[derive(Clone, Copy, Debug)]
pub struct StoreContext<'a> {
    /// The application.
    pub application_id: &'a str,
    /// The store's name.
    pub store: &'a str,
    /// The sub-topology of the task.
    pub sub_topology: usize,
    /// The partition of the task.
    pub partition: i32,
    /// `<state directory>/<application id>/<sub-topology>_<partition>`; `None` without a state directory. It may not exist yet.
    pub directory: Option<&'a Path>,
}

/// Makes the backends of an application's stores.
pub trait StoreFactory: Send + Sync + fmt::Debug {
    /// A backend for this store, with what it held before, if anything.
    ///
    /// # Errors
    /// When it cannot be opened.
    fn key_value(&self, store: StoreContext<'_>) -> Result<Box<dyn KeyValueBackend>, StoreError>;
}
