//! Many sessions, windows or versions of one key, put in any order: the work for each does not grow
//! with their number.

use std::time::{Duration, Instant};

use super::*;

topology! {
    fn many() -> Many {
        let input: Stream<String, String> = stream("in");
        let sessions: Table<Windowed<String, SessionWindow>, u64> =
            input.group_by_key().windowed_by(sessions(millis(1)).grace(days(10))).count();
        sessions.to_stream().filter(|_, _| false).map(|key, n| (key.to_string(), n.map(|n| n.to_string()))).to("out");
        let versions: Table<String, String> = table("rows").versioned(days(1));
        versions.to_stream().filter(|_, _| false).to("changes");
    }
}

/// How long it takes to put so many, last first: the least of three runs.
fn last_first(topic: &str, count: i64, apart_ms: i64) -> Duration {
    let run = || {
        let driver = TestDriver::builder(many()).cache_max_bytes(1 << 30).build().unwrap();
        let input = driver.input::<str, str>(topic).unwrap();
        let start = Instant::now();
        for n in (0..count).rev() {
            input.pipe_at("k", "v", n * apart_ms).unwrap();
        }
        start.elapsed()
    };
    (0..3).map(|_| run()).min().unwrap_or_default()
}

#[test]
fn eight_times_as_many_take_about_eight_times_as_long() {
    for (topic, apart_ms) in [("in", 3), ("rows", 1)] {
        let (few, many) = (last_first(topic, 1_500, apart_ms), last_first(topic, 12_000, apart_ms));
        // Sixty-four times if each had to pass all that are there.
        assert!(many < few * 24, "{topic}: {few:?} for 1,500, {many:?} for 12,000");
    }
}

#[test]
fn sessions_are_found_among_many_in_any_order() {
    let driver = TestDriver::builder(many()).cache_max_bytes(1 << 20).build().unwrap();
    let input = driver.input::<str, str>("in").unwrap();
    let count = 2_000;
    for n in (0..count).map(|n| n * 1_201 % count) {
        input.pipe_at("k", "v", n * 3).unwrap();
    }
    let store = driver.session_store(Many::SESSIONS).unwrap();
    let alone: Vec<(SessionWindow, u64)> = (0..count).map(|n| (SessionWindow { start_ms: n * 3, end_ms: n * 3 }, 1)).collect();
    assert_eq!(store.fetch("k"), alone);
    // A hundred of them become one, and a few others grow.
    for n in 700..800 {
        input.pipe_at("k", "v", n * 3 + 1).unwrap();
        input.pipe_at("k", "v", n * 3 + 2).unwrap();
    }
    input.pipe_at("k", "v", 1).unwrap();
    driver.restart().unwrap();
    let store = driver.session_store(Many::SESSIONS).unwrap();
    let found = store.fetch("k");
    assert_eq!(found.len() as i64, count - 100);
    assert_eq!(found[0], (SessionWindow { start_ms: 0, end_ms: 1 }, 2));
    assert_eq!(found[700], (SessionWindow { start_ms: 2_100, end_ms: 2_400 }, 301));
    assert!(found.windows(2).all(|pair| pair[0].0.end_ms < pair[1].0.start_ms));
}
