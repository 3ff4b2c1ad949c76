//! Joins of tables by a foreign key: what they need besides what every join needs.

use std::fmt::Display;

use crate::diagnostics::*;
use crate::model::{Node, NodeId, Topology, written};
use crate::operators::Kind;

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    for id in topology.ids().filter(|id| topology.node(*id).joins_by_foreign_key()) {
        let node = topology.node(id);
        for input in node.inputs().filter(|input| is_windowed(topology, *input)) {
            let values: &[(&str, &dyn Display)] = &[("table", &topology.called(input)), ("operator", &node.operator())];
            cx.report(node.span, FOREIGN_KEY_WINDOWED, values);
        }
    }
}

/// Whether the keys of a table are in windows: they come from an aggregation in windows, or are written so.
fn is_windowed(topology: &Topology, id: NodeId) -> bool {
    let node = topology.node(id);
    if let Some([key, _]) = node.variable.as_ref().and_then(|variable| written(variable.ty.as_ref()?).key_and_value()) {
        return written(key).name == "Windowed";
    }
    node.row.on == Some(Kind::Windowed)
        || node.row.on == Some(Kind::Table) && node.receiver.is_some_and(|input| is_windowed(topology, input))
}

/// The rows of a foreign-key join without a store are needed.
pub(super) fn no_rows(cx: &mut Errors, topology: &Topology, join: NodeId, by: &Node) {
    let node = topology.node(join);
    let name = node.state_name().map_or_else(|| "name".to_owned(), |(name, _)| name);
    let values: &[(&str, &dyn Display)] =
        &[("join", &node.operator()), ("place", &place(node.span)), ("operator", &by.operator()), ("name", &name)];
    cx.report(by.span, FOREIGN_KEY_NO_ROWS, values);
}
