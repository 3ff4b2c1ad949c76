//! Key-value stores in processors.

use std::ops::ControlFlow;

use super::context::StoreHandle;
use crate::codec::StreamData;
use crate::context::Context;
use crate::stores::{KeyValue, KeyValueStore, StoreError};

impl<K, V> StoreHandle for KeyValue<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    type View<'a> = KeyValueView<'a, K, V>;

    #[inline]
    fn view(self, cx: &mut Context) -> KeyValueView<'_, K, V> {
        KeyValueView { timestamp_ms: cx.timestamp_ms, store: cx.stores.get(self) }
    }
}

/// A key-value store as a processor uses it.
pub struct KeyValueView<'a, K: StreamData, V: StreamData> {
    store: &'a mut KeyValueStore<K, V>,
    timestamp_ms: i64,
}

impl<'a, K, V> KeyValueView<'a, K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    /// The value of a key. A borrowed form of the key will do: `str` for `String`.
    ///
    /// # Errors
    /// When the store fails.
    pub fn get<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q) -> Result<Option<&'a V>, StoreError> {
        self.store.get(key)
    }

    /// The value of a key and the time of its last update.
    ///
    /// # Errors
    /// When the store fails.
    pub fn get_with_timestamp<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q) -> Result<Option<(&'a V, i64)>, StoreError> {
        self.store.get_with_timestamp(key)
    }

    /// Sets the value of a key.
    ///
    /// # Errors
    /// When the key is null, or the store fails.
    pub fn put<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q, value: V) -> Result<(), StoreError> {
        self.store.put_at(key, value, self.timestamp_ms)
    }

    /// Sets the value of a key that has none, and returns the value of one that has.
    ///
    /// # Errors
    /// When the store fails.
    pub fn put_if_absent<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q, value: V) -> Result<Option<V>, StoreError> {
        if let Some(there) = self.store.get(key)? {
            return Ok(Some(there.clone()));
        }
        self.store.put_at(key, value, self.timestamp_ms)?;
        Ok(None)
    }

    /// Deletes a key and returns what it had.
    ///
    /// # Errors
    /// When the store fails.
    pub fn delete<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q) -> Result<Option<V>, StoreError> {
        self.store.delete_at(key, self.timestamp_ms)
    }

    /// All rows in the order of the keys' bytes.
    ///
    /// # Errors
    /// When the store fails.
    pub fn all(self) -> Result<Vec<(K, V)>, StoreError>
    where
        K: Clone,
    {
        let mut rows = Vec::new();
        self.store.all(|key, value| {
            rows.push((key.clone(), value.clone()));
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }

    /// The rows whose keys lie between two keys, both included, in the order of the keys' bytes. A key that is null leaves that side open.
    ///
    /// # Errors
    /// When the store fails.
    pub fn range<Q: StreamData<Stored = K> + ?Sized>(self, from: &Q, to: &Q) -> Result<Vec<(K, V)>, StoreError>
    where
        K: Clone,
    {
        let mut rows = Vec::new();
        self.store.range(from, to, |key, value| {
            rows.push((key.clone(), value.clone()));
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }
}
