//! A look into window stores.

use std::any::type_name;
use std::cell::RefCell;
use std::fmt;
use std::ops::ControlFlow;
use std::rc::Rc;

use streams_runtime::codec::StreamData;
use streams_runtime::stores::{WindowState, WindowStore};

use crate::engine::Engine;
use crate::error::DriverError;
use crate::found::Found;

/// The store of a windowed aggregation. Made by [`TestDriver::window_store`](crate::TestDriver::window_store).
pub struct TestWindowStore<K, V>(Found<WindowState<K, V>>);

impl<K, V> fmt::Debug for TestWindowStore<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TestWindowStore<{}, {}>", type_name::<K>(), type_name::<V>())
    }
}

impl<K, V> TestWindowStore<K, V>
where
    K: StreamData<Stored = K> + Clone + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    pub(crate) fn find(engine: Rc<RefCell<Engine>>, name: &str) -> Result<Self, DriverError> {
        Ok(TestWindowStore(Found::find::<K, V>(engine, name)?))
    }

    /// Only what the task of this partition has.
    #[must_use]
    pub fn partition(self, partition: i32) -> Self {
        TestWindowStore(self.0.of_partition(partition))
    }

    /// The value of a key in the window with this start. A borrowed form of the key will do: `str` for `String`.
    ///
    /// # Panics
    /// If the store fails.
    #[track_caller]
    pub fn fetch<Q: StreamData<Stored = K> + ?Sized>(&self, key: &Q, start_ms: i64) -> Option<V> {
        self.0.look_up(key, |store| Ok(store.fetch_with_timestamp(key, start_ms)?.map(|(value, _)| value.clone())))
    }

    /// All rows within retention: key, start of the window, value and time of the last update, in the order of the keys' bytes and then of
    /// the starts.
    ///
    /// # Panics
    /// If the store fails.
    #[track_caller]
    pub fn all_with_timestamps(&self) -> Vec<(K, i64, V, i64)> {
        let read = |store: &mut WindowStore<K, V>| {
            let mut rows = Vec::new();
            store.all(|key, start_ms, value, timestamp_ms| {
                rows.push((key.clone(), start_ms, value.clone(), timestamp_ms));
                ControlFlow::Continue(())
            })?;
            Ok(rows)
        };
        self.0.rows(read, |(key, start_ms, ..)| (key, *start_ms))
    }
}
