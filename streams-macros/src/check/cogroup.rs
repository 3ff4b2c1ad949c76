//! Cogroups: each is aggregated once, has each stream once, and all its streams are divided alike.

use std::collections::HashMap;
use std::fmt::Display;

use crate::diagnostics::*;
use crate::model::{Flow, NodeId, Topology, plain};

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    let mut users: HashMap<NodeId, NodeId> = HashMap::new();
    for id in topology.ids() {
        let node = topology.node(id);
        let on = node.follows.map(|(on, _)| on).or(node.receiver);
        let Some(on) = on.filter(|on| topology.node(*on).gives().is_cogroup()) else { continue };
        if let Some(first) = users.insert(on, id) {
            let first = place(topology.node(first).span);
            cx.report(node.span, COGROUP_TWICE, &[("name", &topology.called(on)), ("operator", &node.operator()), ("first", &first)]);
        }
    }
    let flows = topology.flows();
    for id in topology.ids() {
        let node = topology.node(id);
        if topology.complete
            && node.gives().is_cogroup()
            && !users.contains_key(&id)
            && let Some(variable) = &node.variable
        {
            cx.report(variable.name.span(), COGROUP_UNFINISHED, &[("name", &plain(&variable.name))]);
        }
        if node.follows.is_some() {
            stream_twice(cx, topology, id);
        }
        divided_alike(cx, topology, id, &flows);
    }
}

fn stream_twice(cx: &mut Errors, topology: &Topology, id: NodeId) {
    let node = topology.node(id);
    let (Some(stream), Some((_, at))) = (node.receiver, node.follows) else { return };
    if let Some(first) = topology.cogroups_before(id).find(|other| topology.node(*other).receiver == Some(stream)) {
        let first = topology.node(first);
        let first_at = place(first.follows.map_or(first.span, |(_, at)| at));
        cx.report(at, COGROUP_STREAM_TWICE, &[("name", &topology.called(stream)), ("first", &first_at)]);
    }
}

/// The name of a grouped stream, or of the stream that it is made of.
fn named(topology: &Topology, mut id: NodeId) -> String {
    while let (None, Some(receiver)) = (&topology.node(id).variable, topology.node(id).receiver) {
        id = receiver;
    }
    topology.called(id)
}

fn divided_alike(cx: &mut Errors, topology: &Topology, id: NodeId, flows: &[Flow]) {
    let declared = |id: NodeId| {
        let node = topology.node(id);
        let stream = node.receiver.filter(|_| !topology.needs_repartition(id, flows))?;
        let (count, at) = flows[stream.0].partitions?;
        Some((stream, count, at, node.follows.map_or(node.span, |(_, at)| at)))
    };
    let streams: Vec<_> = topology.cogrouped(id).into_iter().rev().filter_map(declared).collect();
    let Some((first, first_count, first_at, _)) = streams.first() else { return };
    for (stream, count, _, at) in streams.iter().skip(1).filter(|(_, count, ..)| count != first_count) {
        let values: &[(&str, &dyn Display)] = &[
            ("left", &named(topology, *first)),
            ("left_count", first_count),
            ("place", &place(*first_at)),
            ("right", &named(topology, *stream)),
            ("right_count", count),
        ];
        cx.report(*at, COGROUP_PARTITIONS, values);
    }
}
