//! A look into session stores.

use std::any::type_name;
use std::cell::RefCell;
use std::fmt;
use std::ops::ControlFlow;
use std::rc::Rc;

use streams_runtime::SessionWindow;
use streams_runtime::codec::StreamData;
use streams_runtime::stores::{Order, SessionStore, Sessions};

use crate::engine::Engine;
use crate::error::DriverError;
use crate::found::Found;

/// A store of sessions: of an aggregation, or of a processor. Made by [`TestDriver::session_store`](crate::TestDriver::session_store).
pub struct TestSessionStore<K, V>(Found<Sessions<K, V>>);

impl<K, V> fmt::Debug for TestSessionStore<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TestSessionStore<{}, {}>", type_name::<K>(), type_name::<V>())
    }
}

impl<K, V> TestSessionStore<K, V>
where
    K: StreamData<Stored = K> + Clone + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    pub(crate) fn find(engine: Rc<RefCell<Engine>>, name: &str) -> Result<Self, DriverError> {
        Ok(TestSessionStore(Found::find::<K, V>(engine, name)?))
    }

    /// Only what the task of this partition has.
    #[must_use]
    pub fn partition(self, partition: i32) -> Self {
        TestSessionStore(self.0.of_partition(partition))
    }

    /// The sessions of a key within retention, in order of their ends and starts. A borrowed form of the key will do: `str` for `String`.
    ///
    /// # Panics
    /// If the store fails.
    #[track_caller]
    pub fn fetch<Q: StreamData<Stored = K> + ?Sized>(&self, key: &Q) -> Vec<(SessionWindow, V)> {
        let found = self.0.look_up(key, |store| {
            let mut rows = Vec::new();
            store.visit_sessions(key, i64::MIN, i64::MAX, Order::Ascending, |session, value| {
                rows.push((session, value.clone()));
                ControlFlow::Continue(())
            })?;
            Ok(Some(rows).filter(|rows| !rows.is_empty()))
        });
        found.unwrap_or_default()
    }

    /// The value of the session of a key with this start and this end.
    ///
    /// # Panics
    /// If the store fails.
    #[track_caller]
    pub fn fetch_session<Q: StreamData<Stored = K> + ?Sized>(&self, key: &Q, start_ms: i64, end_ms: i64) -> Option<V> {
        self.0.look_up(key, |store| Ok(store.fetch_session(key, start_ms, end_ms)?.cloned()))
    }

    /// All rows within retention, in the order of the keys' bytes and of the sessions' ends and starts.
    ///
    /// # Panics
    /// If the store fails.
    #[track_caller]
    pub fn all(&self) -> Vec<(K, SessionWindow, V)> {
        let read = |store: &mut SessionStore<K, V>| {
            let mut rows = Vec::new();
            store.visit_keys::<K>(.., i64::MIN, i64::MAX, Order::Ascending, |key, session, value| {
                rows.push((key.clone(), session, value.clone()));
                ControlFlow::Continue(())
            })?;
            Ok(rows)
        };
        self.0.rows(read, |(key, session, _)| (key, (session.end_ms, session.start_ms)))
    }
}
