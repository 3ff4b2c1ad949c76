//! A wall clock that is set while the application runs.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tests::process::eventually;
use tests::words::{BEGIN_MS, exact, word};

use crate::kafka::{self, Send};

#[test]
fn a_clock_that_jumps_stops_neither_records_nor_commits() {
    const PART: usize = 5_000;
    let [id, input, output] = ["jumps", "words", "counts"].map(kafka::fresh);
    kafka::create(&input, 2);
    kafka::create(&output, 2);
    let topics = [("id", &id), ("input", &input), ("output", &output)];
    let args = ["commit_ms=200", "session_ms=6000", "max_poll_ms=30000", "purge_ms=500", "topic_refresh_ms=1000"];
    let mut pipeline = kafka::start_with("jumps", "word_count", &topics, &args);
    pipeline.wait_until_running();
    let repartition = format!("{id}-counts-repartition");
    for (part, jump_ms) in [0_i64, 600_000, -3_600_000, -50 * 365 * 24 * 3_600_000, 60_000].into_iter().enumerate() {
        let send = |n: usize| Send {
            partition: Some((n % 2) as i32),
            value: Some(word(n).into_bytes()),
            timestamp_ms: BEGIN_MS + n as i64,
            ..Send::default()
        };
        // A half before the jump, so that a commit may be under way.
        kafka::produce(&input, (part * PART..part * PART + PART / 2).map(send));
        pipeline.ask(&format!("clock {jump_ms}"));
        kafka::produce(&input, (part * PART + PART / 2..(part + 1) * PART).map(send));
        let begin = Instant::now();
        eventually("all is counted and committed", || kafka::is_done(&id, &input) && kafka::is_done(&id, &repartition));
        assert!(begin.elapsed() < Duration::from_secs(15), "{jump_ms} ms: committed after {:?}", begin.elapsed());
        assert_eq!(pipeline.status().state, "Running", "{jump_ms} ms");
    }
    let rows: BTreeMap<String, u64> = pipeline.rows().into_iter().map(|(k, v)| (k, v.as_u64().unwrap())).collect();
    pipeline.terminate();
    assert_eq!(rows, exact(5 * PART));
}
