//! Versioned stores in processors.

use std::marker::PhantomData;
use std::ops::ControlFlow;

use super::context::StoreHandle;
use super::read_only::{ReadOnly, ReadWrite};
use crate::broker::ProduceBatch;
use crate::codec::StreamData;
use crate::context::Context;
use crate::stores::{StoreError, VersionPut, Versioned, VersionedStore};

impl<K, V> StoreHandle for Versioned<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    type View<'a> = VersionedView<'a, K, V>;

    #[inline]
    fn view(self, cx: &mut Context) -> VersionedView<'_, K, V> {
        let Context { stores, out, metrics, .. } = cx;
        VersionedView { store: stores.get(self), out, dropped: &mut metrics.dropped, access: PhantomData }
    }
}

impl<K, V> StoreHandle for ReadOnly<Versioned<K, V>>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    type View<'a> = VersionedView<'a, K, V, ReadOnly>;

    #[inline]
    fn view(self, cx: &mut Context) -> VersionedView<'_, K, V, ReadOnly> {
        let Context { stores, out, metrics, .. } = cx;
        VersionedView { store: stores.get(self.0), out, dropped: &mut metrics.dropped, access: PhantomData }
    }
}

/// A versioned store as a processor uses it: what each key had, and since when.
///
/// What is put or deleted at a time before the largest one so far less the history is refused, and counted as dropped.
///
/// Of a table it can only be read: [`ReadOnly`].
pub struct VersionedView<'a, K: StreamData, V: StreamData + 'static, A = ReadWrite> {
    store: &'a mut VersionedStore<K, V>,
    out: &'a mut ProduceBatch,
    dropped: &'a mut u64,
    access: PhantomData<A>,
}

impl<K, V> VersionedView<'_, K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    /// Sets the value that a key has from a time on, until the next version.
    ///
    /// # Errors
    /// When the key is null, or the store fails.
    pub fn put<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q, value: V, time_ms: i64) -> Result<VersionPut, StoreError> {
        self.put_version(key, Some(value), time_ms)
    }

    /// Deletes a key from a time on, until the next version. Gives what it had at that time, and since when, unless that is refused.
    ///
    /// # Errors
    /// When the key is null, or the store fails.
    pub fn delete<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q, time_ms: i64) -> Result<Option<(V, i64)>, StoreError> {
        let before = self.store.get_as_of(key, time_ms)?.map(|(value, from_ms)| (value.clone(), from_ms));
        Ok(if self.put_version(key, None, time_ms)? == VersionPut::TooOld { None } else { before })
    }

    fn put_version<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q, value: Option<V>, time_ms: i64) -> Result<VersionPut, StoreError> {
        let put = self.store.put(key, value, time_ms, self.out)?;
        *self.dropped += u64::from(put == VersionPut::TooOld);
        Ok(put)
    }
}

impl<'a, K, V, A> VersionedView<'a, K, V, A>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    /// The latest value of a key, and since when it has it. A borrowed form of the key will do: `str` for `String`.
    ///
    /// # Errors
    /// When the store fails.
    pub fn get<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q) -> Result<Option<(&'a V, i64)>, StoreError> {
        self.store.get(key)
    }

    /// The value that a key had at a time, and since when. Before the history begins only what is still the latest value is known.
    ///
    /// # Errors
    /// When the store fails.
    pub fn get_as_of<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q, time_ms: i64) -> Result<Option<(&'a V, i64)>, StoreError> {
        self.store.get_as_of(key, time_ms)
    }

    /// Calls `visit` with every key that has a version, also with those that are deleted by now, in the order of their bytes, until it breaks.
    ///
    /// # Errors
    /// When the store fails.
    pub fn keys(self, visit: impl FnMut(&K) -> ControlFlow<()>) -> Result<(), StoreError> {
        self.store.keys(visit)
    }
}
