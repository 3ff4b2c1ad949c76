//! What must stay as it is for a running application to go on from its topics and state: names, written types, formats, windows and
//! partitioning. Operators between them, names of variables and the order of statements do not count.

use quote::ToTokens;

use syn::Expr;

use super::drawing::topics_text;
use super::{Entry, Plan, StoreRole};
use crate::check::duration_ms;
use crate::model::{Argument, NodeId};
use crate::operators::Kind;
use crate::parse::type_text;
use crate::text::tidy;

pub(crate) fn fingerprint(plan: &Plan) -> u64 {
    fnv1a(&facts(plan))
}

/// One line per fact, sorted.
pub(crate) fn facts(plan: &Plan) -> String {
    let mut parts: Vec<String> = Vec::new();
    for sub_topology in &plan.sub_topologies {
        let mut lines = Vec::new();
        for entry in &sub_topology.entries {
            lines.push(match *entry {
                Entry::Source(id) => format!("source {}{}", topics(plan, id), details(plan, id)),
                Entry::Repartition(id) => format!("from repartition {}{}", plan.repartition_name(id), details(plan, id)),
                Entry::Subscriptions(id) => format!("from subscriptions {}", state_name(plan, id)),
                Entry::Responses(id) => format!("from responses {}", state_name(plan, id)),
            });
        }
        for store in &sub_topology.stores {
            let row = plan.topology.node(store.node).row;
            let details = match store.role {
                StoreRole::Rows => details(plan, store.node),
                StoreRole::JoinSide => windows(plan, store.node),
                _ => String::new(),
            };
            let from = if plan.topology.reuses_source_topic(store.node) { " from its topic" } else { "" };
            lines.push(format!("state {} {}{details}{from}", row.name, store.name));
        }
        for id in &sub_topology.nodes {
            let node = plan.topology.node(*id);
            if plan.topology.is_repartition(*id) {
                lines.push(format!("to repartition {}", plan.repartition_name(*id)));
            } else if !node.is_source() && node.topics().is_some() {
                lines.push(format!("sink {}{}", topics(plan, *id), details(plan, *id)));
            }
        }
        lines.sort();
        lines.dedup();
        parts.push(lines.join("\n"));
    }
    for id in &plan.globals {
        parts.push(format!("global {} {}{}", topics(plan, *id), state_name(plan, *id), details(plan, *id)));
    }
    parts.sort();
    parts.join("\n--\n")
}

/// What is compared at the start: the names of state, and what each is.
pub(crate) fn layout(plan: &Plan) -> Vec<(String, String)> {
    let mut layout = Vec::new();
    for sub_topology in &plan.sub_topologies {
        for store in &sub_topology.stores {
            let operator = plan.topology.node(store.node).row.name;
            let of = match store.role {
                StoreRole::Rows => details(plan, store.node),
                StoreRole::JoinSide => windows(plan, store.node),
                _ => String::new(),
            };
            layout.push((store.name.clone(), format!("{operator}{of}")));
        }
    }
    layout.sort();
    layout.dedup();
    layout
}

/// The windows of an aggregation or of a join of streams. How long they wait for late records may change.
fn windows(plan: &Plan, id: NodeId) -> String {
    let topology = &plan.topology;
    let of_aggregation = topology.windows_of(id).and_then(|windowed_by| topology.node(windowed_by).args.first());
    let of_join = topology.node(id).args.last().filter(|_| topology.node(id).joins_streams());
    match of_aggregation.or(of_join) {
        Some(Argument::Value(windows)) => format!(" in {}", without_grace(windows)),
        _ => String::new(),
    }
}

/// Windows as text, durations in milliseconds where they are written out, so that 5 minutes are 300 seconds.
fn without_grace(expr: &Expr) -> String {
    if let Some(ms) = duration_ms(expr) {
        return format!("{ms} ms");
    }
    let list = |args: &syn::punctuated::Punctuated<Expr, syn::Token![,]>| args.iter().map(without_grace).collect::<Vec<_>>().join(", ");
    match expr {
        Expr::MethodCall(call) if call.method == "grace" => without_grace(&call.receiver),
        Expr::MethodCall(call) => format!("{}.{}({})", without_grace(&call.receiver), call.method, list(&call.args)),
        Expr::Call(call) => format!("{}({})", tidy(&call.func.to_token_stream().to_string()), list(&call.args)),
        other => tidy(&other.to_token_stream().to_string()),
    }
}

fn topics(plan: &Plan, id: NodeId) -> String {
    plan.topology.node(id).topics().map(topics_text).unwrap_or_default()
}

fn state_name(plan: &Plan, id: NodeId) -> String {
    plan.topology.node(id).state_name().map(|(name, _)| name).unwrap_or_default()
}

/// The written type, formats, and the declared number of partitions.
fn details(plan: &Plan, id: NodeId) -> String {
    let node = plan.topology.node(id);
    let mut text = String::new();
    if let Some(ty) = node.variable.as_ref().and_then(|variable| variable.ty.as_ref())
        && (node.is_state() || node.is_source() || node.gives() == Kind::Store)
    {
        text += &format!(" : {}", type_text(ty));
    }
    if let Some((key, value)) = &node.options.with {
        text += &format!(" with {}", tidy(&format!("{}, {}", key.to_token_stream(), value.to_token_stream())));
    }
    text += &windows(plan, id);
    // How long the history is may change: what is there is then kept for longer, or not as long.
    if node.options.versioned.is_some() {
        text += " versioned";
    }
    if node.options.partitioned_by.is_some() {
        text += " by a partitioner";
    }
    if let Some((count, _)) = node.options.partitions {
        text += &format!(" in {count}");
    }
    text
}

/// FNV-1a, 64 bits: the same on every machine and in every version.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    #[test]
    fn hash_is_fnv1a() {
        assert_eq!(super::fnv1a("foobar"), 0x8594_4171_f739_67e8);
    }
}
