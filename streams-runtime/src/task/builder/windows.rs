//! Stores of windows and sessions: those of processors, and those of aggregations, which joins look rows up in.

use std::sync::Arc;

use super::{BuildError, TaskBuilder};
use crate::codec::StreamData;
use crate::handles::Table;
use crate::operators::LendsRows;
use crate::plan::StoreKind;
use crate::stores::{SessionStore, Sessions, StoreArena, WindowState, WindowStore};
use crate::windows::Windowed;

impl TaskBuilder<'_> {
    /// The window store of this name that processors use; a handle that leads nowhere if it belongs to another sub-topology.
    pub fn window_store<K, V>(&mut self, name: &str) -> WindowState<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        let Some(plan) = self.env.plan.stores.iter().find(|s| s.name == name) else { return StoreArena::no_window() };
        let StoreKind::PlainWindow { retention_ms, size_ms, retain_duplicates } = plan.kind else {
            self.problems.push(BuildError::Defect(format!("store `{name}` is not planned as a window store for processors")));
            return StoreArena::no_window();
        };
        if retention_ms < size_ms {
            self.window_problem(name, format!("a retention of {retention_ms} ms is shorter than a window of {size_ms} ms"));
        }
        match self.make_window(name, plan.logged, retention_ms) {
            Some(store) => self.context.stores.add_window(store.for_processors(size_ms, retain_duplicates)),
            None => StoreArena::no_window(),
        }
    }

    /// The session store of this name that processors use; a handle that leads nowhere if it belongs to another sub-topology.
    pub fn session_store<K, V>(&mut self, name: &str) -> Sessions<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        match self.env.plan.stores.iter().any(|s| s.name == name) {
            true => self.sessions(name).map_or_else(StoreArena::no_sessions, |(handle, _)| handle),
            false => StoreArena::no_sessions(),
        }
    }

    fn make_window<K, V>(&mut self, name: &str, logged: bool, retention_ms: i64) -> Option<WindowStore<K, V>>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        let backend = self.backend(name)?;
        let changelog = self.changelog(name, logged);
        let store = WindowStore::new(Arc::from(name), backend, changelog, self.env.cache_max_bytes, retention_ms);
        store.map_err(|error| self.problems.push(error.into())).ok()
    }

    /// The window store of an aggregation and its retention. Made by who comes first: the node, or those who look its rows up.
    pub(crate) fn window<K, V>(&mut self, name: &str) -> Option<(WindowState<K, V>, i64)>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        let plan = self.env.plan.stores.iter().find(|s| s.name == name);
        let Some((StoreKind::Window { retention_ms }, logged)) = plan.map(|plan| (plan.kind, plan.logged)) else {
            self.problems.push(BuildError::Defect(format!("store `{name}` is not planned as a window store")));
            return None;
        };
        if let Some(handle) = self.context.stores.find_window(name) {
            return Some((handle, retention_ms));
        }
        let store = self.make_window(name, logged, retention_ms)?;
        Some((self.context.stores.add_window(store), retention_ms))
    }

    /// A session store and its retention. Made by who comes first: the node, or those who look its rows up.
    pub(crate) fn sessions<K, V>(&mut self, name: &str) -> Option<(Sessions<K, V>, i64)>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        let plan = self.env.plan.stores.iter().find(|s| s.name == name);
        let Some((StoreKind::Session { retention_ms }, logged)) = plan.map(|plan| (plan.kind, plan.logged)) else {
            self.problems.push(BuildError::Defect(format!("store `{name}` is not planned as a session store")));
            return None;
        };
        if let Some(handle) = self.context.stores.find_sessions(name) {
            return Some((handle, retention_ms));
        }
        let backend = self.backend(name)?;
        let changelog = self.changelog(name, logged);
        match SessionStore::new(Arc::from(name), backend, changelog, self.env.cache_max_bytes, retention_ms) {
            Ok(store) => Some((self.context.stores.add_sessions(store), retention_ms)),
            Err(error) => {
                self.problems.push(error.into());
                None
            }
        }
    }

    /// The window store of a node, whose windows are so long, and must be kept for at least so long after their start.
    pub(crate) fn owned_window<K, V>(&mut self, name: &str, size_ms: i64, least_retention_ms: i64) -> WindowState<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        let Some((handle, retention_ms)) = self.window(name) else { return StoreArena::no_window() };
        if retention_ms < least_retention_ms {
            let problem = format!(
                "a retention of {retention_ms} ms is too short: records that are not late need a window until {least_retention_ms} ms after its start"
            );
            self.window_problem(name, problem);
        }
        self.context.stores.window(handle).set_size_ms(size_ms);
        handle
    }

    /// The changes of this store go to the node behind it.
    pub(crate) fn forward_windows<K, V>(&mut self, handle: WindowState<K, V>, name: &str)
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        if self.context.stores.find_window::<K, V>(name).is_some() {
            let with_old = self.with_old.contains(&name);
            self.context.stores.window(handle).forward_changes(with_old);
        }
    }

    /// The session store of a node, which must keep sessions for at least so long after their end. `forwards`: its changes go to the node
    /// behind it.
    pub(crate) fn owned_sessions<K, V>(&mut self, name: &str, least_retention_ms: i64, forwards: bool) -> Sessions<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        let Some((handle, retention_ms)) = self.sessions(name) else { return StoreArena::no_sessions() };
        if retention_ms < least_retention_ms {
            let problem = format!(
                "a retention of {retention_ms} ms is too short: records that are not late need a session until {least_retention_ms} ms after its end"
            );
            self.window_problem(name, problem);
        }
        if forwards {
            let with_old = self.with_old.contains(&name);
            self.context.stores.sessions(handle).forward_changes(with_old);
        }
        handle
    }

    /// The rows of an aggregation in windows with the store `name`.
    pub fn window_rows<K, V, W>(&mut self, table: &Table<Windowed<K, W>, V>, name: &str) -> W::Rows<K, V>
    where
        K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
        W: LendsRows,
    {
        let _ = table;
        W::rows(self, name)
    }
}
