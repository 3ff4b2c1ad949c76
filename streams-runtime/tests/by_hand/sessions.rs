//! Sessions on the embedded log: their topic, and what a restart finds.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::prelude::*;
use streams_runtime::record::NewRecord;
use streams_runtime::{Streams, end_of_input};

topology! {
    pub fn visits() -> Visits {
        let views: Stream<Option<String>, String> = stream("views");
        let counts: Table<Windowed<String, SessionWindow>, u64> =
            views.group_by(|_, page| page.clone()).windowed_by(sessions(minutes(1)).grace(minutes(1))).count();
        counts.to_stream().to("counts-out");
    }
}

fn view(log: &EmbeddedLog, page: &str, timestamp_ms: i64) {
    log.append("views", Some(0), NewRecord { key: None, value: Some(page.as_bytes()), timestamp_ms, offset: 0 }).unwrap();
}

/// Key, start and end of each session that is left, with its count, and the partition.
fn counts(log: &EmbeddedLog, topic: &str, since_ms: i64) -> BTreeMap<(String, i64, i64), (u64, i32)> {
    let mut counts = BTreeMap::new();
    for partition in 0..2 {
        for record in log.read(topic, partition, 0, usize::MAX).unwrap().iter() {
            let codec = SessionWindowed::of(Utf8);
            let mut slot = Default::default();
            let key: &Windowed<String, SessionWindow> = codec.decode(record.key, &mut slot).unwrap();
            let at = (key.key.clone(), key.window.start_ms - since_ms, key.window.end_ms - since_ms);
            match record.value {
                Some(count) => counts.insert(at, (u64::from_be_bytes(count.try_into().unwrap()), partition)),
                None => counts.remove(&at),
            };
        }
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_go_on_after_a_restart_and_lie_where_their_key_lies() {
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
    let log = EmbeddedLog::in_memory();
    log.create_topic("views", 2).unwrap();
    log.create_topic("counts-out", 2).unwrap();
    // The second run lengthens the session of b, and joins both of a.
    for run in [&[("a", 0), ("b", 10), ("b", 20), ("a", 100_000), ("c", 100_001)][..], &[("a", 60_000), ("b", 60_020)]] {
        for (page, offset_ms) in run {
            view(&log, page, now_ms + offset_ms);
        }
        let app = Streams::new(visits()).application_id("sessions").embedded_log(log.clone()).commit_interval(Duration::from_millis(50));
        app.start().await.unwrap().run_until(end_of_input()).await.unwrap();
    }
    let sent = counts(&log, "counts-out", now_ms);
    let found: Vec<(&str, i64, i64, u64)> = sent.iter().map(|((key, start, end), (n, _))| (key.as_str(), *start, *end, *n)).collect();
    assert_eq!(found, [("a", 0, 100_000, 3), ("b", 10, 60_020, 3), ("c", 100_001, 100_001, 1)]);
    // All sessions of a key are in one partition: that of the key, hence that of the store.
    assert_eq!(sent, counts(&log, "sessions-counts-changelog", now_ms));
}
