//! Rows of aggregations in windows, as joins look them up.

use std::rc::Rc;

use crate::codec::StreamData;
use crate::context::Context;
use crate::error::TaskError;
use crate::operators::Rows;
use crate::stores::{Sessions, StoreArena, WindowState};
use crate::task::TaskBuilder;
use crate::windows::{KeyWindow, SessionWindow, Window, Windowed};

/// A kind of windows, by what looks up the rows of tables in them.
pub trait LendsRows: KeyWindow {
    /// What looks them up.
    type Rows<K, V>: Rows<Windowed<K, Self>, V>
    where
        K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
        V: StreamData<Stored = V> + Clone + 'static;

    /// The rows of the table with the store `name`.
    fn rows<K, V>(b: &mut TaskBuilder<'_>, name: &str) -> Self::Rows<K, V>
    where
        K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
        V: StreamData<Stored = V> + Clone + 'static;
}

macro_rules! lends_rows {
    ($window:ty, $rows:ident, $handle:ident, $find:ident, $nowhere:ident, |$store:ident, $cx:ident, $key:ident| $look_up:expr) => {
        /// The rows of a table that a store of windows has. What is out of retention is not there.
        pub struct $rows<K, V> {
            store: $handle<K, V>,
            name: Rc<str>,
        }

        impl<K, V> Clone for $rows<K, V> {
            fn clone(&self) -> Self {
                $rows { store: self.store, name: Rc::clone(&self.name) }
            }
        }

        impl LendsRows for $window {
            type Rows<K, V>
                = $rows<K, V>
            where
                K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
                V: StreamData<Stored = V> + Clone + 'static;

            fn rows<K, V>(b: &mut TaskBuilder<'_>, name: &str) -> $rows<K, V>
            where
                K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
                V: StreamData<Stored = V> + Clone + 'static,
            {
                let store = b.$find(name).map_or_else(StoreArena::$nowhere, |(store, _)| store);
                $rows { store, name: name.into() }
            }
        }

        impl<K, V> Rows<Windowed<K, $window>, V> for $rows<K, V>
        where
            K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
            V: StreamData<Stored = V> + Clone + 'static,
        {
            #[inline]
            fn with<R>(
                &self,
                $key: &Windowed<K, $window>,
                $cx: &mut Context,
                then: impl FnOnce(Option<(&V, i64)>) -> R,
            ) -> Result<R, Box<TaskError>> {
                let $store = self.store;
                match $look_up {
                    Ok(row) => Ok(then(row)),
                    Err(e) => Err($cx.store_error(&self.name, e)),
                }
            }
        }
    };
}
lends_rows!(Window, WindowRows, WindowState, window, no_window, |store, cx, key| {
    cx.stores.window(store).fetch_with_timestamp(&key.key, key.window.start_ms)
});
lends_rows!(SessionWindow, SessionRows, Sessions, sessions, no_sessions, |store, cx, key| {
    let SessionWindow { start_ms, end_ms } = key.window;
    // A session has the time of its end.
    cx.stores.sessions(store).fetch_session(&key.key, start_ms, end_ms).map(|row| row.map(|value| (value, end_ms)))
});
