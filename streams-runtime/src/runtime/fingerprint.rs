//! Whether the members of a group run one topology: the client id of each ends with a number that
//! tells topologies apart.

use crate::plan::TopologyPlan;

/// A member that runs another topology.
pub(super) fn other_among(members: Vec<String>, plan: &TopologyPlan) -> Option<String> {
    let ours = fingerprint(plan);
    members.into_iter().find(|member| fingerprint_in(member).is_some_and(|theirs| theirs != ours))
}

/// A number that tells topologies apart: what they read, keep and write.
fn fingerprint(plan: &TopologyPlan) -> u32 {
    let mut text = String::new();
    for sub in &plan.sub_topologies {
        text.push_str(&format!("{:?}{:?}", sub.sources.iter().map(|source| &source.topics).collect::<Vec<_>>(), sub.sinks));
        text.extend(sub.stores.iter().map(|store| format!("{}:{:?};", store.name, store.kind)));
    }
    crc32fast::hash(text.as_bytes())
}

/// The last part of the client id of a process's member.
pub(super) fn member_part(plan: &TopologyPlan) -> String {
    format!("control-{:08x}", fingerprint(plan))
}

fn fingerprint_in(client_id: &str) -> Option<u32> {
    let (_, text) = client_id.rsplit_once("-control-")?;
    u32::from_str_radix(text, 16).ok().filter(|_| text.len() == 8)
}
