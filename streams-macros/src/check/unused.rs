//! What is missing from the whole: what is read, made or grouped and then leads to nothing.

use crate::diagnostics::*;
use crate::model::{Node, Topology, plain};
use crate::operators::Kind;

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    // What is not in the graph may be what is missing here.
    if !topology.complete {
        return;
    }
    if !topology.nodes.iter().any(|node| node.is_source()) {
        cx.report(topology.name.span(), NO_SOURCE, &[("name", &topology.name)]);
    } else if !topology
        .nodes
        .iter()
        .any(|node| node.output_index.is_none() && (node.row.effect || node.is_state() && node.gives() != Kind::Store))
    {
        cx.report(topology.name.span(), NO_SINK, &[("name", &topology.name)]);
    } else {
        topology.nodes.iter().for_each(|node| unread(cx, node));
    }
    for node in &topology.nodes {
        let Some(index) = node.output_index else { continue };
        let Some(variable) = &node.variable else { continue };
        let name = plain(&variable.name);
        if node.read || name.starts_with('_') {
            continue;
        }
        if node.row.gives != Kind::Branches {
            cx.report(variable.name.span(), OUTPUT_UNREAD, &[("name", &name)]);
            continue;
        }
        let branches = node.receiver.map_or(0, |split| topology.node(split).args.len());
        let fix = if index == branches {
            "; end the split with `.no_default()` instead of `.otherwise()`, or start the name with `_`"
        } else {
            "; start its name with `_` if that is meant"
        };
        cx.report(variable.name.span(), BRANCH_UNREAD, &[("name", &name), ("fix", &fix)]);
    }
}

/// A name that nothing reads, and that is neither state nor an effect.
fn unread(cx: &mut Errors, node: &Node) {
    let Some(variable) = &node.variable else { return };
    let name = plain(&variable.name);
    let lives = node.read || node.is_state() || node.row.effect || node.output_index.is_some();
    // Cogroups and stores have messages of their own.
    if lives || name.starts_with('_') || node.gives().is_cogroup() || node.gives() == Kind::Store {
        return;
    }
    let (so, fix) = match node.gives() {
        _ if node.is_source() => (", so its topic is read for nothing", "go on from it or remove it"),
        Kind::Grouped | Kind::Windowed | Kind::GroupedTable => {
            (", so nothing is aggregated", "end it with `.count()`, `.reduce(…)` or `.aggregate(…)`")
        }
        Kind::Table => (", and it has no store that could be queried", "write its type to keep it, or remove it"),
        _ => ("", "end it with `.to(…)` or another sink, or remove it"),
    };
    cx.report(variable.name.span(), UNREAD, &[("kind", &node.gives().noun()), ("name", &name), ("so", &so), ("fix", &fix)]);
}
