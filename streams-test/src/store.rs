//! A look into stores.

use std::any::type_name;
use std::cell::RefCell;
use std::fmt;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::sync::Arc;

use streams_runtime::codec::StreamData;
use streams_runtime::stores::{GlobalStore, KeyValue, KeyValueStore, Order, StoreError};

use crate::engine::Engine;
use crate::error::DriverError;
use crate::found::Found;

/// A store of the topology, or a global table. Made by [`TestDriver::store`](crate::TestDriver::store).
pub struct TestStore<K, V: StreamData>(Place<K, V>);

enum Place<K, V: StreamData> {
    Task(Found<KeyValue<K, V>>),
    Global(Arc<GlobalStore<K, V>>),
}

impl<K, V: StreamData> fmt::Debug for TestStore<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TestStore<{}, {}>", type_name::<K>(), type_name::<V>())
    }
}

impl<K, V> TestStore<K, V>
where
    K: StreamData<Stored = K> + Clone + 'static,
    V: StreamData<Stored = V> + Clone + Send + Sync + 'static,
{
    pub(crate) fn find(engine: Rc<RefCell<Engine>>, name: &str) -> Result<Self, DriverError> {
        let global = engine.borrow().globals.get(name);
        let place = match global {
            Some(store) => Place::Global(store),
            None => Place::Task(Found::find::<K, V>(engine, name)?),
        };
        Ok(TestStore(place))
    }

    /// Only what the task of this partition has. A global table has no partitions: all of it is
    /// seen.
    #[must_use]
    pub fn partition(self, partition: i32) -> Self {
        match self.0 {
            Place::Task(found) => TestStore(Place::Task(found.of_partition(partition))),
            global @ Place::Global(_) => TestStore(global),
        }
    }

    /// The value of a key. A borrowed form of the key will do: `str` for `String`. A number says its type, since a literal's would not be
    /// inferred.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    /// use streams_test::TestDriver;
    ///
    /// topology! {
    ///     fn users() -> Users {
    ///         let users: Table<u64, String> = table("users");
    ///         users.to_stream().to("changes");
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), streams_test::DriverError> {
    /// let driver = TestDriver::new(users())?;
    /// driver.input::<u64, str>("users")?.pipe(&1, "ann")?;
    /// assert_eq!(driver.store(Users::USERS)?.get(&1u64), Some("ann".to_owned())); // `&1` would be an `i32`
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    /// If the store fails.
    #[track_caller]
    pub fn get<Q: StreamData<Stored = K> + ?Sized>(&self, key: &Q) -> Option<V> {
        self.get_with_timestamp(key).map(|(value, _)| value)
    }

    /// The value of a key and the time of its last update.
    ///
    /// # Panics
    /// If the store fails.
    #[track_caller]
    pub fn get_with_timestamp<Q: StreamData<Stored = K> + ?Sized>(&self, key: &Q) -> Option<(V, i64)> {
        match &self.0 {
            Place::Task(found) => {
                found.look_up(key, |store| Ok(store.get_with_timestamp(key)?.map(|(value, timestamp_ms)| (value.clone(), timestamp_ms))))
            }
            Place::Global(store) => done(store.get_with_timestamp(key)),
        }
    }

    /// All rows in the order of the keys' bytes.
    ///
    /// # Panics
    /// If the store fails.
    #[track_caller]
    pub fn all(&self) -> Vec<(K, V)> {
        self.all_with_timestamps().into_iter().map(|(key, value, _)| (key, value)).collect()
    }

    /// All rows in the order of the keys' bytes, each with the time of its last update.
    ///
    /// # Panics
    /// If the store fails.
    #[track_caller]
    pub fn all_with_timestamps(&self) -> Vec<(K, V, i64)> {
        let read = |store: &mut KeyValueStore<K, V>| {
            let mut rows = Vec::new();
            store.visit_all(Order::Ascending, |key, value, timestamp_ms| {
                rows.push((key.clone(), value.clone(), timestamp_ms));
                ControlFlow::Continue(())
            })?;
            Ok(rows)
        };
        match &self.0 {
            Place::Task(found) => found.rows(read, |(key, ..)| (key, ())),
            Place::Global(store) => done(store.all_with_timestamps()),
        }
    }
}

/// # Panics
/// If the store fails: a test ends there.
#[track_caller]
fn done<R>(read: Result<R, StoreError>) -> R {
    match read {
        Ok(read) => read,
        Err(error) => panic!("{error}"),
    }
}
