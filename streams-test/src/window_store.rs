//! A look into window stores.

use std::any::type_name;
use std::cell::RefCell;
use std::fmt;
use std::ops::ControlFlow;
use std::rc::Rc;

use streams_runtime::codec::StreamData;
use streams_runtime::stores::{StoreError, WindowState, WindowStore};

use crate::engine::Engine;
use crate::error::DriverError;

/// The store of a windowed aggregation. Made by [`TestDriver::window_store`](crate::TestDriver::window_store).
pub struct TestWindowStore<K, V> {
    engine: Rc<RefCell<Engine>>,
    task: usize,
    store: WindowState<K, V>,
}

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
        let mut inner = engine.borrow_mut();
        let mut tasks = inner.tasks.iter_mut().enumerate();
        let found = tasks.find_map(|(task, t)| Some((task, t.stores_mut().find(name)?)));
        if let Some((task, store)) = found {
            drop(inner);
            return Ok(TestWindowStore { engine, task, store });
        }
        let mut known: Vec<String> = Vec::new();
        for task in &mut inner.tasks {
            known.extend(task.each_store().map(|store| store.name().to_owned()));
        }
        if known.iter().any(|known| known == name) {
            return Err(DriverError::StoreType { store: name.to_owned(), key: type_name::<K>(), value: type_name::<V>() });
        }
        known.sort_unstable();
        Err(DriverError::UnknownStore { store: name.to_owned(), known })
    }

    #[track_caller]
    fn read<R>(&self, read: impl FnOnce(&mut WindowStore<K, V>) -> Result<R, StoreError>) -> R {
        match read(self.engine.borrow_mut().tasks[self.task].stores_mut().get(self.store)) {
            Ok(read) => read,
            Err(error) => panic!("{error}"),
        }
    }

    /// The value of a key in the window with this start. A borrowed form of the key will do: `str` for `String`.
    ///
    /// # Panics
    /// If the store fails.
    #[track_caller]
    pub fn fetch<Q: StreamData<Stored = K> + ?Sized>(&self, key: &Q, start_ms: i64) -> Option<V> {
        self.read(|store| Ok(store.fetch_with_timestamp(key, start_ms)?.map(|(value, _)| value.clone())))
    }

    /// All rows within retention: key, start of the window, value and time of the last update, in the order of the keys' bytes and then of
    /// the starts.
    ///
    /// # Panics
    /// If the store fails.
    #[track_caller]
    pub fn all_with_timestamps(&self) -> Vec<(K, i64, V, i64)> {
        self.read(|store| {
            let mut rows = Vec::new();
            store.all(|key, start_ms, value, timestamp_ms| {
                rows.push((key.clone(), start_ms, value.clone(), timestamp_ms));
                ControlFlow::Continue(())
            })?;
            Ok(rows)
        })
    }
}
