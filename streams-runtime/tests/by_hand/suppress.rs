//! What is held back, over a restart on the embedded log.

use std::sync::Arc;
use std::time::Duration;

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::prelude::*;
use streams_runtime::record::NewRecord;
use streams_runtime::time::clock::ManualClock;
use streams_runtime::{Streams, end_of_input};

topology! {
    pub fn held_back() -> HeldBack {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(tumbling(minutes(1)).grace(seconds(10))).count();
        let closed = counts.suppress(until_window_closes().flush_after(seconds(30)));
        closed.to_stream().to("closed-out");
    }
}

const MINUTE_MS: i64 = 60_000;

fn view(log: &EmbeddedLog, page: &str, timestamp_ms: i64) {
    let record = NewRecord { key: Some(page.as_bytes()), value: Some(b"x"), timestamp_ms, offset: 0 };
    log.append("views", Some(0), record).unwrap();
}

fn app(log: &EmbeddedLog, clock: &Arc<ManualClock>) -> Streams<HeldBack> {
    Streams::new(held_back())
        .application_id("held")
        .embedded_log(log.clone())
        .clock(clock.clone())
        .commit_interval(Duration::from_millis(20))
}

/// Key, start and count of what has left.
fn left(log: &EmbeddedLog) -> Vec<(String, i64, u64)> {
    let records = log.read("closed-out", 0, 0, usize::MAX).unwrap();
    let row = |record: streams_runtime::record::RecordRef<'_>| {
        let (key, start) = record.key.unwrap().split_last_chunk().unwrap();
        let count = u64::from_be_bytes(record.value.unwrap().try_into().unwrap());
        (String::from_utf8(key.to_vec()).unwrap(), i64::from_be_bytes(*start), count)
    };
    records.iter().map(row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_before_a_restart_leaves_after_it() {
    let log = EmbeddedLog::in_memory();
    let clock = Arc::new(ManualClock::new(0));
    log.create_topic("views", 1).unwrap();
    log.create_topic("closed-out", 1).unwrap();
    for (page, at_ms) in [("b", 7), ("a", 5), ("b", 9), ("a", MINUTE_MS)] {
        view(&log, page, at_ms);
    }
    app(&log, &clock).start().await.unwrap().run_until(end_of_input()).await.unwrap();
    assert_eq!(left(&log), []);

    // One more for a window that waits, and then one that closes it.
    view(&log, "b", 11);
    view(&log, "c", MINUTE_MS + 10_000);
    app(&log, &clock).start().await.unwrap().run_until(end_of_input()).await.unwrap();
    let closed = [("a".to_owned(), 0, 1), ("b".to_owned(), 0, 3)];
    assert_eq!(left(&log), closed);

    // What left does not come back; what waits by the wall clock has waited since before the restart.
    let running = app(&log, &clock).start().await.unwrap();
    running.running().await.unwrap();
    running.drained().await.unwrap();
    assert_eq!(left(&log), closed);
    clock.advance_ms(30_000);
    for _ in 0..500 {
        if left(&log).len() > closed.len() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    running.run_until(end_of_input()).await.unwrap();
    let flushed = [("a".to_owned(), MINUTE_MS, 1), ("c".to_owned(), MINUTE_MS, 1)];
    assert_eq!(left(&log), [closed, flushed].concat());
}
