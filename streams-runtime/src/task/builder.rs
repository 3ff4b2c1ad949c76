//! Where generated code finds what its nodes need: stores, topics, places for sources.

mod error;
mod foreign_keys;
mod windows;

pub use error::BuildError;

use std::path::Path;
use std::sync::Arc;

use crate::broker::TopicSlot;
use crate::codec::{Held, StreamData};
use crate::context::{ClosedPlace, Context, Handlers, SharedProducer, Target};
use crate::handles::Table;
use crate::operators::{Source, StoreRows, TableStore};
use crate::plan::{StoreKind, SubTopologyPlan, changelog_topic, repartition_topic};
use crate::stores::buffer::BufferStore;
use crate::stores::handle::Place;
use crate::stores::objects::{Below, ObjectRows, ObjectStore};
use crate::stores::{GlobalStore, GlobalStores, KeyValue, KeyValueBackend, KeyValueStore, StoreArena, StoreContext, StoreFactory};

use super::{Task, TaskId};

/// What a task is made from.
pub struct TaskEnv<'a> {
    /// The application; prefix of internal topics.
    pub application_id: &'a str,
    /// Which task.
    pub id: TaskId,
    /// The plan of its sub-topology.
    pub plan: &'a SubTopologyPlan,
    /// Makes the backends of its stores.
    pub stores: &'a dyn StoreFactory,
    /// The global tables of the process.
    pub globals: &'a GlobalStores,
    /// `<state directory>/<application id>/<sub-topology>_<partition>`.
    pub directory: Option<&'a Path>,
    /// What becomes of records that fail.
    pub handlers: Handlers,
    /// The producer of the worker.
    pub producer: SharedProducer,
    /// How much each store may cache.
    pub cache_max_bytes: usize,
    /// Now.
    pub wall_clock_ms: i64,
}

/// Collects the nodes, stores and targets of one task while the generated code builds it.
pub struct TaskBuilder<'a> {
    pub(super) env: &'a TaskEnv<'a>,
    pub(super) context: Context,
    sources: Vec<Option<Box<dyn Source>>>,
    nodes: usize,
    /// Stores that hand on the values before their changes.
    with_old: Vec<&'static str>,
    /// Stores that begin empty, whatever their backends have.
    cleared: Vec<String>,
    pub(super) problems: Vec<BuildError>,
}

impl<'a> TaskBuilder<'a> {
    /// An empty task.
    pub fn new(env: &'a TaskEnv<'a>) -> Self {
        TaskBuilder {
            env,
            context: Context::new(env),
            sources: env.plan.sources.iter().map(|_| None).collect(),
            nodes: 0,
            with_old: Vec::new(),
            cleared: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// The store of this name begins empty, and all of it comes back from its changelog: what its
    /// backend has is damaged. To be called before the topology is built, since a store that reads
    /// its rows when it is made would meet the damage again.
    pub fn clear_store(&mut self, name: &str) {
        self.cleared.push(name.to_owned());
    }

    /// The key-value store of this name; a handle that leads nowhere if it belongs to another sub-topology.
    pub fn key_value<K, V>(&mut self, name: &str) -> KeyValue<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        if let Some(handle) = self.context.stores.find(name) {
            return handle;
        }
        let plan = self.env.plan.stores.iter().enumerate().find(|(_, s)| s.name == name);
        let Some((rank, plan)) = plan else { return StoreArena::nowhere() };
        let Some(backend) = self.backend(name) else { return StoreArena::nowhere() };
        let changelog = self.changelog(name, plan.logged);
        let mut store = KeyValueStore::new(Arc::from(name), backend, changelog, self.env.cache_max_bytes);
        if let Some(topic) = self.env.plan.source_changelog(name) {
            store.reuse_source(topic);
        }
        if let Some(ttl_ms) = plan.ttl_ms
            && let Err(error) = store.expire_after(ttl_ms, rank, self.context.next_expiry.clone())
        {
            self.problems.push(error.into());
        }
        self.context.stores.add(store)
    }

    pub(super) fn backend(&mut self, name: &str) -> Option<Box<dyn KeyValueBackend>> {
        let context = StoreContext {
            application_id: self.env.application_id,
            store: name,
            sub_topology: self.env.id.sub_topology,
            partition: self.env.id.partition,
            directory: self.env.directory,
        };
        let backend = self.env.stores.key_value(context).and_then(|mut backend| {
            if self.cleared.iter().any(|cleared| cleared == name) {
                backend.clear()?;
            }
            Ok(backend)
        });
        backend.map_err(|error| self.problems.push(error.into())).ok()
    }

    pub(super) fn changelog(&mut self, name: &str, logged: bool) -> Option<(TopicSlot, i32)> {
        let target = logged.then(|| self.target(&changelog_topic(self.env.application_id, name)));
        target.map(|target| (target.topic, self.env.id.partition))
    }

    /// The buffer of this name, which a node and those who look rows up through it use.
    pub(crate) fn buffer<V: Held>(&mut self, name: &str) -> Place<BufferStore<V>> {
        if let Some(place) = self.context.stores.find(name) {
            return place;
        }
        let Some(plan) = self.env.plan.stores.iter().find(|s| s.name == name) else {
            self.problems.push(BuildError::Defect(format!("store `{name}` is not in the plan")));
            return StoreArena::nowhere();
        };
        let Some(backend) = self.backend(name) else { return StoreArena::nowhere() };
        let changelog = self.changelog(name, plan.logged);
        self.context.stores.add(BufferStore::new(Arc::from(name), backend, changelog, self.env.cache_max_bytes))
    }

    /// A store of a node that keeps its rows as objects, which `rows` makes if the store is planned as one of that kind.
    pub(crate) fn objects<R: ObjectRows>(&mut self, name: &str, rows: impl FnOnce(StoreKind) -> Option<R>) -> Place<ObjectStore<R>> {
        let planned = self.env.plan.stores.iter().find(|s| s.name == name).and_then(|plan| Some((plan.logged, rows(plan.kind)?)));
        let Some((logged, rows)) = planned else {
            self.problems.push(BuildError::Defect(format!("store `{name}` is not in the plan, or planned as one of another kind")));
            return StoreArena::nowhere();
        };
        let Some(backend) = self.backend(name) else { return StoreArena::nowhere() };
        let below = Below::new(Arc::from(name), backend, self.changelog(name, logged));
        match ObjectStore::new(rows, below) {
            Ok(store) => self.context.stores.add(store),
            Err(error) => {
                self.problems.push(error.into());
                StoreArena::nowhere()
            }
        }
    }

    /// The store of a node that hands its changes on.
    pub(crate) fn owned_key_value<K, V>(&mut self, name: &str) -> KeyValue<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        let handle = self.key_value(name);
        if self.context.stores.find::<KeyValue<K, V>>(name).is_some() {
            let with_old = self.with_old.contains(&name);
            self.context.stores.get(handle).forward_changes(with_old);
        } else {
            self.problems.push(BuildError::Defect(format!("store `{name}` is not in the plan")));
        }
        handle
    }

    /// The keys of this store have a format that knows more than the type's own.
    pub(crate) fn set_key_format<K, V>(&mut self, handle: KeyValue<K, V>, name: &str, codec: K::Codec)
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        if self.context.stores.find::<KeyValue<K, V>>(name).is_some() {
            self.context.stores.get(handle).set_key_format(codec);
        }
    }

    /// The history of a table must reach as far back as the grace of a join that holds its records in a store.
    pub(crate) fn needs_history(&mut self, store: &str, table: &str, grace_ms: i64) {
        let planned = self.env.plan.stores.iter().find(|s| s.name == table).map(|s| s.kind);
        if let Some(StoreKind::Versioned { history_ms }) = planned
            && history_ms < grace_ms
        {
            self.problems.push(BuildError::History { store: store.to_owned(), table: table.to_owned(), grace_ms, history_ms });
        }
    }

    /// Whether the table `name` keeps the history of its keys.
    fn is_versioned(&self, name: &str) -> bool {
        self.env.plan.stores.iter().any(|s| s.name == name && matches!(s.kind, StoreKind::Versioned { .. }))
    }

    /// The store of a table's node; with it whether the values before its changes are asked for.
    pub(crate) fn owned_table<K, V>(&mut self, name: &str) -> (TableStore<K, V>, bool)
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        let with_old = self.with_old.contains(&name);
        if self.is_versioned(name) {
            (TableStore::Versions(self.versioned(name)), with_old)
        } else {
            (TableStore::Latest(self.owned_key_value(name)), with_old)
        }
    }

    /// The table `name` hands on the values before its changes, since something downstream needs them. Said before it is made.
    pub fn keep_old(&mut self, name: &'static str) {
        self.with_old.push(name);
    }

    /// The rows of the table with the store `name`.
    pub fn rows<K, V>(&mut self, table: &Table<K, V>, name: &str) -> StoreRows<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        let _ = table;
        let kind = self.env.plan.stores.iter().find(|s| s.name == name).map(|s| s.kind);
        let store = match kind {
            Some(StoreKind::Versioned { .. }) => Some(TableStore::Versions(self.versioned(name))),
            Some(StoreKind::Window { .. } | StoreKind::Session { .. }) => None,
            _ => Some(TableStore::Latest(self.key_value(name))),
        };
        StoreRows::new(store, name)
    }

    /// The global table of this name.
    ///
    /// # Panics
    /// If [`Topology::globals`](crate::Topology::globals) did not add it: a defect in generated code.
    pub fn global<K, V>(&mut self, name: &str) -> Arc<GlobalStore<K, V>>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + Send + Sync + 'static,
    {
        match self.env.globals.get(name) {
            Some(store) => store,
            None => unreachable!("global table `{name}` was not registered"),
        }
    }

    /// A topic to write to.
    pub(crate) fn target(&mut self, topic: &str) -> Target {
        self.context.target(topic).unwrap_or_else(|error| {
            self.problems.push(error.into());
            Target { topic: TopicSlot(u32::MAX), partitions: 1 }
        })
    }

    /// Whether the application writes this topic for itself.
    pub(crate) fn is_internal(&self, topic: &str) -> bool {
        self.env.plan.sinks.iter().any(|sink| sink.internal(self.env.application_id).is_some_and(|name| name == topic))
    }

    /// `<application id>-<name>-repartition`.
    pub fn repartition_topic(&self, name: &str) -> String {
        repartition_topic(self.env.application_id, name)
    }

    /// Windows of this store are sent when they close: how far that has come is committed with the offsets.
    pub(crate) fn sends_closed(&mut self, store: &str) -> ClosedPlace {
        self.context.closed.add(store)
    }

    pub(crate) fn next_node(&mut self) -> usize {
        self.nodes += 1;
        self.nodes
    }

    pub(crate) fn add_source(&mut self, index: usize, source: Box<dyn Source>) {
        match self.sources.get_mut(index) {
            Some(place) => *place = Some(source),
            None => self.problems.push(BuildError::Defect(format!("source {index} is not in the plan"))),
        }
    }

    /// The task.
    ///
    /// # Errors
    /// The first of the problems met while building.
    pub fn finish(mut self) -> Result<Task, BuildError> {
        if !self.problems.is_empty() {
            return Err(self.problems.swap_remove(0));
        }
        let sources = self.sources.into_iter().collect::<Option<Vec<_>>>();
        let sources = sources.ok_or_else(|| BuildError::Defect("a source was not built".into()))?;
        let uncached = |name: &str| self.env.plan.stores.iter().any(|plan| plan.name == name && !plan.cached);
        for store in self.context.stores.iter_mut().filter(|store| uncached(store.name())) {
            store.without_cache();
        }
        Ok(Task::new(self.env.id, sources, self.context))
    }
}
