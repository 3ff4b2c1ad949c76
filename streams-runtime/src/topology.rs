//! What `topology!` makes: a plain value that says what it needs and builds its tasks.

use std::sync::Arc;

use crate::plan::TopologyPlan;
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

    /// Adds the global tables, empty.
    fn globals(&self, globals: &mut GlobalStores);

    /// Builds one sub-topology: attaches its nodes, back to front, and its sources.
    fn build(self: &Arc<Self>, sub_topology: usize, b: &mut TaskBuilder<'_>);
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
