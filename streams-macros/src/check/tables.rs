//! A table without a store has no rows to look up, and does not know what was there before.

use std::fmt::Display;

use super::foreign_keys;
use crate::diagnostics::*;
use crate::model::{NodeId, Topology};
use crate::operators::Kind;

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    for id in topology.ids() {
        let node = topology.node(id);
        for (index, input) in node.inputs().enumerate() {
            let needs_rows = index > 0 || node.joins_tables() || node.joins_by_foreign_key() || node.gives() == Kind::GroupedTable;
            if topology.node(input).gives() != Kind::Table || !needs_rows {
                continue;
            }
            let Some((table, at)) = without_store(topology, input) else { continue };
            if topology.node(table).joins_by_foreign_key() {
                foreign_keys::no_rows(cx, topology, table, node);
            } else {
                let values: &[(&str, &dyn Display)] =
                    &[("table", &topology.called(table)), ("place", &place(at)), ("operator", &node.operator())];
                cx.report(node.span, NO_ROWS, values);
            }
        }
    }
}

/// The source or foreign-key join that keeps no rows, if the rows of a table would have to come from one.
fn without_store(topology: &Topology, id: NodeId) -> Option<(NodeId, proc_macro2::Span)> {
    let node = topology.node(id);
    if let Some(span) = node.options.without_store {
        return Some((id, span));
    }
    if node.joins_by_foreign_key() && !node.is_state() {
        return Some((id, node.span));
    }
    if node.is_state() || !node.is_view() {
        return None;
    }
    node.inputs().find_map(|input| without_store(topology, input))
}
