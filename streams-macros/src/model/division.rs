//! Where the records behind a node were last divided into partitions, and by what. Records of one key meet only where both sides were
//! divided alike: by the bytes of the key in one format, or by the same partitioner.

use std::collections::HashMap;

use quote::ToTokens;
use syn::Expr;

use super::flow::Flow;
use super::graph::{Node, NodeId, Topics, Topology};
use crate::operators::Kind;

/// One way in which records were divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Division {
    /// A source or a repartition: its formats tell the bytes of the keys.
    At {
        node: NodeId,
        /// What chose the partitions: the node itself, or a sink of this topology that writes the source's topic.
        by: NodeId,
    },
    /// A repartition that nobody wrote, in front of this node: by the key, in the format of its type.
    InFrontOf(NodeId),
}

/// Where sides of an operator meet: the sides, and where the second and later ones were named.
pub(crate) struct Meeting {
    pub(crate) inputs: Vec<(NodeId, proc_macro2::Span)>,
}

impl Topology {
    /// The divisions behind each node, before repartitions are inserted.
    pub(crate) fn divisions(&self, flows: &[Flow]) -> Vec<Vec<Division>> {
        let order: Vec<NodeId> = self.ids().collect();
        self.divisions_in(&order, |id, index| self.rekeyed_input(id, index, flows).is_some())
    }

    /// The same of nodes in the order of the data. `inserted` says in front of which input a repartition is still to come.
    pub(crate) fn divisions_in(&self, order: &[NodeId], inserted: impl Fn(NodeId, usize) -> bool) -> Vec<Vec<Division>> {
        let writers = self.writers();
        let mut divisions: Vec<Vec<Division>> = vec![Vec::new(); self.nodes.len()];
        for id in order {
            let node = self.node(*id);
            let mut own: Vec<Division> = Vec::new();
            if node.is_source() {
                own = self.of_source(*id, &writers);
            } else if node.row.name == "repartition" {
                own = vec![Division::At { node: *id, by: *id }];
            } else if node.output_index.is_some() || !node.row.changes_key {
                // What a join gives is divided as its left side is; that the right one agrees is checked at the join.
                let merged = node.row.name == "merge" && node.output_index.is_none() && node.options.copartitioned.is_none();
                for (index, input) in node.inputs().enumerate().take(if merged { usize::MAX } else { 1 }) {
                    if inserted(*id, index) {
                        own.push(Division::InFrontOf(*id));
                    } else {
                        own.extend(divisions[input.0].iter().copied());
                    }
                }
            }
            let mut distinct: Vec<Division> = Vec::with_capacity(own.len());
            own.into_iter().for_each(|division| {
                if !distinct.contains(&division) {
                    distinct.push(division);
                }
            });
            divisions[id.0] = distinct;
        }
        divisions
    }

    /// The sinks of each topic, by its text.
    fn writers(&self) -> HashMap<String, Vec<NodeId>> {
        let mut writers: HashMap<String, Vec<NodeId>> = HashMap::new();
        for id in self.ids().filter(|id| self.node(*id).row.name == "to") {
            for text in topic_texts(self.node(id)) {
                writers.entry(text).or_default().push(id);
            }
        }
        writers
    }

    /// A source is divided as it says, or else as the topology's own sinks divide its topics.
    fn of_source(&self, id: NodeId, writers: &HashMap<String, Vec<NodeId>>) -> Vec<Division> {
        let node = self.node(id);
        if node.options.partitioned_by.is_some() {
            return vec![Division::At { node: id, by: id }];
        }
        let mut divisions = Vec::new();
        for text in topic_texts(node) {
            let sinks = writers.get(&text).map(Vec::as_slice).unwrap_or_default();
            let chosen: Vec<NodeId> = sinks.iter().copied().filter(|sink| self.node(*sink).options.partitioned_by.is_some()).collect();
            divisions.extend(chosen.iter().map(|sink| Division::At { node: id, by: *sink }));
            if chosen.len() < sinks.len() || sinks.is_empty() {
                divisions.push(Division::At { node: id, by: id });
            }
        }
        if divisions.is_empty() { vec![Division::At { node: id, by: id }] } else { divisions }
    }

    /// The inputs of a node that have to be divided alike, if there are such.
    pub(crate) fn meeting(&self, id: NodeId) -> Option<Meeting> {
        let node = self.node(id);
        if node.options.copartitioned.is_some() || node.output_index.is_some() || node.joins_by_foreign_key() {
            return None;
        }
        let reads = node.stores().iter().filter(|(store, _)| self.node(*store).gives() != Kind::GlobalTable).copied();
        let reads: Vec<_> = reads.collect();
        let together = self.needs_key(id) || node.joins_tables() || !node.also_from.is_empty() || !reads.is_empty();
        if !together {
            return None;
        }
        let operand = node.operand().map(|(_, span)| span);
        let spans = |input: NodeId, index: usize| match self.node(input).follows {
            Some((_, at)) if index > 0 => at,
            _ if index == 0 => node.span,
            _ => operand.unwrap_or(node.span),
        };
        let mut inputs: Vec<NodeId> = node.inputs().collect();
        if !node.also_from.is_empty() {
            // The streams of a cogroup in the order of the text.
            inputs = self.cogrouped(id);
            inputs.reverse();
        }
        let inputs = inputs.into_iter().enumerate().map(|(index, input)| (input, spans(input, index)));
        let tables = reads.into_iter().filter(|(store, _)| self.node(*store).gives() == Kind::Table);
        Some(Meeting { inputs: inputs.chain(tables).collect() })
    }

    /// The partitioner of a division; `None`: by the key.
    pub(crate) fn partitioner(&self, division: Division) -> Option<&Expr> {
        match division {
            Division::At { by, .. } => self.node(by).options.partitioned_by.as_ref(),
            Division::InFrontOf(_) => None,
        }
    }

    /// Whether two divisions have the same partitioner, as far as the text tells.
    pub(crate) fn same_partitioner(&self, a: Division, b: Division) -> bool {
        a == b || text(self.partitioner(a)) == text(self.partitioner(b))
    }
}

/// The topics that a node names.
pub(crate) fn topic_texts(node: &Node) -> Vec<String> {
    match node.topics() {
        Some(Topics::Names(names)) => names.iter().map(super::TopicName::text).collect(),
        _ => Vec::new(),
    }
}

fn text(partitioner: Option<&Expr>) -> Option<String> {
    partitioner.map(|expr| expr.to_token_stream().to_string())
}
