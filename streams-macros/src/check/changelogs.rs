//! Options of stores are behind what has a store, and a changelog.

use std::fmt::Display;

use crate::diagnostics::*;
use crate::model::{Node, NodeId, Topology};
use crate::operators::Kind;
use crate::plan::StoreRole;

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    for id in topology.ids() {
        let node = topology.node(id);
        let Some((option, span)) = first_option(node) else { continue };
        if !has_store(topology, id) {
            let fix = match (node.gives(), node.options.without_store) {
                (_, Some(_)) => "; `.without_store()` says so",
                (Kind::Table, None) => "; write its type, or `.named(\"…\")` behind it",
                _ => "",
            };
            let values: &[(&str, &dyn Display)] = &[("option", &option), ("operator", &node.operator()), ("fix", &fix)];
            cx.report(span, OPTION_WITHOUT_STORE, values);
        } else if let (Some(span), false) = (node.options.without_changelog, node.options.changelog_settings.is_empty()) {
            cx.report(span, SETTING_OF_NO_CHANGELOG, &[]);
        } else if topology.reuses_source_topic(id)
            && let Some((option, span)) = changelog_option(node)
        {
            cx.report(span, CHANGELOG_OF_USERS, &[("table", &topology.called(id)), ("option", &option)]);
        }
    }
}

/// The first option that is said of a store, and where.
fn first_option(node: &Node) -> Option<(&'static str, proc_macro2::Span)> {
    let ttl = node.options.ttl.as_ref().map(|(_, span)| ("ttl", *span));
    ttl.or(node.options.without_cache.map(|span| ("without_cache", span))).or_else(|| changelog_option(node))
}

fn changelog_option(node: &Node) -> Option<(&'static str, proc_macro2::Span)> {
    let setting = node.options.changelog_settings.first().map(|(name, _)| ("changelog_setting", name.span()));
    node.options.without_changelog.map(|span| ("without_changelog", span)).or(setting)
}

/// Whether it keeps rows, or what waits. What is unnamed is told elsewhere.
fn has_store(topology: &Topology, id: NodeId) -> bool {
    let node = topology.node(id);
    let keeps = node.is_state() || node.holds_back() || node.joins_streams() || node.deduplicates() || node.options.grace.is_some();
    let unnamed = node.state_name().is_none() && keeps;
    unnamed || topology.own_stores(id).iter().any(|store| store.role != StoreRole::Subscriptions)
}
