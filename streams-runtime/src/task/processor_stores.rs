//! The stores that processors are connected to: their own, and those that they only read.

use std::sync::Arc;

use super::{BuildError, TaskBuilder};
use crate::codec::{KeyData, StoreData, StreamData};
use crate::handles::{GlobalTable, Table};
use crate::plan::{StoreKind, StorePlan};
use crate::processor::ReadOnly;
use crate::stores::{GlobalRows, KeyValue, Sessions, StoreArena, Versioned, VersionedStore, WindowState};
use crate::windows::{KeyWindow, SessionWindow, Window, Windowed};

/// The windows of an aggregation whose store processors can read.
pub trait TableWindow: KeyWindow {
    /// The handle of its store.
    type Handle<K, V>;

    #[doc(hidden)]
    fn open<K, V>(b: &mut TaskBuilder<'_>, name: &str) -> Self::Handle<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static;
}

impl TableWindow for Window {
    type Handle<K, V> = WindowState<K, V>;

    fn open<K, V>(b: &mut TaskBuilder<'_>, name: &str) -> WindowState<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        if b.plans(name) { b.owned_window(name, 0) } else { StoreArena::nowhere() }
    }
}

impl TableWindow for SessionWindow {
    type Handle<K, V> = Sessions<K, V>;

    fn open<K, V>(b: &mut TaskBuilder<'_>, name: &str) -> Sessions<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        if b.plans(name) { b.owned_sessions(name, 0, false) } else { StoreArena::nowhere() }
    }
}

impl TaskBuilder<'_> {
    /// The window store of this name that processors use; a handle that leads nowhere if it belongs to another sub-topology.
    pub fn window_store<K, V>(&mut self, name: &str) -> WindowState<K, V>
    where
        K: StoreData + KeyData,
        V: StoreData,
    {
        let Some(plan) = self.env.plan.stores.iter().find(|s| s.name == name) else { return StoreArena::nowhere() };
        let StoreKind::PlainWindow { retention_ms, size_ms, retain_duplicates } = plan.kind else {
            self.problems.push(BuildError::Defect(format!("store `{name}` is not planned as a window store for processors")));
            return StoreArena::nowhere();
        };
        if retention_ms < size_ms {
            self.window_problem(name, format!("a retention of {retention_ms} ms is shorter than a window of {size_ms} ms"));
        }
        match self.make_window(name, plan.logged, retention_ms) {
            Some(store) => self.context.stores.add(store.for_processors(size_ms, retain_duplicates)),
            None => StoreArena::nowhere(),
        }
    }

    /// The session store of this name that processors use; a handle that leads nowhere if it belongs to another sub-topology.
    pub fn session_store<K, V>(&mut self, name: &str) -> Sessions<K, V>
    where
        K: StoreData + KeyData,
        V: StoreData,
    {
        match self.env.plan.stores.iter().any(|s| s.name == name).then(|| self.make_sessions(name)).flatten() {
            Some((store, _)) => self.context.stores.add(store),
            None => StoreArena::nowhere(),
        }
    }

    /// The key-value store of this name that processors use; a handle that leads nowhere if it belongs to another sub-topology.
    pub fn key_value_store<K, V>(&mut self, name: &str) -> KeyValue<K, V>
    where
        K: StoreData + KeyData,
        V: StoreData,
    {
        self.key_value(name)
    }

    /// The versioned store of this name that processors use; a handle that leads nowhere if it belongs to another sub-topology.
    pub fn versioned_store<K, V>(&mut self, name: &str) -> Versioned<K, V>
    where
        K: StoreData + KeyData,
        V: StoreData,
    {
        self.versioned(name)
    }

    /// The versioned store of this name; a handle that leads nowhere if it belongs to another sub-topology.
    pub(crate) fn versioned<K, V>(&mut self, name: &str) -> Versioned<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        if let Some(handle) = self.context.stores.find(name) {
            return handle;
        }
        let plan = self.env.plan.stores.iter().find(|s| s.name == name);
        let Some(StorePlan { kind: StoreKind::Versioned { history_ms }, logged, .. }) = plan else { return StoreArena::nowhere() };
        let Some(backend) = self.backend(name) else { return StoreArena::nowhere() };
        let changelog = self.changelog(name, *logged);
        match VersionedStore::new(Arc::from(name), backend, changelog, self.env.cache_max_bytes, *history_ms) {
            Ok(store) => self.context.stores.add(store),
            Err(error) => {
                self.problems.push(error.into());
                StoreArena::nowhere()
            }
        }
    }

    /// The store of a table with a history, for processors to read.
    pub fn versioned_table_store<K, V>(&mut self, table: &Table<K, V>, name: &str) -> ReadOnly<Versioned<K, V>>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        let _ = table;
        ReadOnly(self.versioned(name))
    }

    /// The store of a table, for processors to read.
    pub fn table_store<K, V>(&mut self, table: &Table<K, V>, name: &str) -> ReadOnly<KeyValue<K, V>>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        let _ = table;
        ReadOnly(self.key_value(name))
    }

    /// The store of an aggregation in windows or sessions, for processors to read.
    pub fn window_table_store<K, W, V>(&mut self, table: &Table<Windowed<K, W>, V>, name: &str) -> ReadOnly<W::Handle<K, V>>
    where
        K: StreamData<Stored = K> + 'static,
        W: TableWindow,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        let _ = table;
        ReadOnly(W::open(self, name))
    }

    /// A global table, for processors to read.
    pub fn global_rows<K, V>(&mut self, table: &GlobalTable<K, V>, name: &str) -> GlobalRows<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + Send + Sync + 'static,
    {
        let _ = table;
        let store = self.global(name);
        self.context.stores.add_global(store)
    }

    /// Whether a store of this name belongs to the sub-topology.
    fn plans(&self, name: &str) -> bool {
        self.env.plan.stores.iter().any(|s| s.name == name)
    }
}
