//! Rows of a table as joins look them up: in its store, or through the views over one.

use std::rc::Rc;

use super::state::TableStore;
use crate::codec::murmur3::ValueHash;
use crate::codec::{Codec, Encoded, StreamData};
use crate::context::{Context, RecordContext};
use crate::error::TaskError;
use crate::stores::{StoreError, Stored};
use crate::task::TaskBuilder;

/// The hash of what is stored of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredHash {
    /// There is no row.
    Absent,
    /// Nothing is stored of the row, or not yet.
    Unwritten,
    /// The hash of the bytes of its value; of a view those of the table that it is a view of.
    Of(ValueHash),
}

impl StoredHash {
    /// The hash of a row that is made of two.
    pub(super) fn of_both(left: StoredHash, right: StoredHash) -> Self {
        // Whether there is a row, and the hash, of each side.
        let mut bytes = [[0; 1 + size_of::<ValueHash>()]; 2];
        for (side, bytes) in [left, right].into_iter().zip(&mut bytes) {
            match side {
                StoredHash::Unwritten => return StoredHash::Unwritten,
                StoredHash::Absent => {}
                StoredHash::Of(ValueHash(hash)) => {
                    bytes[0] = 1;
                    bytes[1..].copy_from_slice(&hash);
                }
            }
        }
        let none = left == StoredHash::Absent && right == StoredHash::Absent;
        if none { StoredHash::Absent } else { StoredHash::Of(ValueHash::of(bytes.as_flattened())) }
    }
}

/// Looks up the rows of a table.
pub trait Rows<K, V>: Clone {
    /// Calls `then` with the row of a key and its time, and with what closures see of the record at
    /// hand.
    ///
    /// # Errors
    /// When the store fails, or a closure on the way to it.
    fn with<R>(
        &self,
        key: &K,
        cx: &mut Context,
        then: impl FnOnce(Option<(&V, i64)>, &mut RecordContext) -> R,
    ) -> Result<R, Box<TaskError>>;

    /// The hash of the bytes that are stored of the row of a key.
    ///
    /// # Errors
    /// When the store fails.
    fn stored_hash(&self, key: &K, cx: &mut Context) -> Result<StoredHash, Box<TaskError>> {
        let (_, _) = (key, cx);
        Ok(StoredHash::Unwritten)
    }

    /// Calls `then` with what a key that has no row any more had when changes were handed on last,
    /// if its deletion is still to be handed on: the value, where that is kept.
    ///
    /// # Errors
    /// When the store fails, or a closure on the way to it.
    fn with_untold<R>(
        &self,
        key: &K,
        cx: &mut Context,
        then: impl FnOnce(Option<Option<&V>>, &mut RecordContext) -> R,
    ) -> Result<R, Box<TaskError>> {
        let _ = key;
        Ok(then(None, &mut cx.record))
    }

    /// The stored bytes of rows are compared, so that rows must keep those that a restart would bring.
    fn keep_bytes(&self, b: &mut TaskBuilder<'_>) {
        let _ = b;
    }

    /// [`with`](Self::with) with the row as it was at a time, where the table has a history; else as it is.
    ///
    /// # Errors
    /// When the store fails, or a closure on the way to it.
    #[inline]
    fn with_as_of<R>(
        &self,
        key: &K,
        time_ms: i64,
        cx: &mut Context,
        then: impl FnOnce(Option<(&V, i64)>, &mut RecordContext) -> R,
    ) -> Result<R, Box<TaskError>> {
        let _ = time_ms;
        self.with(key, cx, then)
    }

    /// [`with_as_of`](Self::with_as_of) for a borrowed form of the key.
    ///
    /// # Errors
    /// When the store fails, or a closure on the way to it.
    fn find_as_of<Q, R>(
        &self,
        key: &Q,
        time_ms: i64,
        cx: &mut Context,
        then: impl FnOnce(Option<(&V, i64)>, &mut RecordContext) -> R,
    ) -> Result<R, Box<TaskError>>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        match key.to_stored() {
            Some(key) => self.with_as_of(&key, time_ms, cx, then),
            None => Ok(then(None, &mut cx.record)),
        }
    }

    /// [`with`](Self::with) for a borrowed form of the key.
    ///
    /// # Errors
    /// When the store fails, or a closure on the way to it.
    fn find<Q, R>(
        &self,
        key: &Q,
        cx: &mut Context,
        then: impl FnOnce(Option<(&V, i64)>, &mut RecordContext) -> R,
    ) -> Result<R, Box<TaskError>>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        match key.to_stored() {
            Some(key) => self.with(&key, cx, then),
            None => Ok(then(None, &mut cx.record)),
        }
    }
}

/// The rows of a table that has a store.
pub struct StoreRows<K, V> {
    /// `None`: a store of windows or sessions, which is made after this and found by its name.
    store: Option<TableStore<K, V>>,
    name: Rc<str>,
}

impl<K, V> Clone for StoreRows<K, V> {
    fn clone(&self) -> Self {
        StoreRows { store: self.store, name: Rc::clone(&self.name) }
    }
}

impl<K, V> StoreRows<K, V> {
    pub(crate) fn new(store: Option<TableStore<K, V>>, name: &str) -> Self {
        StoreRows { store, name: name.into() }
    }
}

impl<K, V> StoreRows<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    /// The row of a key in a window, whose bytes in topics lead to it.
    fn in_window<Q, R>(
        &self,
        key: &Q,
        cx: &mut Context,
        then: impl FnOnce(Option<(&V, i64)>, &mut RecordContext) -> R,
    ) -> Result<R, Box<TaskError>>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let (mut bytes, other) = cx.take_scratch();
        let encoded = Q::Codec::default().encode(key, &mut bytes);
        let row = match encoded {
            Ok(Encoded::Bytes) => {
                let Context { stores, record, .. } = &mut *cx;
                stores.in_window(&self.name, &bytes).map(|row| then(row, record))
            }
            Ok(Encoded::Null) => Ok(then(None, &mut cx.record)),
            Err(e) => Err(StoreError::Encode { store: self.name.to_string(), reason: e.to_string() }),
        };
        cx.put_scratch((bytes, other));
        row.map_err(|e| cx.store_error(&self.name, e))
    }
}

impl<K, V> Rows<K, V> for StoreRows<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    #[inline]
    fn with<R>(
        &self,
        key: &K,
        cx: &mut Context,
        then: impl FnOnce(Option<(&V, i64)>, &mut RecordContext) -> R,
    ) -> Result<R, Box<TaskError>> {
        self.find(key, cx, then)
    }

    fn stored_hash(&self, key: &K, cx: &mut Context) -> Result<StoredHash, Box<TaskError>> {
        let stored = match self.store {
            Some(TableStore::Latest(store)) => cx.stores.get(store).stored(key),
            Some(TableStore::Versions(store)) => cx.stores.get(store).stored(key),
            None => Ok(Stored::Unwritten),
        };
        match stored {
            Ok(Stored::Absent) => Ok(StoredHash::Absent),
            Ok(Stored::Unwritten) => Ok(StoredHash::Unwritten),
            Ok(Stored::Bytes(bytes)) => Ok(StoredHash::Of(ValueHash::of(bytes))),
            Err(e) => Err(cx.store_error(&self.name, e)),
        }
    }

    fn with_untold<R>(
        &self,
        key: &K,
        cx: &mut Context,
        then: impl FnOnce(Option<Option<&V>>, &mut RecordContext) -> R,
    ) -> Result<R, Box<TaskError>> {
        let Context { stores, record, .. } = &mut *cx;
        let Some(TableStore::Latest(store)) = self.store else { return Ok(then(None, record)) };
        match stores.get(store).untold(key) {
            Ok(untold) => Ok(then(untold, record)),
            Err(e) => Err(cx.store_error(&self.name, e)),
        }
    }

    fn keep_bytes(&self, b: &mut TaskBuilder<'_>) {
        if let Some(store) = self.store {
            b.keep_bytes(store, &self.name);
        }
    }

    #[inline]
    fn find<Q, R>(
        &self,
        key: &Q,
        cx: &mut Context,
        then: impl FnOnce(Option<(&V, i64)>, &mut RecordContext) -> R,
    ) -> Result<R, Box<TaskError>>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let Context { stores, record, .. } = &mut *cx;
        let row = match self.store {
            Some(TableStore::Latest(store)) => stores.get(store).get_with_timestamp(key),
            Some(TableStore::Versions(store)) => stores.get(store).get(key),
            None => return self.in_window(key, cx, then),
        };
        match row {
            Ok(row) => Ok(then(row, record)),
            Err(e) => Err(cx.store_error(&self.name, e)),
        }
    }

    #[inline]
    fn with_as_of<R>(
        &self,
        key: &K,
        time_ms: i64,
        cx: &mut Context,
        then: impl FnOnce(Option<(&V, i64)>, &mut RecordContext) -> R,
    ) -> Result<R, Box<TaskError>> {
        self.find_as_of(key, time_ms, cx, then)
    }

    #[inline]
    fn find_as_of<Q, R>(
        &self,
        key: &Q,
        time_ms: i64,
        cx: &mut Context,
        then: impl FnOnce(Option<(&V, i64)>, &mut RecordContext) -> R,
    ) -> Result<R, Box<TaskError>>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let Context { stores, record, .. } = &mut *cx;
        let row = match self.store {
            Some(TableStore::Latest(store)) => stores.get(store).get_with_timestamp(key),
            Some(TableStore::Versions(store)) => stores.get(store).get_as_of(key, time_ms),
            None => return self.in_window(key, cx, then),
        };
        match row {
            Ok(row) => Ok(then(row, record)),
            Err(e) => Err(cx.store_error(&self.name, e)),
        }
    }
}
