//! Records that come back to the topic that they are made of go round without end.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Display;

use crate::diagnostics::*;
use crate::model::{NodeId, TopicName, Topics, Topology, topic_texts};
use crate::operators::Kind;

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    // By topic: the topics that are made of it, as far as the sinks have been looked at.
    let mut made_of: HashMap<String, Vec<String>> = HashMap::new();
    for id in topology.ids() {
        let node = topology.node(id);
        let (Some(topic), None) = (written(topology, id), node.options.feedback) else { continue };
        let text = topic.text();
        let sources = topology.sources_of(id);
        let read: Vec<(NodeId, String)> =
            sources.iter().flat_map(|source| topic_texts(topology.node(*source)).into_iter().map(|text| (*source, text))).collect();
        let round = read.iter().find_map(|(source, read)| Some((*source, read, way(&made_of, &text, read)?)));
        let Some((source, read, way)) = round else {
            for (_, read) in read {
                made_of.entry(read).or_default().push(text.clone());
            }
            continue;
        };
        let through: Vec<String> = way.iter().filter(|topic| **topic != text && *topic != read).map(|topic| format!("`{topic}`")).collect();
        let source = topology.called(source);
        let what = match (through.is_empty(), *read == text) {
            (_, true) => format!("what is made of `{source}` is written back to its topic `{text}`"),
            (true, false) => format!("what is made of `{source}` is written to topic `{text}`, of which `{source}` is made"),
            (false, _) => format!(
                "what is made of `{source}` is written to topic `{text}`, of which `{source}` is made by way of {}",
                through.join(", ")
            ),
        };
        let values: &[(&str, &dyn Display)] = &[("what", &what)];
        cx.report(topic.span(), FEEDBACK, values);
    }
}

/// The message for a constant that turns out to be the topic of a source.
pub(crate) fn back_to_its_topic(topology: &Topology, source: NodeId, text: &str) -> String {
    let text = text.trim_matches(['{', '}']);
    let what = format!("what is made of `{}` is written back to its topic `{text}`", topology.called(source));
    FEEDBACK.text(&[("what", &what)])
}

/// The topic that a sink writes, if it is known.
fn written(topology: &Topology, id: NodeId) -> Option<&TopicName> {
    let node = topology.node(id);
    match node.topics() {
        Some(Topics::Names(names)) if !node.is_source() => names.first(),
        _ => None,
    }
}

/// The topics on the way from one topic to another, both ends included.
fn way(made_of: &HashMap<String, Vec<String>>, from: &str, to: &str) -> Option<Vec<String>> {
    let mut seen = BTreeSet::from([from.to_owned()]);
    let mut ways = vec![vec![from.to_owned()]];
    while let Some(way) = ways.pop() {
        let last = way.last()?;
        if last == to {
            return Some(way);
        }
        for next in made_of.get(last).into_iter().flatten() {
            if seen.insert(next.clone()) {
                ways.push(way.iter().chain([next]).cloned().collect());
            }
        }
    }
    None
}

impl Topology {
    /// The sources whose records, or whose changes, lead to a node. Rows that are only looked up lead to nothing.
    pub(crate) fn sources_of(&self, id: NodeId) -> BTreeSet<NodeId> {
        let mut sources = BTreeSet::new();
        let mut seen = BTreeSet::from([id]);
        let mut open = vec![id];
        while let Some(at) = open.pop() {
            let node = self.node(at);
            if node.is_source() {
                sources.insert(at);
            }
            let looks_up = node.row.on == Some(Kind::Stream);
            for (index, input) in node.inputs().enumerate() {
                let row_only = index > 0 && looks_up && matches!(self.node(input).gives(), Kind::Table | Kind::GlobalTable);
                if !row_only && seen.insert(input) {
                    open.push(input);
                }
            }
        }
        sources
    }
}
