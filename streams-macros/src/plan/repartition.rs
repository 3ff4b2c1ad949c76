//! Repartitions where a changed key meets an operator that needs records partitioned by it.

use crate::model::{Node, NodeId, Options, Topology};
use crate::operators::{self, Kind};

/// Inserts them and gives the order of all nodes.
pub(super) fn insert(topology: &mut Topology) -> Vec<NodeId> {
    let flows = topology.flows();
    let mut order = Vec::with_capacity(topology.nodes.len());
    for id in topology.ids() {
        if topology.needs_repartition(id, &flows)
            && let Some((row, _)) = operators::find(Some(Kind::Stream), "repartition")
        {
            let consumer = topology.node(id);
            let repartition = Node {
                row,
                fallible: false,
                span: consumer.span,
                receiver: consumer.receiver,
                output_index: None,
                args: Vec::new(),
                fallible_branches: Vec::new(),
                options: Options::default(),
                variable: None,
                label: format!("{}.repartition", consumer.label),
                read: true,
                used_at: consumer.used_at,
                inserted_for: Some(id),
                follows: None,
                also_from: Vec::new(),
            };
            let inserted = NodeId(topology.nodes.len());
            topology.nodes.push(repartition);
            topology.nodes[id.0].receiver = Some(inserted);
            topology.nodes[id.0].used_at = None;
            order.push(inserted);
        }
        order.push(id);
    }
    order
}
