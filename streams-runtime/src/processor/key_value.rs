//! Key-value stores in processors.

use std::marker::PhantomData;
use std::ops::{ControlFlow, RangeBounds};

use super::context::StoreHandle;
use super::read_only::{ReadOnly, ReadWrite};
use crate::codec::StreamData;
use crate::context::Context;
use crate::stores::{KeyValue, KeyValueStore, Order, StoreError};

impl<K, V> StoreHandle for KeyValue<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    type View<'a> = KeyValueView<'a, K, V>;

    #[inline]
    fn view(self, cx: &mut Context) -> KeyValueView<'_, K, V> {
        KeyValueView { timestamp_ms: cx.timestamp_ms, stream_time_ms: cx.stream_time_ms, store: cx.stores.get(self), access: PhantomData }
    }
}

impl<K, V> StoreHandle for ReadOnly<KeyValue<K, V>>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    type View<'a> = KeyValueView<'a, K, V, ReadOnly>;

    #[inline]
    fn view(self, cx: &mut Context) -> KeyValueView<'_, K, V, ReadOnly> {
        KeyValueView { timestamp_ms: cx.timestamp_ms, stream_time_ms: cx.stream_time_ms, store: cx.stores.get(self.0), access: PhantomData }
    }
}

/// A key-value store as a processor uses it.
///
/// Of a table it can only be read: [`ReadOnly`].
pub struct KeyValueView<'a, K: StreamData, V: StreamData, A = ReadWrite> {
    store: &'a mut KeyValueStore<K, V>,
    timestamp_ms: i64,
    stream_time_ms: i64,
    access: PhantomData<A>,
}

impl<K, V> KeyValueView<'_, K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    /// Sets the value of a key.
    ///
    /// # Errors
    /// When the key is null, or the store fails.
    pub fn put<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q, value: V) -> Result<(), StoreError> {
        self.store.put_live(key, value, self.timestamp_ms, self.stream_time_ms)
    }

    /// Sets the value of a key that has none, and returns the value of one that has.
    ///
    /// # Errors
    /// When the store fails.
    pub fn put_if_absent<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q, value: V) -> Result<Option<V>, StoreError> {
        if let Some(there) = self.store.get(key)? {
            return Ok(Some(there.clone()));
        }
        self.store.put_live(key, value, self.timestamp_ms, self.stream_time_ms)?;
        Ok(None)
    }

    /// Deletes a key and returns what it had.
    ///
    /// # Errors
    /// When the store fails.
    pub fn delete<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q) -> Result<Option<V>, StoreError> {
        self.store.delete_at(key, self.timestamp_ms)
    }

    /// Sets the values of some keys.
    ///
    /// # Errors
    /// When a key is null, or the store fails; what stands before it is put.
    pub fn put_all<'q, Q>(self, rows: impl IntoIterator<Item = (&'q Q, V)>) -> Result<(), StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized + 'q,
    {
        rows.into_iter().try_for_each(|(key, value)| self.store.put_live(key, value, self.timestamp_ms, self.stream_time_ms))
    }
}

impl<'a, K, V, A> KeyValueView<'a, K, V, A>
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

    /// All rows in the order of the keys' bytes.
    ///
    /// # Errors
    /// When the store fails.
    pub fn all(self) -> Result<Vec<(K, V)>, StoreError>
    where
        K: Clone,
    {
        collected(|row| self.visit_all(Order::Ascending, row))
    }

    /// All rows from the last back.
    ///
    /// # Errors
    /// When the store fails.
    pub fn reverse_all(self) -> Result<Vec<(K, V)>, StoreError>
    where
        K: Clone,
    {
        collected(|row| self.visit_all(Order::Descending, row))
    }

    /// Calls `visit` with key and value of all rows in the order of the keys' bytes, without collecting them, until it breaks.
    ///
    /// # Errors
    /// When the store fails.
    pub fn visit_all(self, order: Order, mut visit: impl FnMut(&K, &V) -> ControlFlow<()>) -> Result<(), StoreError> {
        self.store.visit_all(order, |key, value, _| visit(key, value))
    }

    /// The rows whose keys lie in a range, in the order of the keys' bytes: `range("b"..="k")`, `range("b"..)`. A key that is null leaves its
    /// side open.
    ///
    /// # Errors
    /// When the store fails.
    pub fn range<'q, Q>(self, range: impl RangeBounds<&'q Q>) -> Result<Vec<(K, V)>, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized + 'q,
        K: Clone,
    {
        collected(|row| self.visit_range(range, Order::Ascending, row))
    }

    /// The rows whose keys lie in a range, from the last back.
    ///
    /// # Errors
    /// When the store fails.
    pub fn reverse_range<'q, Q>(self, range: impl RangeBounds<&'q Q>) -> Result<Vec<(K, V)>, StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized + 'q,
        K: Clone,
    {
        collected(|row| self.visit_range(range, Order::Descending, row))
    }

    /// Calls `visit` with key and value of the rows whose keys lie in a range, without collecting them, until it breaks.
    ///
    /// # Errors
    /// When the store fails.
    pub fn visit_range<'q, Q>(
        self,
        range: impl RangeBounds<&'q Q>,
        order: Order,
        mut visit: impl FnMut(&K, &V) -> ControlFlow<()>,
    ) -> Result<(), StoreError>
    where
        Q: StreamData<Stored = K> + ?Sized + 'q,
    {
        self.store.visit_range(range, order, |key, value, _| visit(key, value))
    }

    /// The rows whose keys begin with `prefix`, in the order of the keys' bytes. The prefix may be of another type than the keys: what counts
    /// is its bytes in its own format.
    ///
    /// # Errors
    /// When the store fails.
    pub fn prefix_scan<P: StreamData + ?Sized>(self, prefix: &P) -> Result<Vec<(K, V)>, StoreError>
    where
        K: Clone,
    {
        collected(|row| self.visit_prefix(prefix, Order::Ascending, row))
    }

    /// Calls `visit` with key and value of the rows whose keys begin with `prefix`, without collecting them, until it breaks.
    ///
    /// # Errors
    /// When the store fails.
    pub fn visit_prefix<P: StreamData + ?Sized>(
        self,
        prefix: &P,
        order: Order,
        mut visit: impl FnMut(&K, &V) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.store.visit_prefix(prefix, order, |key, value, _| visit(key, value))
    }

    /// How many rows there are. A backend may only know about how many it holds.
    ///
    /// # Errors
    /// When the store fails.
    pub fn approximate_num_entries(self) -> Result<u64, StoreError> {
        self.store.approximate_num_entries()
    }
}

/// The rows that are visited.
fn collected<K: Clone, V: Clone>(
    visit: impl FnOnce(&mut dyn FnMut(&K, &V) -> ControlFlow<()>) -> Result<(), StoreError>,
) -> Result<Vec<(K, V)>, StoreError> {
    let mut rows = Vec::new();
    visit(&mut |key, value| {
        rows.push((key.clone(), value.clone()));
        ControlFlow::Continue(())
    })?;
    Ok(rows)
}
