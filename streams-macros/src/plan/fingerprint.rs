//! A number that changes when a running application could not go on from its topics and state: names, written types, formats and
//! partitioning. Operators between them, names of variables and the order of statements do not count.

use quote::ToTokens;

use super::drawing::topics_text;
use super::{Entry, Plan, StoreRole};
use crate::model::NodeId;
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
            let details = if store.role == StoreRole::Rows { details(plan, store.node) } else { String::new() };
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
    // How long the history is may change: what is there is then kept for longer, or not as long.
    if node.options.versioned.is_some() {
        text += " versioned";
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
