//! A look into versioned stores.

use std::any::type_name;
use std::cell::RefCell;
use std::fmt;
use std::ops::ControlFlow;
use std::rc::Rc;

use streams_runtime::codec::StreamData;
use streams_runtime::stores::{Versioned, VersionedStore};

use crate::engine::Engine;
use crate::error::DriverError;
use crate::found::Found;

/// The store of a table with a history. Made by [`TestDriver::versioned_store`](crate::TestDriver::versioned_store).
pub struct TestVersionedStore<K, V>(Found<Versioned<K, V>>);

impl<K, V> fmt::Debug for TestVersionedStore<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TestVersionedStore<{}, {}>", type_name::<K>(), type_name::<V>())
    }
}

impl<K, V> TestVersionedStore<K, V>
where
    K: StreamData<Stored = K> + Clone + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    pub(crate) fn find(engine: Rc<RefCell<Engine>>, name: &str) -> Result<Self, DriverError> {
        Ok(TestVersionedStore(Found::find::<K, V>(engine, name)?))
    }

    /// Only what the task of this partition has.
    #[must_use]
    pub fn partition(self, partition: i32) -> Self {
        TestVersionedStore(self.0.of_partition(partition))
    }

    /// The latest value of a key and its time. A borrowed form of the key will do: `str` for `String`.
    ///
    /// # Panics
    /// If the store fails.
    #[track_caller]
    pub fn get<Q: StreamData<Stored = K> + ?Sized>(&self, key: &Q) -> Option<(V, i64)> {
        self.0.look_up(key, |store| Ok(store.get(key)?.map(|(value, from_ms)| (value.clone(), from_ms))))
    }

    /// The value that a key had at a time, and since when it had it.
    ///
    /// # Panics
    /// If the store fails.
    #[track_caller]
    pub fn get_as_of<Q: StreamData<Stored = K> + ?Sized>(&self, key: &Q, time_ms: i64) -> Option<(V, i64)> {
        self.0.look_up(key, |store| Ok(store.get_as_of(key, time_ms)?.map(|(value, from_ms)| (value.clone(), from_ms))))
    }

    /// All keys that have a version, in the order of their bytes; also those that are deleted by now.
    ///
    /// # Panics
    /// If the store fails.
    #[track_caller]
    pub fn keys(&self) -> Vec<K> {
        let read = |store: &mut VersionedStore<K, V>| {
            let mut keys = Vec::new();
            store.keys(|key| {
                keys.push(key.clone());
                ControlFlow::Continue(())
            })?;
            Ok(keys)
        };
        self.0.rows(read, |key| (key, ()))
    }
}
