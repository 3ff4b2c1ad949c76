//! Which tables lend their rows: to the joins that look them up, directly or through views over them.

use crate::model::{NodeId, Topology};
use crate::operators::Kind;

/// By node.
pub(super) fn lent(topology: &Topology, order: &[NodeId]) -> Vec<bool> {
    let mut lent = vec![false; topology.nodes.len()];
    for id in order.iter().rev() {
        let node = topology.node(*id);
        let through = lent[id.0] && node.is_view() && !node.is_state();
        for (index, input) in node.inputs().enumerate() {
            let joined = index > 0 || node.joins_tables() || node.joins_by_foreign_key();
            if topology.node(input).gives() == Kind::Table && (joined || through) {
                lent[input.0] = true;
            }
        }
    }
    lent
}

impl Topology {
    /// The state behind the rows of a table: its own store, or those of the tables that it is made of.
    pub(super) fn stores_behind(&self, id: NodeId) -> Vec<NodeId> {
        let node = self.node(id);
        if node.is_state() || !node.is_view() {
            return node.is_state().then_some(id).into_iter().collect();
        }
        let own = node.holds_back().then_some(id);
        own.into_iter().chain(node.inputs().flat_map(|input| self.stores_behind(input))).collect()
    }
}
