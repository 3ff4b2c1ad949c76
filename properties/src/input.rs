//! Random inputs, which shrink.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::model::{Headers, Record};
use crate::topology::{Base, Topology};
use crate::values::Datum;

/// One step of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The record that comes in.
    pub record: Record,
    /// Whether a commit follows, where commits are asked for.
    pub commit: bool,
    /// Whether a restart follows, where restarts are asked for.
    pub restart: bool,
}

/// A record before its topic is known: numbers that shrink to 0.
#[derive(Clone, Debug)]
pub struct Draft {
    topic: usize,
    key: usize,
    value: usize,
    ms: i64,
    headers: Headers,
    commit: bool,
    restart: bool,
}

/// Most move the time on a little, some are late, some jump.
fn moves() -> impl Strategy<Value = i64> {
    prop_oneof![
        6 => 0i64..25,
        2 => (0i64..4).prop_map(|n| n * 50),
        2 => -120i64..0,
        1 => 100i64..500,
    ]
}

fn headers() -> impl Strategy<Value = Headers> {
    let header = (prop_oneof![Just("h"), Just("x")], proptest::option::of(0u8..3));
    let header = header.prop_map(|(name, value)| (name.to_owned(), value.map(|n| n.to_string())));
    prop_oneof![4 => Just(Vec::new()), 1 => vec(header, 1..3)]
}

/// The records of an input, at most `longest`.
pub fn drafts(longest: usize) -> impl Strategy<Value = Vec<Draft>> {
    let draft = (0usize..1000, 0usize..1000, 0usize..1000, moves(), headers(), proptest::bool::weighted(0.2), proptest::bool::weighted(0.05));
    let draft = draft.prop_map(|(topic, key, value, ms, headers, commit, restart)| Draft { topic, key, value, ms, headers, commit, restart });
    vec(draft, 0..=longest)
}

/// What the records are for a topology.
pub fn steps(topology: &Topology, drafts: &[Draft]) -> Vec<Step> {
    let mut clock_ms = 0;
    drafts
        .iter()
        .map(|draft| {
            let topic = &topology.topics[draft.topic % topology.topics.len()];
            let ts = (clock_ms + draft.ms).max(0);
            clock_ms = clock_ms.max(ts);
            let key = match draft.key % 10 {
                9 if topic.null_keys => Datum::Null,
                n => Datum::Text(["a", "b", "c", "d", "a", "b", "c", "a", "b", "a"][n].to_owned()),
            };
            let value = match draft.value % 12 {
                11 if topic.value.null => Datum::Null,
                10 if topic.value.null => Datum::Null,
                _ if topic.value.base == Base::Text => Datum::Text(format!("{}{}", ["x", "yy", "z"][draft.value % 3], draft.value / 12 % 20)),
                _ => Datum::Long((draft.value / 12 % 26) as i64 - 5),
            };
            let record = Record { topic: topic.name.clone(), key, value, ts, headers: draft.headers.clone() };
            Step { record, commit: draft.commit, restart: draft.restart }
        })
        .collect()
}
