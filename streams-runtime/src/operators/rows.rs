//! Rows of a table as joins look them up: in its store, or through the views over one.

use std::rc::Rc;

use super::state::TableStore;
use crate::codec::StreamData;
use crate::context::Context;
use crate::error::TaskError;

/// Looks up the rows of a table.
pub trait Rows<K, V>: Clone {
    /// Calls `then` with the row of a key and its time.
    ///
    /// # Errors
    /// When the store fails, or a closure on the way to it.
    fn with<R>(&self, key: &K, cx: &mut Context, then: impl FnOnce(Option<(&V, i64)>) -> R) -> Result<R, Box<TaskError>>;

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
        then: impl FnOnce(Option<(&V, i64)>) -> R,
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
        then: impl FnOnce(Option<(&V, i64)>) -> R,
    ) -> Result<R, Box<TaskError>>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        match key.to_stored() {
            Some(key) => self.with_as_of(&key, time_ms, cx, then),
            None => Ok(then(None)),
        }
    }

    /// [`with`](Self::with) for a borrowed form of the key.
    ///
    /// # Errors
    /// When the store fails, or a closure on the way to it.
    fn find<Q, R>(&self, key: &Q, cx: &mut Context, then: impl FnOnce(Option<(&V, i64)>) -> R) -> Result<R, Box<TaskError>>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        match key.to_stored() {
            Some(key) => self.with(&key, cx, then),
            None => Ok(then(None)),
        }
    }
}

/// The rows of a table that has a store.
pub struct StoreRows<K, V> {
    store: TableStore<K, V>,
    name: Rc<str>,
}

impl<K, V> Clone for StoreRows<K, V> {
    fn clone(&self) -> Self {
        StoreRows { store: self.store, name: Rc::clone(&self.name) }
    }
}

impl<K, V> StoreRows<K, V> {
    pub(crate) fn new(store: TableStore<K, V>, name: &str) -> Self {
        StoreRows { store, name: name.into() }
    }
}

impl<K, V> Rows<K, V> for StoreRows<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    #[inline]
    fn with<R>(&self, key: &K, cx: &mut Context, then: impl FnOnce(Option<(&V, i64)>) -> R) -> Result<R, Box<TaskError>> {
        self.find(key, cx, then)
    }

    #[inline]
    fn find<Q, R>(&self, key: &Q, cx: &mut Context, then: impl FnOnce(Option<(&V, i64)>) -> R) -> Result<R, Box<TaskError>>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let row = match self.store {
            TableStore::Latest(store) => cx.stores.get(store).get_with_timestamp(key),
            TableStore::Versions(store) => cx.stores.versioned(store).get(key),
        };
        match row {
            Ok(row) => Ok(then(row)),
            Err(e) => Err(cx.store_error(&self.name, e)),
        }
    }

    #[inline]
    fn with_as_of<R>(
        &self,
        key: &K,
        time_ms: i64,
        cx: &mut Context,
        then: impl FnOnce(Option<(&V, i64)>) -> R,
    ) -> Result<R, Box<TaskError>> {
        self.find_as_of(key, time_ms, cx, then)
    }

    #[inline]
    fn find_as_of<Q, R>(
        &self,
        key: &Q,
        time_ms: i64,
        cx: &mut Context,
        then: impl FnOnce(Option<(&V, i64)>) -> R,
    ) -> Result<R, Box<TaskError>>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let row = match self.store {
            TableStore::Latest(store) => cx.stores.get(store).get_with_timestamp(key),
            TableStore::Versions(store) => cx.stores.versioned(store).get_as_of(key, time_ms),
        };
        match row {
            Ok(row) => Ok(then(row)),
            Err(e) => Err(cx.store_error(&self.name, e)),
        }
    }
}
