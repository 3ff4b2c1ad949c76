//! Topologies whose results are sets, so that what is done twice cannot be told from what is done
//! once, and what is lost can.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use streams_runtime::prelude::*;

/// A record that cannot be sent on before the application is mended.
pub(super) const POISON: &str = "poison";

fn union(one: &str, other: &str) -> String {
    let ids: BTreeSet<&str> = one.split(',').chain(other.split(',')).collect();
    ids.into_iter().collect::<Vec<_>>().join(",")
}

/// The group of an id such as `i17`.
pub(super) fn group_of(id: &str) -> String {
    let number: u64 = id.trim_start_matches('i').parse().unwrap_or(0);
    format!("g{}", number / 16)
}

topology! {
    pub(super) fn sets() -> Sets {
        let input: Stream<String, String> = stream("in");
        let seen: Table<String, String> = input.group_by_key().reduce(|set, id| union(set, id));
        seen.to_stream().to("out");
    }

    pub(super) fn moved() -> Moved {
        let input: Stream<String, String> = stream("in");
        let grouped = input.select_key(|_, id| group_of(id)).group_by_key();
        let seen: Table<String, String> = grouped.reduce(|set, id| union(set, id));
        seen.to_stream().to("out");
    }

    pub(super) fn closed() -> Closed {
        let input: Stream<String, String> = stream("in");
        let windows = input.group_by_key().windowed_by(tumbling(hours(1)).grace(millis(0)));
        let seen: Table<Windowed<String>, String> = windows.reduce(|set, id| union(set, id));
        let whole = seen.suppress(until_window_closes());
        whole.to_stream().map(|key, set| (format!("{}@{}", key.key, key.window.start_ms), set.clone())).to("out");
    }

    pub(super) fn poisoned(mended: Arc<AtomicBool>) -> Poisoned {
        let input: Stream<String, String> = stream("in");
        let seen: Table<String, String> = input.group_by_key().reduce(|set, id| union(set, id));
        seen.to_stream()
            .try_map_values(|set| match set {
                Some(set) if set.contains(POISON) && !mended.load(Ordering::SeqCst) => Err("this set cannot be sent yet"),
                set => Ok(set.clone()),
            })
            .to("out");
    }
}
