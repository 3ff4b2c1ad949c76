//! Windowed state on the embedded log: its topic, and what a restart finds.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::partition::partition_for_key;
use streams_runtime::prelude::*;
use streams_runtime::record::NewRecord;
use streams_runtime::{QueryError, Streams, end_of_input};

topology! {
    pub fn per_minute() -> PerMinute {
        let views: Stream<Option<String>, String> = stream("views");
        let counts: Table<Windowed<String>, u64> =
            views.group_by(|_, page| page.clone()).windowed_by(tumbling(minutes(1)).grace(minutes(1))).count();
        counts.to_stream().to("counts-out");
    }
}

topology! {
    pub fn visits() -> Visits {
        let views: Stream<String, String> = stream("views");
        let visits: Table<Windowed<String, SessionWindow>, u64> = views.group_by_key().windowed_by(sessions(minutes(5))).count().retention(hours(1));
        visits.to_stream().to("counts-out");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_asked_for_by_key_and_time() {
    let log = EmbeddedLog::in_memory();
    log.create_topic("views", 2).unwrap();
    log.create_topic("counts-out", 1).unwrap();
    for (user, minute) in [("a", 1), ("b", 2), ("a", 3), ("a", 20)] {
        let record = NewRecord { key: Some(user.as_bytes()), value: Some(b"x"), timestamp_ms: minute * 60_000, offset: 0 };
        log.append("views", Some(partition_for_key(user.as_bytes(), 2)), record).unwrap();
    }
    let app = Streams::new(visits()).application_id("visits").embedded_log(log.clone()).start().await.unwrap();
    app.running().await.unwrap();
    app.drained().await.unwrap();
    let store = app.store(Visits::VISITS);
    let session = |from: i64, to: i64| SessionWindow { start_ms: from * 60_000, end_ms: to * 60_000 };
    assert_eq!(store.fetch("a", ..).await.unwrap(), [(session(1, 3), 2), (session(20, 20), 1)]);
    assert_eq!(store.fetch("a", ..=60_000).await.unwrap(), [(session(1, 3), 2)]);
    assert_eq!(store.fetch("a", 180_001..1_200_000).await.unwrap(), []);
    let mut all = store.fetch_all(120_000..120_001).await.unwrap();
    all.sort();
    let row = |key: &str, window, count| (Windowed { key: key.to_owned(), window }, count);
    assert_eq!(all, [row("a", session(1, 3), 2), row("b", session(2, 2), 1)]);
    app.run_until(end_of_input()).await.unwrap();
}

fn view(log: &EmbeddedLog, page: &str, timestamp_ms: i64) {
    log.append("views", Some(0), NewRecord { key: None, value: Some(page.as_bytes()), timestamp_ms, offset: 0 }).unwrap();
}

fn app(log: &EmbeddedLog) -> Streams<PerMinute> {
    Streams::new(per_minute()).application_id("windows").embedded_log(log.clone()).commit_interval(Duration::from_millis(50))
}

/// Key, start and last count of each window, in the order in which the windows were first sent, with the partition.
fn counts(log: &EmbeddedLog, topic: &str, after_start_bytes: usize) -> Vec<(String, i64, u64, i32)> {
    let mut counts: Vec<(String, i64, u64, i32)> = Vec::new();
    for partition in 0..2 {
        for record in log.read(topic, partition, 0, usize::MAX).unwrap().iter() {
            let (key, start) = record.key.unwrap()[..record.key.unwrap().len() - after_start_bytes].split_last_chunk().unwrap();
            let (key, start_ms) = (String::from_utf8(key.to_vec()).unwrap(), i64::from_be_bytes(*start));
            let count = u64::from_be_bytes(record.value.unwrap().try_into().unwrap());
            match counts.iter_mut().find(|row| row.0 == key && row.1 == start_ms) {
                Some(row) => {
                    assert_eq!(row.3, partition, "{key} moves between partitions");
                    row.2 = count;
                }
                None => counts.push((key, start_ms, count, partition)),
            }
        }
    }
    counts.sort();
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_go_on_after_a_restart_and_lie_where_their_key_lies() {
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
    // Not in the past: the changelog's retention is reckoned from the records' times.
    let minute_ms = now_ms - now_ms % 60_000;
    let log = EmbeddedLog::in_memory();
    log.create_topic("views", 2).unwrap();
    log.create_topic("counts-out", 2).unwrap();
    for (page, offset_ms) in [("a", 0), ("b", 10), ("a", 60_000), ("c", 60_001), ("a", 20)] {
        view(&log, page, minute_ms + offset_ms);
    }
    app(&log).start().await.unwrap().run_until(end_of_input()).await.unwrap();
    for (page, offset_ms) in [("a", 60_002), ("b", 30)] {
        view(&log, page, minute_ms + offset_ms);
    }
    let running = app(&log).start().await.unwrap();
    running.running().await.unwrap();
    running.drained().await.unwrap();
    let store = running.store(PerMinute::COUNTS);
    let window = |start_ms: i64| Window { start_ms, end_ms: start_ms + 60_000 };
    assert_eq!(store.fetch("a", minute_ms..).await.unwrap(), [(window(minute_ms), 2), (window(minute_ms + 60_000), 2)]);
    assert_eq!(store.fetch("a", minute_ms + 1..=minute_ms + 60_000).await.unwrap(), [(window(minute_ms + 60_000), 2)]);
    assert_eq!(store.fetch("nobody", ..).await.unwrap(), []);
    let mut all = store.fetch_all(..minute_ms + 60_000).await.unwrap();
    all.sort();
    let row = |key: &str, start_ms, count| (Windowed { key: key.to_owned(), window: window(start_ms) }, count);
    assert_eq!(all, [row("a", minute_ms, 2), row("b", minute_ms, 2)]);
    // A row alone is asked for otherwise.
    let asked = store.get(&row("a", minute_ms, 2).0).await;
    assert!(matches!(asked, Err(QueryError::Unknown { store: "counts" })), "{asked:?}");
    running.run_until(end_of_input()).await.unwrap();

    let sent = counts(&log, "counts-out", 0);
    let expected = [("a", 0, 2), ("a", 60_000, 2), ("b", 0, 2), ("c", 60_000, 1)];
    let found: Vec<(&str, i64, u64)> = sent.iter().map(|row| (row.0.as_str(), row.1 - minute_ms, row.2)).collect();
    assert_eq!(found, expected);
    // All windows of a key are in one partition: that of the key without its window, hence that of the store.
    let kept = counts(&log, "windows-counts-changelog", 4);
    assert_eq!(sent, kept);
}

topology! {
    pub fn bursts() -> Bursts {
        let logins: Stream<String, u64> = stream("logins");
        let sums: Table<Windowed<String>, u64> =
            logins.group_by_key().windowed_by(sliding(seconds(10)).grace(minutes(1))).aggregate(|| 0, |_, n, sum| sum + n);
        sums.to_stream().to("sums-out");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sliding_windows_that_a_restart_finds_are_gone_on_with() {
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
    let log = EmbeddedLog::in_memory();
    log.create_topic("logins", 2).unwrap();
    log.create_topic("sums-out", 2).unwrap();
    for run in [&[(0, 1), (4_000, 2)][..], &[(2_000, 10), (12_000, 5)]] {
        for (offset_ms, number) in run {
            let number = u64::to_be_bytes(*number);
            let record = NewRecord { key: Some(b"ann"), value: Some(&number), timestamp_ms: now_ms + offset_ms, offset: 0 };
            log.append("logins", Some(0), record).unwrap();
        }
        let app = Streams::new(bursts()).application_id("bursts").embedded_log(log.clone());
        app.start().await.unwrap().run_until(end_of_input()).await.unwrap();
    }
    let sent: Vec<(i64, u64)> = counts(&log, "sums-out", 0).iter().map(|row| (row.1 - now_ms, row.2)).collect();
    let expected = [(-10_000, 1), (-8_000, 11), (-6_000, 13), (1, 12), (2_000, 17), (2_001, 7), (4_001, 5)];
    assert_eq!(sent, expected);
}

topology! {
    pub fn closed() -> Closed {
        let views: Stream<String, u64> = stream("views");
        let grouped = views.group_by_key();
        let sums: Table<Windowed<String>, u64> =
            grouped.windowed_by(tumbling(seconds(10)).grace(seconds(0))).emit_on_close().aggregate(|| 0, |_, n, sum| sum + n).retention(minutes(10));
        let slid: Table<Windowed<String>, u64> =
            grouped.windowed_by(sliding(seconds(10)).grace(seconds(0))).emit_on_close().count().retention(minutes(10));
        let visits: Table<Windowed<String, SessionWindow>, u64> =
            grouped.windowed_by(sessions(seconds(5)).grace(seconds(0))).emit_on_close().count().retention(minutes(10));
        sums.to_stream().to("sums-out");
        slid.to_stream().to("slid-out");
        visits.to_stream().to("visits-out");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_that_were_sent_when_they_closed_are_not_sent_again_after_a_restart() {
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
    let start_ms = now_ms - now_ms % 10_000;
    let log = EmbeddedLog::in_memory();
    for topic in ["views", "sums-out", "slid-out", "visits-out"] {
        log.create_topic(topic, 1).unwrap();
    }
    // The second run begins with a record that was late already before the restart.
    for run in [&[(0, 1), (12_000, 2), (31_000, 4)][..], &[(3_000, 8), (32_000, 16), (55_000, 32)], &[(90_000, 64)]] {
        for (offset_ms, number) in run {
            let number = u64::to_be_bytes(*number);
            let record = NewRecord { key: Some(b"a"), value: Some(&number), timestamp_ms: start_ms + offset_ms, offset: 0 };
            log.append("views", Some(0), record).unwrap();
        }
        let app = Streams::new(closed()).application_id("closed").embedded_log(log.clone());
        app.start().await.unwrap().run_until(end_of_input()).await.unwrap();
    }
    let sent = |topic: &str| -> Vec<(i64, u64)> {
        let records = log.read(topic, 0, 0, usize::MAX).unwrap();
        let sent = records.iter().map(|record| {
            let start = record.key.unwrap().split_last_chunk().unwrap().1;
            (i64::from_be_bytes(*start) - start_ms, u64::from_be_bytes(record.value.unwrap().try_into().unwrap()))
        });
        sent.collect()
    };
    assert_eq!(sent("sums-out"), [(0, 1), (10_000, 2), (30_000, 20), (50_000, 32)]);
    // That from 22,000 on has a record of each run; the late one is in none.
    let slid = [(-10_000, 1), (2_000, 1), (21_000, 1), (22_000, 2), (31_001, 1), (45_000, 1)];
    assert_eq!(sent("slid-out"), slid);
    assert_eq!(sent("visits-out").iter().map(|(_, n)| n).collect::<Vec<_>>(), [&1, &1, &2, &1]);
}
