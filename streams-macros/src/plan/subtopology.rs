//! Parts that are connected without a topic between them. One task runs one partition of one part.

use std::collections::{BTreeSet, HashMap};

use super::stores::OwnStore;
use crate::model::{NodeId, Topology};
use crate::operators::Kind;

/// A part.
#[derive(Debug, Default)]
pub(crate) struct SubTopology {
    /// What it reads, in the order of the indices that generated code uses.
    pub(crate) entries: Vec<Entry>,
    /// Its nodes, in the order of the data. A repartition belongs to the part that writes it.
    pub(crate) nodes: Vec<NodeId>,
    /// The stores of its nodes.
    pub(crate) stores: Vec<OwnStore>,
    /// Entries that need the same number of partitions: those that meet in a join.
    pub(crate) copartitioned: Vec<Vec<usize>>,
}

/// Where records come into a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Topics of the user.
    Source(NodeId),
    /// What a repartition wrote.
    Repartition(NodeId),
}

impl Entry {
    pub(crate) fn node(self) -> NodeId {
        match self {
            Entry::Source(id) | Entry::Repartition(id) => id,
        }
    }
}

/// Cuts at the repartitions: their writing and their reading side are different elements.
pub(super) fn cut(topology: &Topology, order: &[NodeId]) -> Vec<SubTopology> {
    let count = topology.nodes.len();
    let reading = |id: NodeId| if topology.is_repartition(id) { id.0 + count } else { id.0 };
    let mut groups = Groups::new(2 * count);
    for id in order {
        let node = topology.node(*id);
        for input in node.inputs().filter(|input| topology.node(*input).gives() != Kind::GlobalTable) {
            groups.unite(id.0, reading(input));
        }
        for (store, _) in node.stores().iter().filter(|(store, _)| topology.node(*store).gives() != Kind::GlobalTable) {
            groups.unite(id.0, store.0);
        }
    }
    let mut parts: Vec<(usize, SubTopology)> = Vec::new();
    let mut part = |groups: &mut Groups, element: usize| -> usize {
        let root = groups.root(element);
        parts.iter().position(|(other, _)| *other == root).unwrap_or_else(|| {
            parts.push((root, SubTopology::default()));
            parts.len() - 1
        })
    };
    // Entries first, so that parts are numbered in the order in which the text reads topics.
    let mut places: Vec<(usize, Entry)> = Vec::new();
    for id in order {
        let node = topology.node(*id);
        if topology.is_repartition(*id) {
            places.push((part(&mut groups, reading(*id)), Entry::Repartition(*id)));
        } else if node.is_source() && node.gives() != Kind::GlobalTable {
            places.push((part(&mut groups, id.0), Entry::Source(*id)));
        }
    }
    let mut homes: Vec<(usize, NodeId)> = Vec::new();
    for id in order.iter().filter(|id| topology.node(**id).gives() != Kind::GlobalTable) {
        homes.push((part(&mut groups, id.0), *id));
    }
    let mut parts: Vec<SubTopology> = parts.into_iter().map(|(_, part)| part).collect();
    for (index, entry) in places {
        parts[index].entries.push(entry);
    }
    for (index, id) in homes {
        parts[index].nodes.push(id);
        parts[index].stores.extend(topology.own_stores(id));
    }
    for part in &mut parts {
        part.copartitioned = copartitioned(topology, part);
    }
    parts
}

/// For each join with a table or of two streams, and each processor that reads a table: the entries of both sides.
fn copartitioned(topology: &Topology, part: &SubTopology) -> Vec<Vec<usize>> {
    let mut origins: HashMap<NodeId, BTreeSet<usize>> = HashMap::new();
    for (index, entry) in part.entries.iter().enumerate() {
        origins.entry(entry.node()).or_default().insert(index);
    }
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for id in &part.nodes {
        // Behind a repartition only what it reads counts; what it writes has come to its end.
        if topology.is_repartition(*id) {
            continue;
        }
        let mut own: BTreeSet<usize> = origins.get(id).cloned().unwrap_or_default();
        let mut both = BTreeSet::new();
        for (index, input) in topology.node(*id).inputs().enumerate() {
            let from = origins.get(&input).cloned().unwrap_or_default();
            let node = topology.node(*id);
            let joined = index > 0 && (topology.node(input).gives() == Kind::Table || node.joins_streams());
            if joined {
                // What comes of two tables, or of two streams, hears of both.
                if node.joins_tables() || node.joins_streams() {
                    own.extend(from.iter().copied());
                }
                both.extend(from);
            } else {
                own.extend(from);
            }
        }
        // A processor looks rows of tables up, as a join does.
        let read = topology.node(*id).stores().iter().filter(|(table, _)| topology.node(*table).gives() == Kind::Table);
        both.extend(read.flat_map(|(table, _)| origins.get(table).cloned().unwrap_or_default()));
        if !both.is_empty() {
            both.extend(own.iter().copied());
            let group: Vec<usize> = both.into_iter().collect();
            if group.len() > 1 && !groups.contains(&group) {
                groups.push(group);
            }
        }
        origins.insert(*id, own);
    }
    groups
}

/// Union–find.
struct Groups(Vec<usize>);

impl Groups {
    fn new(count: usize) -> Self {
        Groups((0..count).collect())
    }

    fn root(&mut self, element: usize) -> usize {
        let mut root = element;
        while self.0[root] != root {
            self.0[root] = self.0[self.0[root]];
            root = self.0[root];
        }
        root
    }

    fn unite(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        // The smaller one stays, so that the result does not depend on the order.
        self.0[a.max(b)] = a.min(b);
    }
}
