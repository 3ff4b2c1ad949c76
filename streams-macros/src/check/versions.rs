//! Tables with a history.

use std::fmt::Display;

use syn::spanned::Spanned;

use super::windows::{duration_ms, text};
use crate::diagnostics::*;
use crate::model::{Argument, NodeId, Topology};
use crate::operators::Kind;

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    for id in topology.ids() {
        let node = topology.node(id);
        grace(cx, topology, id);
        let history = match (&node.options.versioned, node.args.first()) {
            (Some((history, _)), _) => history,
            (None, Some(Argument::Value(history))) if node.row.name == "versioned_store" => history,
            _ => continue,
        };
        if duration_ms(history) == Some(0) {
            cx.report(history.span(), HISTORY_ZERO, &[("found", &text(history))]);
        }
        if let Some(at) = node.options.without_store {
            cx.report(at, VERSIONED_WITHOUT_STORE, &[("table", &topology.called(id))]);
        }
    }
}

/// Records are held only in front of a join with a table that has a history.
fn grace(cx: &mut Errors, topology: &Topology, id: NodeId) {
    let node = topology.node(id);
    let (Some((grace, at)), Some((operand, _))) = (&node.options.grace, node.operand()) else { return };
    let (kind, name) = (topology.node(operand).gives(), topology.called(operand));
    if kind != Kind::Table {
        let fix = if kind == Kind::Stream { "; between two streams it belongs to their windows: `within(…).grace(…)`" } else { "" };
        let values: &[(&str, &dyn Display)] = &[("operand", &name), ("kind", &kind.noun()), ("fix", &fix)];
        cx.report(*at, GRACE_WITHOUT_HISTORY, values);
        return;
    }
    let Some(table) = topology.history_of(operand) else {
        return cx.report(*at, GRACE_UNVERSIONED, &[("table", &name), ("fix", &without_history(topology, operand))]);
    };
    if let Some((history, history_at)) = &topology.node(table).options.versioned
        && let (Some(history_ms), Some(grace_ms)) = (duration_ms(history), duration_ms(grace))
        && history_ms < grace_ms
    {
        let (table, place) = (topology.called(table), place(*history_at));
        let values: &[(&str, &dyn Display)] = &[("table", &table), ("history", &text(history)), ("place", &place), ("grace", &text(grace))];
        cx.report(grace.span(), GRACE_BEYOND_HISTORY, values);
    }
}

/// Why a table has no history, and what to write.
fn without_history(topology: &Topology, id: NodeId) -> String {
    let node = topology.node(id);
    let name = topology.called(id);
    match node.receiver.filter(|_| node.is_view()) {
        _ if node.joins_tables() => format!("; `{name}` is made of two tables, and has no history whatever they have"),
        Some(input) if node.is_state() && topology.has_history(input) => {
            format!("; with a store of its own `{name}` has no history: write it without a type, as a view of `{}`", topology.called(input))
        }
        Some(input) => without_history(topology, input),
        None => format!("; write `.versioned(…)` behind the `{}` of `{name}`", node.operator()),
    }
}
