//! Session stores in processors.

use std::marker::PhantomData;
use std::ops::{ControlFlow, RangeBounds};

use super::context::StoreHandle;
use super::read_only::{ReadOnly, ReadWrite};
use crate::codec::StreamData;
use crate::context::Context;
use crate::stores::{Order, SessionStore, Sessions, StoreError};
use crate::windows::{SessionWindow, Windowed};

impl<K, V> StoreHandle for Sessions<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    type View<'a> = SessionView<'a, K, V>;

    #[inline]
    fn view(self, cx: &mut Context) -> SessionView<'_, K, V> {
        SessionView { store: cx.stores.get(self), access: PhantomData }
    }
}

impl<K, V> StoreHandle for ReadOnly<Sessions<K, V>>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    type View<'a> = SessionView<'a, K, V, ReadOnly>;

    #[inline]
    fn view(self, cx: &mut Context) -> SessionView<'_, K, V, ReadOnly> {
        SessionView { store: cx.stores.get(self.0), access: PhantomData }
    }
}

/// A session store as a processor uses it: values by key and session, which has two bounds that both belong to it.
///
/// A session is seen while its end is after the largest end put so far less the retention; one that is put later than that is left out. The
/// sessions of a key come in order of their ends, and then of their starts.
///
/// Of a table it can only be read: [`ReadOnly`].
pub struct SessionView<'a, K: StreamData, V: StreamData, A = ReadWrite> {
    store: &'a mut SessionStore<K, V>,
    access: PhantomData<A>,
}

impl<K, V> SessionView<'_, K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    /// Sets the value of a session.
    ///
    /// # Errors
    /// When the key is null, the session ends before it starts, or the store fails.
    pub fn put<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q, session: SessionWindow, value: V) -> Result<(), StoreError> {
        self.store.put(key, session, value)
    }

    /// Deletes a session.
    ///
    /// # Errors
    /// When the session ends before it starts, or the store fails.
    pub fn remove<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q, session: SessionWindow) -> Result<(), StoreError> {
        self.store.remove(key, session)
    }
}

impl<'a, K, V, A> SessionView<'a, K, V, A>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    /// The value of the session of a key with this start and this end. A borrowed form of the key will do: `str` for `String`.
    ///
    /// # Errors
    /// When the store fails.
    pub fn fetch_session<Q: StreamData<Stored = K> + ?Sized>(
        self,
        key: &Q,
        start_ms: i64,
        end_ms: i64,
    ) -> Result<Option<&'a V>, StoreError> {
        self.store.fetch_session(key, start_ms, end_ms)
    }

    /// All sessions of a key.
    ///
    /// # Errors
    /// When the store fails.
    pub fn fetch<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q) -> Result<Vec<(SessionWindow, V)>, StoreError> {
        self.find_sessions(key, i64::MIN, i64::MAX)
    }

    /// As [`fetch`](Self::fetch), from the latest back.
    ///
    /// # Errors
    /// When the store fails.
    pub fn backward_fetch<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q) -> Result<Vec<(SessionWindow, V)>, StoreError> {
        self.backward_find_sessions(key, i64::MIN, i64::MAX)
    }

    /// The sessions of a key that end at `earliest_end_ms` or later and start at `latest_start_ms` or earlier: those that overlap the span
    /// between the two.
    ///
    /// # Errors
    /// When the store fails.
    pub fn find_sessions<Q: StreamData<Stored = K> + ?Sized>(
        self,
        key: &Q,
        earliest_end_ms: i64,
        latest_start_ms: i64,
    ) -> Result<Vec<(SessionWindow, V)>, StoreError> {
        self.collect(key, (earliest_end_ms, latest_start_ms), Order::Ascending)
    }

    /// As [`find_sessions`](Self::find_sessions), from the latest back.
    ///
    /// # Errors
    /// When the store fails.
    pub fn backward_find_sessions<Q: StreamData<Stored = K> + ?Sized>(
        self,
        key: &Q,
        earliest_end_ms: i64,
        latest_start_ms: i64,
    ) -> Result<Vec<(SessionWindow, V)>, StoreError> {
        self.collect(key, (earliest_end_ms, latest_start_ms), Order::Descending)
    }

    fn collect<Q: StreamData<Stored = K> + ?Sized>(
        self,
        key: &Q,
        (earliest_end_ms, latest_start_ms): (i64, i64),
        order: Order,
    ) -> Result<Vec<(SessionWindow, V)>, StoreError> {
        let mut rows = Vec::new();
        self.visit_sessions(key, earliest_end_ms, latest_start_ms, order, |session, value| {
            rows.push((session, value.clone()));
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }

    /// Calls `visit` with what [`find_sessions`](Self::find_sessions) gives, without collecting it, until it breaks.
    ///
    /// # Errors
    /// When the store fails.
    pub fn visit_sessions<Q: StreamData<Stored = K> + ?Sized>(
        self,
        key: &Q,
        earliest_end_ms: i64,
        latest_start_ms: i64,
        order: Order,
        visit: impl FnMut(SessionWindow, &V) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.store.visit_sessions(key, earliest_end_ms, latest_start_ms, order, visit)
    }

    /// All sessions of all keys, in the order of the keys' bytes.
    ///
    /// # Errors
    /// When the store fails.
    pub fn all(self) -> Result<Vec<(Windowed<K, SessionWindow>, V)>, StoreError>
    where
        K: Clone,
    {
        self.find_keys::<K>(.., i64::MIN, i64::MAX)
    }

    /// [`find_sessions`](Self::find_sessions) for the keys of a range, one key after the other in the order of their bytes:
    /// `find_keys("a"..="f", from_ms, to_ms)`.
    ///
    /// # Errors
    /// When the store fails.
    pub fn find_keys<'q, Q: StreamData<Stored = K> + ?Sized + 'q>(
        self,
        keys: impl RangeBounds<&'q Q>,
        earliest_end_ms: i64,
        latest_start_ms: i64,
    ) -> Result<Vec<(Windowed<K, SessionWindow>, V)>, StoreError>
    where
        K: Clone,
    {
        let mut rows = Vec::new();
        self.visit_keys(keys, earliest_end_ms, latest_start_ms, Order::Ascending, |key, window, value| {
            rows.push((Windowed { key: key.clone(), window }, value.clone()));
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }

    /// Calls `visit` with key, session and value of what [`find_keys`](Self::find_keys) gives, without collecting it, until it breaks.
    ///
    /// # Errors
    /// When the store fails.
    pub fn visit_keys<'q, Q: StreamData<Stored = K> + ?Sized + 'q>(
        self,
        keys: impl RangeBounds<&'q Q>,
        earliest_end_ms: i64,
        latest_start_ms: i64,
        order: Order,
        visit: impl FnMut(&K, SessionWindow, &V) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.store.visit_keys(keys, earliest_end_ms, latest_start_ms, order, visit)
    }
}
