//! Parts that are connected without a topic between them. One task runs one partition of one part.

use std::collections::{BTreeSet, HashMap};

use super::stores::{OwnStore, StoreRole};
use crate::model::{NodeId, Topics, Topology};
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
    /// What the left table of a foreign-key join asks for, where the right one is.
    Subscriptions(NodeId),
    /// The answers of the right table, where the left one is.
    Responses(NodeId),
}

impl Entry {
    pub(crate) fn node(self) -> NodeId {
        match self {
            Entry::Source(id) | Entry::Repartition(id) | Entry::Subscriptions(id) | Entry::Responses(id) => id,
        }
    }
}

/// Cuts at the repartitions: their writing and their reading side are different elements. So are the two sides of a foreign-key join.
pub(super) fn cut(topology: &Topology, order: &[NodeId]) -> Vec<SubTopology> {
    let count = topology.nodes.len();
    let beyond = |id: NodeId| id.0 + count;
    let reading = |id: NodeId| if topology.is_repartition(id) { beyond(id) } else { id.0 };
    let mut groups = Groups::new(2 * count);
    for id in order {
        let node = topology.node(*id);
        for (index, input) in node.inputs().enumerate().filter(|(_, input)| topology.node(*input).gives() != Kind::GlobalTable) {
            let right = index > 0 && node.joins_by_foreign_key();
            groups.unite(if right { beyond(*id) } else { id.0 }, reading(input));
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
        } else if node.joins_by_foreign_key() {
            places.push((part(&mut groups, beyond(*id)), Entry::Subscriptions(*id)));
            places.push((part(&mut groups, id.0), Entry::Responses(*id)));
        } else if node.is_source() && node.gives() != Kind::GlobalTable {
            places.push((part(&mut groups, id.0), Entry::Source(*id)));
        }
    }
    let mut homes: Vec<(usize, NodeId)> = Vec::new();
    let mut stores: Vec<(usize, OwnStore)> = Vec::new();
    for id in order.iter().filter(|id| topology.node(**id).gives() != Kind::GlobalTable) {
        homes.push((part(&mut groups, id.0), *id));
        for store in topology.own_stores(*id) {
            let home = if store.role == StoreRole::Subscriptions { beyond(*id) } else { id.0 };
            stores.push((part(&mut groups, home), store));
        }
    }
    let mut parts: Vec<SubTopology> = parts.into_iter().map(|(_, part)| part).collect();
    for (index, entry) in places {
        parts[index].entries.push(entry);
    }
    for (index, id) in homes {
        parts[index].nodes.push(id);
    }
    for (index, store) in stores {
        parts[index].stores.push(store);
    }
    for part in &mut parts {
        part.copartitioned = copartitioned(topology, part);
    }
    parts
}

/// For each join with a table or of two streams, and each processor that reads a table: the entries of both sides. For each cogroup: those of
/// all its streams.
fn copartitioned(topology: &Topology, part: &SubTopology) -> Vec<Vec<usize>> {
    let mut origins: HashMap<NodeId, BTreeSet<usize>> = HashMap::new();
    for (index, entry) in part.entries.iter().enumerate() {
        // Subscriptions end here; what comes of their join is read from its answers.
        if !matches!(entry, Entry::Subscriptions(_)) {
            origins.entry(entry.node()).or_default().insert(index);
        }
    }
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for id in &part.nodes {
        // Behind a repartition only what it reads counts; what it writes has come to its end.
        if topology.is_repartition(*id) {
            continue;
        }
        let mut own: BTreeSet<usize> = origins.get(id).cloned().unwrap_or_default();
        let mut both = BTreeSet::new();
        let by_foreign_key = topology.node(*id).joins_by_foreign_key();
        for (index, input) in topology.node(*id).inputs().enumerate() {
            // The answers of a foreign-key join come to where its left table is.
            if by_foreign_key && index > 0 {
                continue;
            }
            let from = origins.get(&input).cloned().unwrap_or_default();
            let node = topology.node(*id);
            let joined = by_foreign_key || index > 0 && (topology.node(input).gives() == Kind::Table || node.joins_streams());
            if joined {
                // What comes of two tables, or of two streams, hears of both.
                if by_foreign_key || node.joins_tables() || node.joins_streams() {
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
        if !topology.node(*id).also_from.is_empty() {
            both.extend(own.iter().copied());
        }
        // What is grouped after a merge, or out of several topics, has the records of a key in one partition of each.
        if topology.needs_key(*id) {
            both.extend(own.iter().copied());
        }
        if !both.is_empty() {
            both.extend(own.iter().copied());
            let of_one = both.len() == 1 && both.iter().all(|entry| !reads_several(topology, part.entries[*entry]));
            if !of_one {
                add(&mut groups, both);
            }
        }
        origins.insert(*id, own);
    }
    for (index, entry) in part.entries.iter().enumerate() {
        let Entry::Subscriptions(id) = entry else { continue };
        let right = topology.node(*id).inputs().nth(1).and_then(|right| origins.get(&right));
        let mut group = right.cloned().unwrap_or_default();
        group.insert(index);
        add(&mut groups, group);
    }
    groups
}

/// Whether an entry reads several topics.
fn reads_several(topology: &Topology, entry: Entry) -> bool {
    let Entry::Source(id) = entry else { return false };
    match topology.node(id).topics() {
        Some(Topics::Names(names)) => names.len() > 1,
        Some(Topics::Pattern(_)) => true,
        Some(Topics::Computed(_)) | None => false,
    }
}

fn add(groups: &mut Vec<Vec<usize>>, group: BTreeSet<usize>) {
    let group: Vec<usize> = group.into_iter().collect();
    if !group.is_empty() && !groups.contains(&group) {
        groups.push(group);
    }
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
