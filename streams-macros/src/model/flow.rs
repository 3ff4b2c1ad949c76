//! What flows along the edges: where the key was changed, and into how many partitions records are divided.

use proc_macro2::Span;

use super::graph::{NodeId, Topology};
use crate::operators::Kind;

/// What is known about the records behind a node.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flow {
    /// The operator that changed the key since records were last partitioned by it.
    pub(crate) rekeyed: Option<NodeId>,
    /// The declared number of partitions, and where it was declared.
    pub(crate) partitions: Option<(u32, Span)>,
}

impl Topology {
    /// The flow behind each node. Nodes stand in the order of the text, so one pass is enough.
    pub(crate) fn flows(&self) -> Vec<Flow> {
        let mut flows: Vec<Flow> = Vec::with_capacity(self.nodes.len());
        for id in self.ids() {
            let node = self.node(id);
            let mut flow = Flow::default();
            // Only streams carry their partitioning on: a table that is joined lends its rows.
            for input in node
                .inputs()
                // What a foreign-key join gives is divided as its left table is.
                .take(if node.joins_by_foreign_key() { 1 } else { usize::MAX })
                .filter(|input| matches!(self.node(*input).gives(), Kind::Table) == node.row.on.is_some_and(|on| on == Kind::Table))
            {
                let from = flows[input.0];
                flow.rekeyed = flow.rekeyed.or(from.rekeyed);
                flow.partitions = flow.partitions.or(from.partitions);
            }
            if node.row.changes_key {
                flow.rekeyed = Some(id);
            }
            if self.needs_repartition(id, &flows) {
                flow = Flow::default();
            }
            if node.row.name == "repartition" {
                flow = Flow::default();
            }
            if let Some(declared) = node.options.partitions {
                flow.partitions = Some(declared);
            }
            flows.push(flow);
        }
        flows
    }

    /// A key change meets an operator that needs records partitioned by key: a topic comes between.
    pub(crate) fn needs_repartition(&self, id: NodeId, flows: &[Flow]) -> bool {
        (0..self.node(id).inputs().count()).any(|index| self.rekeyed_input(id, index, flows).is_some())
    }

    /// The operator that changed the key of one of the inputs, if that input needs a topic between. Of a join with a table it is the stream alone.
    pub(crate) fn rekeyed_input(&self, id: NodeId, index: usize, flows: &[Flow]) -> Option<NodeId> {
        let node = self.node(id);
        let partitioned = self.needs_key(id) && (index == 0 || node.joins_streams());
        node.inputs().nth(index).filter(|_| partitioned).and_then(|input| flows[input.0].rekeyed)
    }

    /// Whether the node needs records to be partitioned by their key. A global table has all keys everywhere.
    pub(crate) fn needs_key(&self, id: NodeId) -> bool {
        let node = self.node(id);
        let global = node.inputs().any(|input| self.node(input).gives() == Kind::GlobalTable);
        node.row.needs_key && !global
    }
}
