//! What can be said of the results of a topology, whatever goes wrong.

use std::collections::{BTreeMap, BTreeSet};

use properties::run::restarts_between;
use properties::topology::{Fold, Id, Op, Rows, Topology};
use streams_runtime::plan::{SinkPlan, SourceTopics, SubTopologyPlan, TopologyPlan};

/// The application of a simulation, unless something else is said.
pub(super) const APPLICATION: &str = "simulated";

/// A topology, and what follows from it.
#[derive(Debug)]
pub(crate) struct Shape {
    topology: Topology,
    /// The parts that read a topic.
    readers: BTreeMap<String, Vec<usize>>,
    /// By part: a node of it that keeps something or reads a topic; without one a restart of the
    /// part changes nothing.
    nodes: Vec<Option<Id>>,
    is_racy: bool,
    parts: usize,
}

fn topics_of(part: &SubTopologyPlan) -> BTreeSet<String> {
    let mut topics = BTreeSet::new();
    for source in &part.sources {
        match &source.topics {
            SourceTopics::Named(names) => topics.extend(names.iter().cloned()),
            internal => topics.extend(internal.internal(APPLICATION)),
        }
    }
    topics
}

impl Shape {
    pub(super) fn new(topology: Topology, plan: &TopologyPlan) -> Self {
        let mut readers: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut nodes = Vec::new();
        for (part, sub) in plan.sub_topologies.iter().enumerate() {
            topics_of(sub).into_iter().for_each(|topic| readers.entry(topic).or_default().push(part));
            let source = topology.nodes.iter().position(|node| match &node.op {
                Op::Stream(topics) => topics.iter().any(|topic| topics_of(sub).contains(&topology.topics[*topic].name)),
                Op::Table(topic, _) => topics_of(sub).contains(&topology.topics[*topic].name),
                _ => false,
            });
            nodes.push(source.or_else(|| sub.stores.iter().find_map(|store| node_of(&store.name))));
        }
        let (is_racy, parts) = (is_racy(plan), plan.sub_topologies.len());
        Shape { topology, readers, nodes, is_racy, parts }
    }

    pub(super) fn topology(&self) -> &Topology {
        &self.topology
    }

    /// Whether each result follows from the input alone, if its records come one after the other
    /// and there is one partition: no two ways lead from a record to one task, and the parts do not
    /// have to know of each other's time.
    pub(super) fn has_an_order(&self) -> bool {
        let expires = |op: &Op| matches!(op, Op::Table(_, Rows::Expiring(_)));
        !self.is_racy && (self.parts == 1 || !self.topology.nodes.iter().any(|node| expires(&node.op)))
    }

    /// Whether the results after a restart follow from the input as well.
    pub(super) fn survives_restarts(&self) -> bool {
        restarts_between(&self.topology)
    }

    /// The parts that read a topic.
    pub(super) fn readers(&self, topic: &str) -> &[usize] {
        self.readers.get(topic).map_or(&[], Vec::as_slice)
    }

    pub(super) fn node_of_part(&self, part: usize) -> Option<Id> {
        self.nodes.get(part).copied().flatten()
    }

    /// Topics that the plan does not name, since a record says which it is.
    pub(super) fn computed_topics(&self) -> Vec<String> {
        let sinks = self.topology.nodes.iter().filter_map(|node| match &node.op {
            Op::To { topic, or: Some((_, other)), .. } => Some([topic.clone(), other.clone()]),
            _ => None,
        });
        sinks.flatten().collect()
    }

    /// Whether what a node gives follows from each record of the input alone.
    fn is_stateless(&self, id: Id) -> bool {
        let op = &self.topology.nodes[id].op;
        let keeps_nothing = matches!(
            op,
            Op::Stream(_)
                | Op::Filter { .. }
                | Op::MapValues { .. }
                | Op::Map { .. }
                | Op::FlatMapValues { .. }
                | Op::FlatMap { .. }
                | Op::SelectKey { .. }
                | Op::Merge { .. }
                | Op::Split { .. }
                | Op::Branch { .. }
                | Op::Process { .. }
                | Op::Repartition { .. }
        );
        keeps_nothing && op.inputs().into_iter().all(|input| self.is_stateless(input))
    }

    /// Topics of results that follow from each record of the input alone.
    pub(super) fn stateless_topics(&self) -> BTreeSet<String> {
        let sinks = self.topology.nodes.iter().filter_map(|node| match &node.op {
            Op::To { input, topic, or } if self.is_stateless(*input) => Some([Some(topic), or.as_ref().map(|(_, other)| other)]),
            _ => None,
        });
        sinks.flatten().flatten().cloned().collect()
    }

    /// Counts without windows of records that follow from the input alone: by how much they may be
    /// too high is known.
    pub(super) fn counts(&self) -> Vec<Id> {
        let is_one = |id: &Id| {
            let op = &self.topology.nodes[*id].op;
            matches!(op, Op::Aggregate { input, windows: None, fold: Fold::Count, .. } if self.is_stateless(*input))
        };
        (0..self.topology.nodes.len()).filter(is_one).collect()
    }
}

/// The node whose name the name of a store begins with.
fn node_of(store: &str) -> Option<Id> {
    let digits: String = store.strip_prefix('n')?.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Whether a record may come to a part in two ways, of which either may be the faster one.
fn is_racy(plan: &TopologyPlan) -> bool {
    // Which topics of the input the records of a topic come from.
    let mut causes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for _ in 0..plan.sub_topologies.len() + 1 {
        for part in &plan.sub_topologies {
            let mut all: BTreeSet<String> = BTreeSet::new();
            for topic in topics_of(part) {
                match causes.get(&topic) {
                    Some(known) => all.extend(known.iter().cloned()),
                    None if topic.starts_with(APPLICATION) => {}
                    None => {
                        all.insert(topic);
                    }
                }
            }
            for topic in part.sinks.iter().filter_map(|sink| SinkPlan::internal(sink, APPLICATION)) {
                causes.entry(topic).or_default().extend(all.iter().cloned());
            }
        }
    }
    let of = |topic: &String| causes.get(topic).cloned().unwrap_or_else(|| BTreeSet::from([topic.clone()]));
    plan.sub_topologies.iter().any(|part| {
        let topics: Vec<String> = topics_of(part).into_iter().collect();
        let meets = |(place, topic): (usize, &String)| topics[place + 1..].iter().any(|other| !of(topic).is_disjoint(&of(other)));
        topics.iter().enumerate().any(meets)
    })
}
