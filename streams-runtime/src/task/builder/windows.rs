//! Stores of windows and sessions, and what nodes ask of them.

use std::sync::Arc;

use super::{BuildError, TaskBuilder};
use crate::codec::StreamData;
use crate::plan::StoreKind;
use crate::stores::{SessionStore, Sessions, StoreArena, WindowState, WindowStore};
use crate::windows::WindowEnds;

impl TaskBuilder<'_> {
    /// A session store as it is planned, and its retention.
    pub(in crate::task) fn make_sessions<K, V>(&mut self, name: &str) -> Option<(SessionStore<K, V>, i64)>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        let plan = self.env.plan.stores.iter().find(|s| s.name == name);
        let Some((StoreKind::Session { retention_ms }, logged)) = plan.map(|plan| (plan.kind, plan.logged)) else {
            self.problems.push(BuildError::Defect(format!("store `{name}` is not planned as a session store")));
            return None;
        };
        let backend = self.backend(name)?;
        let changelog = self.changelog(name, logged);
        let store = SessionStore::new(Arc::from(name), backend, changelog, self.env.cache_max_bytes, retention_ms);
        store.map(|store| (store, retention_ms)).map_err(|error| self.problems.push(error.into())).ok()
    }

    pub(in crate::task) fn make_window<K, V>(&mut self, name: &str, logged: bool, retention_ms: i64) -> Option<WindowStore<K, V>>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        let backend = self.backend(name)?;
        let changelog = self.changelog(name, logged);
        let store = WindowStore::new(Arc::from(name), backend, changelog, self.env.cache_max_bytes, retention_ms);
        store.map_err(|error| self.problems.push(error.into())).ok()
    }

    /// The window store of a node, which must keep windows for at least so long after their start.
    pub(crate) fn owned_window<K, V>(&mut self, name: &str, least_retention_ms: i64) -> WindowState<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        let Some(plan) = self.env.plan.stores.iter().find(|s| s.name == name) else {
            self.problems.push(BuildError::Defect(format!("store `{name}` is not in the plan")));
            return StoreArena::nowhere();
        };
        let StoreKind::Window { retention_ms } = plan.kind else {
            self.problems.push(BuildError::Defect(format!("store `{name}` is not planned as a window store")));
            return StoreArena::nowhere();
        };
        if retention_ms < least_retention_ms {
            let problem = format!(
                "a retention of {retention_ms} ms is too short: records that are not late need a window until {least_retention_ms} ms after its start"
            );
            self.window_problem(name, problem);
        }
        // A processor that reads it may have opened it before.
        if let Some(handle) = self.context.stores.find(name) {
            return handle;
        }
        match self.make_window(name, plan.logged, retention_ms) {
            Some(store) => self.context.stores.add(store),
            None => StoreArena::nowhere(),
        }
    }

    /// Where the windows of this store end.
    pub(crate) fn end_windows<K, V>(&mut self, handle: WindowState<K, V>, name: &str, ends: WindowEnds)
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        if self.context.stores.find::<WindowState<K, V>>(name).is_some() {
            self.context.stores.get(handle).set_ends(ends);
        }
    }

    /// The changes of this store go to the node behind it.
    pub(crate) fn forward_windows<K, V>(&mut self, handle: WindowState<K, V>, name: &str)
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        if self.context.stores.find::<WindowState<K, V>>(name).is_some() {
            let with_old = self.with_old.contains(&name);
            self.context.stores.get(handle).forward_changes(with_old);
        }
    }

    /// The session store of a node, which must keep sessions for at least so long after their end.
    /// `forwards`: its changes go to the node behind it.
    pub(crate) fn owned_sessions<K, V>(&mut self, name: &str, least_retention_ms: i64, forwards: bool) -> Sessions<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        let made = match self.context.stores.find::<Sessions<K, V>>(name) {
            // A processor that reads it has opened it before.
            Some(handle) => Some((handle, self.context.stores.get(handle).retention_ms())),
            None => self.make_sessions(name).map(|(store, retention_ms)| (self.context.stores.add(store), retention_ms)),
        };
        let Some((handle, retention_ms)) = made else { return StoreArena::nowhere() };
        if retention_ms < least_retention_ms {
            let problem = format!(
                "a retention of {retention_ms} ms is too short: records that are not late need a session until {least_retention_ms} ms after its end"
            );
            self.window_problem(name, problem);
        }
        if forwards {
            let with_old = self.with_old.contains(&name);
            self.context.stores.get(handle).forward_changes(with_old);
        }
        handle
    }

    pub(crate) fn window_problem(&mut self, store: &str, problem: String) {
        self.problems.push(BuildError::Windows { store: store.to_owned(), problem });
    }
}
