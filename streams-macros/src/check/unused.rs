//! What is missing from the whole. Names that nothing reads are rustc's warning, on the user's token; a branch is an error.

use crate::diagnostics::*;
use crate::model::{Topology, plain};
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
