//! Window stores in processors.

use std::marker::PhantomData;
use std::ops::ControlFlow;

use super::context::StoreHandle;
use super::read_only::{ReadOnly, ReadWrite};
use crate::codec::StreamData;
use crate::context::Context;
use crate::stores::{Order, StoreError, WindowState, WindowStore};
use crate::windows::{Window, Windowed};

impl<K, V> StoreHandle for WindowState<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    type View<'a> = WindowView<'a, K, V>;

    #[inline]
    fn view(self, cx: &mut Context) -> WindowView<'_, K, V> {
        WindowView { timestamp_ms: cx.timestamp_ms, store: cx.stores.get(self), access: PhantomData }
    }
}

impl<K, V> StoreHandle for ReadOnly<WindowState<K, V>>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    type View<'a> = WindowView<'a, K, V, ReadOnly>;

    #[inline]
    fn view(self, cx: &mut Context) -> WindowView<'_, K, V, ReadOnly> {
        WindowView { timestamp_ms: cx.timestamp_ms, store: cx.stores.get(self.0), access: PhantomData }
    }
}

/// A window store as a processor uses it: values by key and time, each the start of a window.
///
/// A value is seen while its time is after the largest time put so far less the retention; one that is put later than that is left out.
///
/// Of a table it can only be read: [`ReadOnly`].
pub struct WindowView<'a, K: StreamData, V: StreamData, A = ReadWrite> {
    store: &'a mut WindowStore<K, V>,
    timestamp_ms: i64,
    access: PhantomData<A>,
}

impl<K, V> WindowView<'_, K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    /// Sets the value of a key in the window that starts at this time; in a store that retains duplicates, adds one.
    ///
    /// # Errors
    /// When the key is null, or the store fails.
    pub fn put<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q, value: V, start_ms: i64) -> Result<(), StoreError> {
        self.store.put_at(key, value, start_ms, self.timestamp_ms)
    }

    /// Deletes the value of a key in the window that starts at this time. A store that retains duplicates keeps them all.
    ///
    /// # Errors
    /// When the store fails.
    pub fn delete<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q, start_ms: i64) -> Result<(), StoreError> {
        self.store.delete_at(key, start_ms, self.timestamp_ms)
    }
}

impl<'a, K, V, A> WindowView<'a, K, V, A>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    /// The value of a key in the window that starts at this time; of duplicates the one that was put last. A borrowed form of the key will
    /// do: `str` for `String`.
    ///
    /// # Errors
    /// When the store fails.
    pub fn fetch<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q, start_ms: i64) -> Result<Option<&'a V>, StoreError> {
        Ok(self.fetch_with_timestamp(key, start_ms)?.map(|(value, _)| value))
    }

    /// The value of a key in the window that starts at this time, and the time at which it was put.
    ///
    /// # Errors
    /// When the store fails.
    pub fn fetch_with_timestamp<Q: StreamData<Stored = K> + ?Sized>(
        self,
        key: &Q,
        start_ms: i64,
    ) -> Result<Option<(&'a V, i64)>, StoreError> {
        self.store.fetch_with_timestamp(key, start_ms)
    }

    /// The values of a key in windows that start between two times, both included, each with its start: from the earliest on, duplicates in
    /// the order in which they were put.
    ///
    /// # Errors
    /// When the store fails.
    pub fn fetch_range<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q, from_ms: i64, to_ms: i64) -> Result<Vec<(i64, V)>, StoreError> {
        self.collect_range(key, (from_ms, to_ms), Order::Ascending)
    }

    /// As [`fetch_range`](Self::fetch_range), from the latest back.
    ///
    /// # Errors
    /// When the store fails.
    pub fn backward_fetch<Q: StreamData<Stored = K> + ?Sized>(
        self,
        key: &Q,
        from_ms: i64,
        to_ms: i64,
    ) -> Result<Vec<(i64, V)>, StoreError> {
        self.collect_range(key, (from_ms, to_ms), Order::Descending)
    }

    fn collect_range<Q: StreamData<Stored = K> + ?Sized>(
        self,
        key: &Q,
        times_ms: (i64, i64),
        order: Order,
    ) -> Result<Vec<(i64, V)>, StoreError> {
        let mut rows = Vec::new();
        self.visit_range(key, times_ms.0, times_ms.1, order, |start_ms, value| {
            rows.push((start_ms, value.clone()));
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }

    /// Calls `visit` with start and value of what [`fetch_range`](Self::fetch_range) gives, without collecting it, until it breaks.
    ///
    /// # Errors
    /// When the store fails.
    pub fn visit_range<Q: StreamData<Stored = K> + ?Sized>(
        self,
        key: &Q,
        from_ms: i64,
        to_ms: i64,
        order: Order,
        mut visit: impl FnMut(i64, &V) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.store.visit_range(key, from_ms, to_ms, order, |start_ms, value, _| visit(start_ms, value))
    }

    /// All values, in the order of their times and then of the keys' bytes.
    ///
    /// # Errors
    /// When the store fails.
    pub fn all(self) -> Result<Vec<(Windowed<K>, V)>, StoreError>
    where
        K: Clone,
    {
        self.fetch_all(i64::MIN, i64::MAX)
    }

    /// The values of all keys in windows that start between two times, both included, in the order of their times and then of the keys' bytes.
    ///
    /// # Errors
    /// When the store fails.
    pub fn fetch_all(self, from_ms: i64, to_ms: i64) -> Result<Vec<(Windowed<K>, V)>, StoreError>
    where
        K: Clone,
    {
        let mut rows = Vec::new();
        self.visit_all(from_ms, to_ms, Order::Ascending, |key, window, value| {
            rows.push((Windowed { key: key.clone(), window }, value.clone()));
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }

    /// Calls `visit` with key, window and value of what [`fetch_all`](Self::fetch_all) gives, without collecting it, until it breaks.
    ///
    /// # Errors
    /// When the store fails.
    pub fn visit_all(
        self,
        from_ms: i64,
        to_ms: i64,
        order: Order,
        mut visit: impl FnMut(&K, Window, &V) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.store.visit_all(from_ms, to_ms, order, |key, window, value, _| visit(key, window, value))
    }
}
