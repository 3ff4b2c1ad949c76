//! Graph → plan: repartitions are inserted, the graph is cut into sub-topologies at them, and everything has its place.

mod describe;
mod dot;
mod drawing;
mod fingerprint;
mod foreign_keys;
mod mermaid;
mod old_values;
mod optimize;
mod repartition;
mod rows;
mod stores;
mod subtopology;
mod versions;

pub(crate) use describe::describe;
pub(crate) use dot::dot;
#[cfg(test)]
pub(crate) use fingerprint::facts;
pub(crate) use fingerprint::{fingerprint, layout};
pub(crate) use mermaid::mermaid;
pub(crate) use stores::{OwnStore, StoreRole};
pub(crate) use subtopology::{Entry, SubTopology};

use crate::model::{NodeId, Topology};
use crate::operators::Kind;
use crate::parse::Optimizations;

/// A topology that is ready to be generated.
pub(crate) struct Plan {
    /// With the repartitions that nobody wrote, at the end.
    pub(crate) topology: Topology,
    /// All nodes in the order of the data: that of the text, an inserted repartition before the node that needs it.
    pub(crate) order: Vec<NodeId>,
    /// By node: who takes its records, in the order of the text.
    pub(crate) consumers: Vec<Vec<NodeId>>,
    /// By node: something needs the values before its changes, and it can give them.
    pub(crate) gives_old: Vec<bool>,
    /// By node: something looks up its rows.
    pub(crate) lends_rows: Vec<bool>,
    pub(crate) sub_topologies: Vec<SubTopology>,
    /// Global tables: filled apart, once per process.
    pub(crate) globals: Vec<NodeId>,
    /// Of an optimized topology: what it would be without that.
    pub(crate) description_unoptimized: Option<String>,
}

/// Plans a topology that has been checked.
pub(crate) fn plan(mut topology: Topology) -> Plan {
    let none = Optimizations::default();
    let description_unoptimized = (topology.optimizations != none).then(|| {
        let plain = Topology { optimizations: none, ..topology.clone() };
        describe(&plan(plain))
    });
    optimize::self_joins(&mut topology);
    let order = repartition::insert(&mut topology);
    let consumers = consumers(&topology, &order);
    let gives_old = old_values::wanted(&topology, &order);
    let lends_rows = rows::lent(&topology, &order);
    let sub_topologies = subtopology::cut(&topology, &order);
    let globals = order.iter().copied().filter(|id| topology.node(*id).gives() == Kind::GlobalTable).collect();
    Plan { topology, order, consumers, gives_old, lends_rows, sub_topologies, globals, description_unoptimized }
}

impl Plan {
    /// `<name>` of the topic `<application.id>-<name>-repartition` that a repartition writes.
    pub(crate) fn repartition_name(&self, id: NodeId) -> String {
        self.topology.repartition_name(id)
    }
}

impl Topology {
    pub(crate) fn is_repartition(&self, id: NodeId) -> bool {
        self.node(id).row.name == "repartition"
    }
}

fn consumers(topology: &Topology, order: &[NodeId]) -> Vec<Vec<NodeId>> {
    let mut consumers = vec![Vec::new(); topology.nodes.len()];
    for id in order {
        let node = topology.node(*id);
        for (index, input) in node.inputs().enumerate() {
            // Rows of a table are looked up, by all but another table: that has to hear of its changes too.
            let records = matches!(topology.node(input).gives(), Kind::Stream | Kind::Cogrouped);
            if index == 0 || records || node.joins_tables() || node.joins_by_foreign_key() {
                consumers[input.0].push(*id);
            }
        }
    }
    consumers
}
