//! What `topology!` makes: a plain value that says what it needs and builds its tasks.

use std::sync::Arc;

use crate::checks::Checks;
use crate::plan::TopologyPlan;
use crate::runtime::StartupProblem;
use crate::stores::GlobalStores;
use crate::task::TaskBuilder;

/// A checked topology. Made by `topology!`; can be implemented by hand with the operators' methods.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a topology",
    label = "not a topology",
    note = "declare it with `topology! {{ pub fn name() -> {Self} {{ … }} }}`"
)]
pub trait Topology: Send + Sync + 'static {
    /// Sub-topologies, topics and stores.
    fn plan(&self) -> TopologyPlan;

    /// Looks at what comes from constants and parameters: windows, durations, names of topics.
    fn check(&self, checks: &mut Checks) {
        let _ = checks;
    }

    /// The names of its state and what each is, in the order of the names: what a later version has to agree with to go on from there.
    fn layout(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// Adds the global tables, empty.
    fn globals(&self, globals: &mut GlobalStores);

    /// Builds one sub-topology: attaches its nodes, back to front, and its sources.
    fn build(self: &Arc<Self>, sub_topology: usize, b: &mut TaskBuilder<'_>);
}

/// A topology whose type is forgotten: what runs it, and is the same for all of them, is compiled once.
pub struct AnyTopology {
    plan: TopologyPlan,
    problems: Vec<StartupProblem>,
    layout: &'static [(&'static str, &'static str)],
    globals: Box<dyn Fn(&mut GlobalStores) + Send + Sync>,
    build: Box<dyn Fn(usize, &mut TaskBuilder<'_>) + Send + Sync>,
}

impl std::fmt::Debug for AnyTopology {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("AnyTopology").field(&self.plan.name).finish()
    }
}

impl AnyTopology {
    /// Forgets the type.
    pub fn new<T: Topology>(topology: &Arc<T>) -> Self {
        let plan = topology.plan();
        let (globals_of, built_from) = (Arc::clone(topology), Arc::clone(topology));
        let mut checks = Checks::default();
        topology.check(&mut checks);
        AnyTopology {
            plan,
            problems: checks.finish(),
            layout: topology.layout(),
            globals: Box::new(move |globals| globals_of.globals(globals)),
            build: Box::new(move |sub_topology, b| built_from.build(sub_topology, b)),
        }
    }

    /// As [`Topology::plan`].
    pub fn plan(&self) -> &TopologyPlan {
        &self.plan
    }

    /// What [`Topology::check`] found, so that it cannot start.
    pub fn problems(&self) -> &[StartupProblem] {
        &self.problems
    }

    /// As [`Topology::layout`].
    pub fn layout(&self) -> &'static [(&'static str, &'static str)] {
        self.layout
    }

    /// As [`Topology::globals`].
    pub fn globals(&self, globals: &mut GlobalStores) {
        (self.globals)(globals);
    }

    /// As [`Topology::build`].
    pub fn build(&self, sub_topology: usize, b: &mut TaskBuilder<'_>) {
        (self.build)(sub_topology, b);
    }
}

/// Names a key-value store of a topology with its types, for queries: `WordCount::COUNTS`.
pub struct StoreName<K, V> {
    name: &'static str,
    types: std::marker::PhantomData<fn() -> (K, V)>,
}

impl<K, V> StoreName<K, V> {
    /// The store called `name`.
    pub const fn new(name: &'static str) -> Self {
        StoreName { name, types: std::marker::PhantomData }
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<K, V> Clone for StoreName<K, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V> Copy for StoreName<K, V> {}

impl<K, V> std::fmt::Debug for StoreName<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}
