//! Repartitions where a changed key meets an operator that needs records partitioned by it.

use crate::model::{Argument, Node, NodeId, Options, Topology};
use crate::operators::{self, Kind};

/// Inserts them and gives the order of all nodes.
pub(super) fn insert(topology: &mut Topology) -> Vec<NodeId> {
    let flows = topology.flows();
    let mut order = Vec::with_capacity(topology.nodes.len());
    for id in topology.ids() {
        let inputs: Vec<NodeId> = topology.node(id).inputs().collect();
        for (index, input) in inputs.into_iter().enumerate() {
            if topology.rekeyed_input(id, index, &flows).is_none() {
                continue;
            }
            let Some((row, _)) = operators::find(Some(Kind::Stream), "repartition") else { continue };
            let consumer = topology.node(id);
            let side = if index == 0 { "" } else { ".right" };
            let repartition = Node {
                row,
                fallible: false,
                span: consumer.span,
                receiver: Some(input),
                output_index: None,
                args: Vec::new(),
                fallible_branches: Vec::new(),
                options: Options::default(),
                variable: None,
                label: format!("{}{side}.repartition", consumer.label),
                read: true,
                used_at: if index == 0 { consumer.used_at } else { None },
                inserted_for: Some(id),
                follows: None,
                also_from: Vec::new(),
            };
            let inserted = NodeId(topology.nodes.len());
            topology.nodes.push(repartition);
            if index == 0 {
                topology.nodes[id.0].receiver = Some(inserted);
                topology.nodes[id.0].used_at = None;
            } else {
                let operand = topology.nodes[id.0].args.iter_mut().find_map(|arg| match arg {
                    Argument::Operand(operand, _) => Some(operand),
                    _ => None,
                });
                operand.into_iter().for_each(|operand| *operand = inserted);
            }
            order.push(inserted);
        }
        order.push(id);
    }
    order
}

impl Topology {
    /// The name of a repartition: its own, or that of the state or join it was inserted for, with the side of a join of two streams.
    pub(crate) fn repartition_name(&self, id: NodeId) -> String {
        let named = self.node(id).inserted_for.unwrap_or(id);
        let node = self.node(named);
        let name = self.topic_name(named).map(|(name, _)| name).unwrap_or_default();
        match node.joins_streams() {
            true if node.receiver == Some(id) => format!("{name}-left"),
            true => format!("{name}-right"),
            false => name,
        }
    }

    /// Whether records with a null key go through: in front of the side of a join whose records need no partner.
    pub(crate) fn lets_null_keys_through(&self, id: NodeId) -> bool {
        let Some(consumer) = self.node(id).inserted_for.map(|id| self.node(id)) else { return false };
        match consumer.row.name {
            "left_join" => consumer.receiver == Some(id),
            "outer_join" => true,
            _ => false,
        }
    }
}
