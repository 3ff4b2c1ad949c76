//! State has a name and a written type, and names of state are unique.

use std::collections::HashMap;
use std::fmt::Display;

use super::names::state_name_problem;
use super::windows::windows;
use crate::diagnostics::*;
use crate::model::{Flow, NodeId, Topology, plain};

/// Constants that every topology type has.
pub(crate) const CONSTANTS: &[&str] = &["DESCRIPTION", "DESCRIPTION_UNOPTIMIZED", "MERMAID", "DOT", "FINGERPRINT"];

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    let flows = topology.flows();
    let mut names: HashMap<String, NodeId> = HashMap::new();
    let mut handles: HashMap<String, String> = HashMap::new();
    for id in topology.ids() {
        let node = topology.node(id);
        if node.output_index.is_some() || !is_named(topology, id, &flows) {
            continue;
        }
        let Some((name, span)) = topology.topic_name(id) else {
            unnamed(cx, topology, id, &flows);
            continue;
        };
        // The first stream of a cogroup shares the name of its state.
        if node.row.name == "cogroup" && node.follows.is_none() && node.options.named.is_none() {
            continue;
        }
        // What a join keeps has names of its own, which begin with its name.
        let mut own: Vec<String> = topology.own_stores(id).into_iter().map(|store| store.name).filter(|own| *own != name).collect();
        if let Some(why) = state_name_problem(&name).or_else(|| own.iter().find_map(|own| state_name_problem(own))) {
            cx.report(span, STATE_NAME, &[("name", &name), ("why", &why)]);
        }
        let repartitions = ["left", "right"].into_iter().enumerate().filter(|_| node.joins_streams());
        let repartitions = repartitions.filter(|(index, _)| topology.rekeyed_input(id, *index, &flows).is_some());
        own.extend(repartitions.map(|(_, side)| format!("{name}-{side}")));
        for name in std::iter::once(name.clone()).chain(own) {
            let Some(first) = names.insert(name.clone(), id) else { continue };
            let first_node = topology.node(first);
            let first_place = place(topology.topic_name(first).map_or(first_node.span, |(_, span)| span));
            let values: &[(&str, &dyn Display)] = &[("name", &name), ("operator", &first_node.operator()), ("first", &first_place)];
            cx.report(span, DUPLICATE_STATE, values);
        }
        shared_name(cx, topology, id, &flows, &mut names);
        if !node.is_state() {
            continue;
        }
        let Some(variable) = &node.variable else { continue };
        let text = plain(&variable.name);
        if variable.ty.is_none() && node.options.named.is_none() {
            let written = node.row.written().unwrap_or_default();
            let key = key_type(topology, id);
            cx.report(variable.name.span(), STATE_WITHOUT_TYPE, &[("name", &text), ("written", &written), ("key", &key)]);
        }
        let handle = handle_name(&text);
        let why = if CONSTANTS.contains(&handle.as_str()) {
            Some("a constant that every topology has".to_owned())
        } else {
            handles.insert(handle.clone(), text.clone()).map(|other| format!("that of `{other}` already"))
        };
        if let Some(why) = why {
            let values: &[(&str, &dyn Display)] = &[("name", &text), ("handle", &handle), ("why", &why)];
            cx.report(variable.name.span(), HANDLE_NAME, values);
        }
    }
}

/// In an optimized topology, the name of a stream whose repartition several share.
fn shared_name(cx: &mut Errors, topology: &Topology, id: NodeId, flows: &[Flow], names: &mut HashMap<String, NodeId>) {
    for share in (0..topology.node(id).inputs().count()).filter_map(|index| topology.shared_repartition(id, index, flows)) {
        let (name, span) = (plain(&share.name), share.name.span());
        if let Some(why) = state_name_problem(&name) {
            cx.report(span, STATE_NAME, &[("name", &name), ("why", &why)]);
        }
        let first = *names.entry(name.clone()).or_insert(share.stream);
        if first != share.stream {
            let first_node = topology.node(first);
            let at = place(first_node.state_name().map_or(first_node.span, |(_, span)| span));
            cx.report(span, DUPLICATE_STATE, &[("name", &name), ("operator", &first_node.operator()), ("first", &at)]);
        }
    }
}

/// Whether a node's name becomes that of a topic or store.
fn is_named(topology: &Topology, id: NodeId, flows: &[Flow]) -> bool {
    let node = topology.node(id);
    let kept =
        node.holds_back() || node.options.grace.is_some() || node.joins_streams() || node.joins_by_foreign_key() || node.deduplicates();
    node.is_state() || kept || node.row.name == "repartition" || topology.needs_repartition(id, flows)
}

fn unnamed(cx: &mut Errors, topology: &Topology, id: NodeId, flows: &[Flow]) {
    let node = topology.node(id);
    let operator = node.operator();
    // A cogroup is named by its aggregation, which is told itself.
    if node.row.name == "cogroup" {
        return;
    }
    if node.joins_by_foreign_key() {
        cx.report(node.span, FOREIGN_KEY_WITHOUT_NAME, &[("operator", &operator)]);
    } else if node.is_state() {
        cx.report(node.span, STATE_WITHOUT_NAME, &[("operator", &operator), ("key", &key_type(topology, id))]);
    } else if node.holds_back() {
        cx.report(node.span, SUPPRESS_WITHOUT_NAME, &[]);
    } else if node.joins_streams() {
        cx.report(node.span, STREAM_JOIN_WITHOUT_NAME, &[("operator", &operator)]);
    } else if node.deduplicates() {
        cx.report(node.span, DEDUP_WITHOUT_NAME, &[("operator", &operator)]);
    } else if node.options.grace.is_some() {
        cx.report(node.span, GRACE_WITHOUT_NAME, &[("operator", &operator)]);
    } else if node.row.name == "repartition" {
        cx.report(node.span, REPARTITION_WITHOUT_NAME, &[]);
    } else if let Some(change) = node.receiver.and_then(|input| flows[input.0].rekeyed) {
        let change = topology.node(change);
        let values: &[(&str, &dyn Display)] = &[("change", &change.operator()), ("place", &place(change.span)), ("operator", &operator)];
        cx.report(node.span, JOIN_WITHOUT_NAME, values);
    }
}

/// How the key of a table is written whose records are in windows, or in none.
fn key_type(topology: &Topology, id: NodeId) -> &'static str {
    let Some(windows_behind) = topology.windows_behind(id) else { return "Key" };
    let sessions = |id: &NodeId| windows(topology.node(*id)).is_some_and(|windows| windows.constructor == "sessions");
    if windows_behind.iter().all(sessions) { "Windowed<Key, SessionWindow>" } else { "Windowed<Key>" }
}

/// `per_region` → `PER_REGION`.
pub(crate) fn handle_name(variable: &str) -> String {
    variable.to_uppercase()
}
