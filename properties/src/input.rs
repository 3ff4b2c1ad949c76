//! Random inputs.

use crate::basket::Basket;
use crate::model::{Headers, Record};
use crate::random::Random;
use crate::topology::{Base, Topic, Topology};
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

/// How many records an input has at most.
const LONGEST: u64 = 40;

/// The input of a seed.
pub fn steps(topology: &Topology, seed: u64) -> Vec<Step> {
    let mut random = Random::new(seed);
    let (mut clock_ms, length) = (0, random.below(LONGEST + 1));
    // Some inputs are of few keys, so that more records meet.
    let keys = 1 + random.below(4);
    let headers_percent = random.pick(&[0, 0, 30]);
    (0..length)
        .map(|_| {
            let topic = random.pick(&topology.topics);
            let ts = (clock_ms + moves(&mut random)).max(0);
            clock_ms = clock_ms.max(ts);
            let key = if topic.null_keys && random.percent(10) {
                Datum::Null
            } else {
                Datum::Text(["a", "b", "c", "d"][random.below(keys) as usize].to_owned())
            };
            let value = value(&mut random, &topic);
            let headers = if random.percent(headers_percent) { headers(&mut random) } else { Vec::new() };
            let record = Record { topic: topic.name, key, value, ts, headers };
            Step { record, commit: random.percent(20), restart: random.percent(5) }
        })
        .collect()
}

/// Most move the time on a little, some are late, some jump; some fall on the edges of windows.
fn moves(random: &mut Random) -> i64 {
    match random.below(11) {
        0..=5 => random.below(25) as i64,
        6 | 7 => random.below(4) as i64 * 50,
        8 | 9 => -(random.below(120) as i64),
        _ => 100 + random.below(400) as i64,
    }
}

fn value(random: &mut Random, topic: &Topic) -> Datum {
    if topic.value.null && random.percent(18) {
        return Datum::Null;
    }
    match topic.value.base {
        Base::Text => Datum::Text(format!("{}{}", random.pick(&["x", "yy", "z"]), random.below(20))),
        Base::Basket => Basket::of(&format!("{}{}", random.pick(&["x", "yy", "z"]), random.below(20))).into(),
        Base::Long | Base::Count => Datum::Long(random.below(26) as i64 - 5),
    }
}

fn headers(random: &mut Random) -> Headers {
    let header = |random: &mut Random| {
        let value = if random.percent(80) { Some(random.below(3).to_string()) } else { None };
        (random.pick(&["h", "x"]).to_owned(), value)
    };
    (0..1 + random.below(2)).map(|_| header(random)).collect()
}
