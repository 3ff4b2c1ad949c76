//! Cogroups: what is written as a chain of `cogroup` is several streams that lead into one aggregation.

use proc_macro2::Span;

use super::build::Builder;
use super::graph::{Argument, Node, NodeId, Topology, plain};
use crate::operators::Kind;

impl Builder {
    /// A node that was just written: a further `cogroup` takes its own stream, and the aggregation those of all.
    pub(super) fn cogroup(&self, on: Option<NodeId>, node: &mut Node) {
        let Some(on) = on.filter(|on| self.nodes[on.0].gives().is_cogroup()) else { return };
        if node.row.name == "cogroup" {
            let operand = node.args.iter().position(|arg| matches!(arg, Argument::Operand(..)));
            if let Some(Argument::Operand(stream, span)) = operand.map(|index| node.args.remove(index)) {
                node.receiver = Some(stream);
                node.follows = Some((on, span));
            }
        } else if !node.gives().is_cogroup() {
            let last = last_stream(&self.nodes, on);
            node.also_from = before(&self.nodes, last).collect();
        }
    }
}

/// The last `cogroup` that a chain has come to.
fn last_stream(nodes: &[Node], mut at: NodeId) -> NodeId {
    while nodes[at.0].row.name != "cogroup" {
        match nodes[at.0].receiver {
            Some(receiver) => at = receiver,
            None => break,
        }
    }
    at
}

/// The `cogroup`s before one.
fn before(nodes: &[Node], at: NodeId) -> impl Iterator<Item = NodeId> {
    std::iter::successors(nodes[at.0].follows, |(at, _)| nodes[at.0].follows).map(|(at, _)| at)
}

impl Topology {
    /// The `cogroup`s that an aggregation folds together, the last first; nothing for any other node.
    pub(crate) fn cogrouped(&self, id: NodeId) -> Vec<NodeId> {
        let node = self.node(id);
        match node.receiver {
            Some(receiver) if node.row.on.is_some_and(Kind::is_cogroup) && node.gives() == Kind::Table => {
                std::iter::once(last_stream(&self.nodes, receiver)).chain(node.also_from.iter().copied()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The `cogroup`s before one, the last first.
    pub(crate) fn cogroups_before(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        before(&self.nodes, id)
    }

    /// The aggregation that a `cogroup` leads to.
    pub(crate) fn aggregation_of(&self, cogroup: NodeId) -> Option<NodeId> {
        self.ids().find(|id| self.cogrouped(*id).contains(&cogroup))
    }

    /// The name for state and repartition topics: that of the node, or for a `cogroup` that of the aggregation, and for further streams with their own behind it.
    pub(crate) fn topic_name(&self, id: NodeId) -> Option<(String, Span)> {
        let node = self.node(id);
        if node.row.name != "cogroup" || node.options.named.is_some() {
            return node.state_name();
        }
        let (state, span) = self.node(self.aggregation_of(id)?).state_name()?;
        let Some((_, operand_at)) = node.follows else { return Some((state, span)) };
        let mut stream = node.receiver?;
        // A repartition may have come between.
        while self.node(stream).gives() != Kind::Grouped {
            stream = self.node(stream).receiver?;
        }
        let variable = self.node(stream).variable.as_ref()?;
        Some((format!("{state}-{}", plain(&variable.name)), operand_at))
    }
}
