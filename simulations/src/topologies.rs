//! Topologies whose results are sets of ids, so that what is done twice cannot be told from what is done once, and what
//! is lost can.

use std::collections::BTreeSet;

use streams_runtime::prelude::*;

pub(crate) fn union(one: &str, other: &str) -> String {
    let ids: BTreeSet<&str> = one.split(',').chain(other.split(',')).filter(|id| !id.is_empty()).collect();
    ids.into_iter().collect::<Vec<_>>().join(",")
}

/// The group of an id such as `i17`.
pub(crate) fn group_of(id: &str) -> String {
    let number: u64 = id.trim_start_matches('i').parse().unwrap_or(0);
    format!("g{}", number % 7)
}

topology! {
    /// Sets of what came for a key, and each record as it is.
    pub(crate) fn sets() -> Sets {
        let input: Stream<String, String> = stream("in");
        let seen: Table<String, String> = input.group_by_key().reduce(|set, id| union(set, id));
        seen.to_stream().to("out");
        input.to("copies");
    }

    /// The same behind a repartition topic.
    pub(crate) fn moved() -> Moved {
        let input: Stream<String, String> = stream("in");
        let grouped = input.select_key(|_, id| group_of(id)).group_by_key();
        let seen: Table<String, String> = grouped.reduce(|set, id| union(set, id));
        seen.to_stream().to("out");
    }
}
