//! Names of topics: Kafka's rules, and one meaning per topic.

use std::collections::HashMap;
use std::fmt::Display;

use crate::diagnostics::*;
use crate::model::{NodeId, TopicName, Topics, Topology};

/// Kafka allows names of this length.
const MAX_LENGTH: usize = 249;

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    let mut read: HashMap<String, NodeId> = HashMap::new();
    for id in topology.ids() {
        let node = topology.node(id);
        let Some(Topics::Names(topics)) = node.topics() else { continue };
        for topic in topics {
            if let TopicName::Literal(literal) = topic {
                topic_name(cx, literal, !node.is_source());
            }
            if !node.is_source() {
                continue;
            }
            let text = topic.text();
            let Some(first) = read.insert(text.clone(), id) else { continue };
            let (first_node, first_name) = (topology.node(first), topology.called(first));
            let at = place(first_node.span);
            if first_node.gives() == node.gives() {
                let values: &[(&str, &dyn Display)] = &[("topic", &text), ("first", &first_name), ("place", &at)];
                cx.report(topic.span(), TOPIC_READ_TWICE, values);
            } else {
                let values: &[(&str, &dyn Display)] = &[
                    ("topic", &text),
                    ("first", &first_name),
                    ("place", &at),
                    ("first_kind", &first_node.gives().noun()),
                    ("second_kind", &node.gives().noun()),
                ];
                cx.report(topic.span(), TOPIC_STREAM_AND_TABLE, values);
            }
        }
    }
}

/// The message for a constant that turns out to be the topic of another source.
pub(crate) fn read_twice(topology: &Topology, first: NodeId, second: NodeId, text: &str) -> String {
    let (first_node, first_name) = (topology.node(first), topology.called(first));
    let (text, at) = (text.trim_matches(['{', '}']), place(first_node.span));
    if first_node.gives() == topology.node(second).gives() {
        return TOPIC_READ_TWICE.text(&[("topic", &text), ("first", &first_name), ("place", &at)]);
    }
    TOPIC_STREAM_AND_TABLE.text(&[
        ("topic", &text),
        ("first", &first_name),
        ("place", &at),
        ("first_kind", &first_node.gives().noun()),
        ("second_kind", &topology.node(second).gives().noun()),
    ])
}

fn topic_name(cx: &mut Errors, literal: &syn::LitStr, written_to: bool) {
    let name = literal.value();
    let span = literal.span();
    if name.is_empty() || name.chars().count() > MAX_LENGTH {
        cx.report(span, TOPIC_LENGTH, &[("length", &name.chars().count())]);
    } else if name == "." || name == ".." {
        cx.report(span, TOPIC_DOTS, &[("name", &name)]);
    } else if let Some(bad) = bad_character(&name) {
        cx.report(span, TOPIC_CHARACTERS, &[("name", &name), ("bad", &bad)]);
    } else if name.starts_with("__") {
        cx.report(span, TOPIC_RESERVED, &[("name", &name)]);
    } else if let Some(suffix) = internal_suffix(&name)
        && written_to
    {
        cx.report(span, TOPIC_INTERNAL, &[("name", &name), ("suffix", &suffix)]);
    }
}

/// Why a name cannot be that of state.
pub(super) fn state_name_problem(name: &str) -> Option<String> {
    let longest = MAX_LENGTH - "-repartition".len();
    if name.is_empty() {
        return Some("it is empty".to_owned());
    }
    if name.chars().count() > longest {
        return Some(format!("it has {} characters, and {longest} fit into the names of topics", name.chars().count()));
    }
    if let Some(bad) = bad_character(name) {
        return Some(format!("`{bad}` is not allowed in the names of topics"));
    }
    internal_suffix(name).map(|suffix| format!("it ends like an internal topic, `{suffix}`"))
}

fn bad_character(name: &str) -> Option<char> {
    name.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')))
}

fn internal_suffix(name: &str) -> Option<&'static str> {
    let suffixes = ["-changelog", "-repartition", "-subscription-registration-topic", "-subscription-response-topic"];
    suffixes.into_iter().find(|suffix| name.ends_with(suffix))
}
