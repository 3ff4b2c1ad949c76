//! Warnings that repeat: the first ones are logged, and then one line per interval that says how
//! many there were.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// So many of a kind are logged before the limit begins, in each interval.
const FIRST: u64 = 5;
/// The time that a summary is about.
pub(crate) const INTERVAL_MS: i64 = 10_000;

/// What is the same about warnings that repeat.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Topic {
    /// What happened: `record left out`.
    pub(crate) what: &'static str,
    /// Where: a node.
    pub(crate) node: String,
}

/// What was not logged of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) topic: Topic,
    /// How many there were beyond those that were logged.
    pub(crate) suppressed: u64,
    /// Since when, in milliseconds of the caller's clock.
    pub(crate) since_ms: i64,
}

#[derive(Debug)]
struct Seen {
    since_ms: i64,
    count: u64,
}

/// Counts warnings by kind and node. Time is what the caller says. Only what goes wrong comes here,
/// so that a lock does no harm.
#[derive(Debug, Default)]
pub(crate) struct LogLimit {
    seen: Mutex<BTreeMap<Topic, Seen>>,
}

impl LogLimit {
    /// Whether this warning is to be logged. A clock that goes back begins a new interval.
    pub(crate) fn admits(&self, what: &'static str, node: &str, now_ms: i64) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let topic = Topic { what, node: node.to_owned() };
        let seen = seen.entry(topic).or_insert(Seen { since_ms: now_ms, count: 0 });
        if now_ms < seen.since_ms {
            seen.since_ms = now_ms;
        }
        seen.count += 1;
        seen.count <= FIRST
    }

    /// Ends the intervals that are over, and gives what was not logged in them. With `all`, those
    /// that are not over as well.
    pub(crate) fn summaries(&self, now_ms: i64, all: bool) -> Vec<Summary> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut over = Vec::new();
        seen.retain(|topic, seen| {
            let goes_on = !all && now_ms >= seen.since_ms && now_ms - seen.since_ms < INTERVAL_MS;
            if !goes_on && seen.count > FIRST {
                over.push(Summary { topic: topic.clone(), suppressed: seen.count - FIRST, since_ms: seen.since_ms });
            }
            goes_on
        });
        over
    }

    /// Logs the summaries that are due.
    pub(crate) fn log_summaries(&self, now_ms: i64, all: bool) {
        for Summary { topic, suppressed, since_ms } in self.summaries(now_ms, all) {
            let within_ms = now_ms.saturating_sub(since_ms);
            tracing::warn!(node = topic.node, suppressed, within_ms, "{}: more of these were not logged one by one", topic.what);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(node: &str, suppressed: u64, since_ms: i64) -> Summary {
        Summary { topic: Topic { what: "left out", node: node.to_owned() }, suppressed, since_ms }
    }

    #[test]
    fn the_first_ones_are_logged_and_the_others_counted_by_kind_and_node() {
        let limit = LogLimit::default();
        let logged = |node: &str, count: u64| (0..count).filter(|_| limit.admits("left out", node, 1_000)).count() as u64;
        assert_eq!((logged("a", 100), logged("b", FIRST)), (FIRST, FIRST));
        assert!(limit.admits("dead letter", "a", 1_000), "another kind");
        assert_eq!(limit.summaries(1_000 + INTERVAL_MS - 1, false), []);
        assert_eq!(limit.summaries(1_000 + INTERVAL_MS, false), [summary("a", 100 - FIRST, 1_000)], "nothing was held back at `b`");
        assert!(limit.admits("left out", "a", 1_000 + INTERVAL_MS), "a new interval begins with the first ones");
        assert_eq!(limit.summaries(i64::MAX, false), []);
    }

    #[test]
    fn what_was_held_back_is_said_at_the_end() {
        let limit = LogLimit::default();
        assert_eq!((0..FIRST + 2).filter(|_| limit.admits("left out", "a", 5)).count() as u64, FIRST);
        assert_eq!(limit.summaries(6, true), [summary("a", 2, 5)]);
        assert_eq!(limit.summaries(6, true), []);
    }

    #[test]
    fn a_clock_that_goes_back_holds_nothing_back_for_ever() {
        let limit = LogLimit::default();
        assert_eq!((0..FIRST + 1).filter(|_| limit.admits("left out", "a", 1_000_000)).count() as u64, FIRST);
        assert_eq!(limit.summaries(10, false), [summary("a", 1, 1_000_000)]);
        assert!(limit.admits("left out", "a", 10));
    }
}
