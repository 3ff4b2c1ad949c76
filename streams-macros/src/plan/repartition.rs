//! Repartitions where a changed key meets an operator that needs records partitioned by it.

use std::collections::HashMap;

use syn::LitStr;

use crate::model::{Argument, Flow, Node, NodeId, Options, Shared, Topology, plain};
use crate::operators::{self, Kind};

/// Inserts them and gives the order of all nodes.
pub(super) fn insert(topology: &mut Topology) -> Vec<NodeId> {
    let flows = topology.flows();
    let shares = shares(topology, &flows);
    // By stream: its repartition.
    let mut shared: HashMap<NodeId, NodeId> = HashMap::new();
    let mut order = Vec::with_capacity(topology.nodes.len());
    for id in topology.ids() {
        let inputs: Vec<NodeId> = topology.node(id).inputs().collect();
        for (index, input) in inputs.into_iter().enumerate() {
            if topology.rekeyed_input(id, index, &flows).is_none() {
                continue;
            }
            let Some((row, _)) = operators::find(Some(Kind::Stream), "repartition") else { continue };
            let share = shares.get(&(id, index));
            let (front, stream) = share.map_or((id, input), |share| (share.front, share.stream));
            if let Some(there) = share.and_then(|share| shared.get(&share.stream)) {
                read_from(topology, front, index, *there);
                continue;
            }
            let consumer = topology.node(front);
            let side = if index == 0 { "" } else { ".right" };
            let label = match share {
                Some(Shared { name, .. }) => format!("{}.repartition", plain(name)),
                None => format!("{}{side}.repartition", consumer.label),
            };
            let named = share.map(|share| LitStr::new(&plain(&share.name), share.name.span()));
            let repartition = Node {
                row,
                fallible: false,
                span: topology.node(id).span,
                receiver: Some(stream),
                output_index: None,
                args: Vec::new(),
                fallible_branches: Vec::new(),
                options: Options { named, ..Options::default() },
                variable: None,
                label,
                read: true,
                used_at: if index == 0 { consumer.used_at } else { None },
                inserted_for: Some(id),
                follows: None,
                also_from: Vec::new(),
            };
            let inserted = NodeId(topology.nodes.len());
            topology.nodes.push(repartition);
            read_from(topology, front, index, inserted);
            // A grouping in front of the consumer has its place already.
            let place = if front == id { order.len() } else { order.iter().position(|other| *other == front).unwrap_or(order.len()) };
            order.insert(place, inserted);
            shared.extend(share.map(|share| (share.stream, inserted)));
        }
        order.push(id);
    }
    order
}

/// Has a node take records from a repartition instead of what it named.
fn read_from(topology: &mut Topology, id: NodeId, index: usize, repartition: NodeId) {
    let node = &mut topology.nodes[id.0];
    if index == 0 || matches!(node.row.name, "group_by_key" | "windowed_by") {
        node.receiver = Some(repartition);
        node.used_at = None;
        return;
    }
    let operand = node.args.iter_mut().find_map(|arg| match arg {
        Argument::Operand(operand, _) => Some(operand),
        _ => None,
    });
    operand.into_iter().for_each(|operand| *operand = repartition);
}

/// Which inputs can share a repartition, as the text has them.
fn shares(topology: &Topology, flows: &[Flow]) -> HashMap<(NodeId, usize), Shared> {
    let inputs = topology.ids().flat_map(|id| (0..topology.node(id).inputs().count()).map(move |index| (id, index)));
    inputs.filter_map(|(id, index)| Some(((id, index), topology.shared_repartition(id, index, flows)?))).collect()
}

impl Topology {
    /// The name of a repartition: its own, or that of the stream it carries, or that of the state or join it was inserted for, with the side of a join of two streams.
    pub(crate) fn repartition_name(&self, id: NodeId) -> String {
        if let Some(named) = &self.node(id).options.named {
            return named.value();
        }
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
        let Some(consumer) = self.node(id).inserted_for else { return false };
        self.keeps_null_keys(consumer, usize::from(self.node(consumer).receiver != Some(id))) && self.node(id).options.named.is_none()
    }
}
