//! `.max_ahead(duration)`: records from the future are left out, and move nothing.

use std::sync::{Arc, Mutex};

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::record::NewRecord;
use streams_runtime::time::clock::ManualClock;
use streams_runtime::{DropReason, Streams};

use super::*;

topology! {
    fn guarded() -> Guarded {
        let views: Stream<String, String> = stream("views").max_ahead(millis(100));
        let counts: Table<Windowed<String>, u64> =
            views.group_by_key().windowed_by(tumbling(millis(10)).grace(millis(0))).emit_on_close().count();
        counts.to_stream().map(|key, n| (key.to_string(), n.map(|n| n.to_string()))).to("counts");
        let told: Stream<String, String> = stream("told").timestamp(|_, v| v.parse().unwrap_or(0)).max_ahead(millis(100));
        told.to("told-out");
        let users: Table<String, String> = table("users").max_ahead(millis(100));
        users.to_stream().to("changes");
        users.to_stream().process(StreamTimes).to("times");
    }

    fn merged(ahead: u64) -> Merged {
        let both: Stream<String, String> = stream(["a", "b"]).max_ahead(millis(*ahead));
        both.to("out");
    }

    #[optimized]
    fn kept() -> Kept {
        let users: Table<String, String> = table("users").max_ahead(millis(100));
        let plain: Table<String, String> = table("plain");
        users.join(plain, |a, b| format!("{a}{b}")).to_stream().to("out");
    }
}

/// Tells the stream time of the task.
struct StreamTimes;

impl Processor<String, Option<String>> for StreamTimes {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = ();

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, String, Option<String>>,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let time = cx.stream_time_ms().to_string();
        out.forward(cx, r.key, &time);
        Ok(())
    }
}

#[test]
fn a_record_from_the_future_closes_no_windows() {
    let reasons = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&reasons);
    let on_dropped = OnDropped::Custom(Arc::new(move |record| {
        seen.lock().unwrap().push((record.topic.to_owned(), record.reason, record.reason.to_string()));
        OnDropped::DeadLetter("dead".into())
    }));
    let driver = TestDriver::builder(guarded()).wall_clock_start_ms(1_000).on_dropped(on_dropped).build().unwrap();
    let view = |key: &'static str, time_ms| pipe(&driver, "views", &[(Some(key), Some("v"), time_ms)]);
    view("a", 1_000);
    view("a", 4_000_000_000_000);
    view("a", i64::MAX);
    view("a", 1_101);
    view("a", 1_005);
    assert_eq!(read(&driver, "counts"), [""; 0]);
    // Exactly so far ahead is allowed, and moves the stream time.
    view("a", 1_100);
    assert_eq!(read(&driver, "counts"), ["[a@1000/1010]=2@1005"]);
    assert_eq!((driver.dropped(), read(&driver, "dead").len()), (3, 3));
    let told = reasons.lock().unwrap().clone();
    assert_eq!(told[2].1, DropReason::TooFarAhead { timestamp_ms: 1_101, wall_clock_ms: 1_000, max_ahead_ms: 100 });
    assert_eq!(
        (told[2].1.name(), told[2].2.as_str()),
        ("too far ahead", "the timestamp 1101 is 101 ms ahead of the wall clock, and 100 ms are allowed")
    );
    // The clock goes on, and what was too far ahead is not any more.
    driver.advance_wall_clock_ms(1).unwrap();
    view("b", 1_101);
    assert_eq!(driver.dropped(), 3);
}

#[test]
fn computed_times_and_tables_are_guarded_too() {
    let driver = TestDriver::builder(guarded()).wall_clock_start_ms(1_000).build().unwrap();
    pipe(&driver, "told", &[(Some("k"), Some("1100"), 9_999), (Some("k"), Some("1101"), 5)]);
    assert_eq!(read(&driver, "told-out"), ["k=1100@1100"]);
    let users = [(Some("k"), Some("a"), 500), (Some("k"), Some("b"), 1_101), (Some("k"), None, 2_000), (Some("j"), Some("c"), 600)];
    pipe(&driver, "users", &users);
    assert_eq!(read(&driver, "changes"), ["k=a@500", "j=c@600"]);
    assert_eq!(driver.store(Guarded::USERS).unwrap().all(), [("j".to_owned(), "c".to_owned()), ("k".to_owned(), "a".to_owned())]);
    assert_eq!(driver.dropped(), 3);
    driver.restart().unwrap();
    assert_eq!(driver.store(Guarded::USERS).unwrap().get("k"), Some("a".to_owned()));
}

/// What is left out of a table must not come back with its topic.
#[test]
fn a_guarded_table_keeps_a_changelog_of_its_own() {
    let driver = TestDriver::builder(kept()).wall_clock_start_ms(1_000).build().unwrap();
    for topic in ["users", "plain"] {
        pipe(&driver, topic, &[(Some("k"), Some("a"), 500), (Some("k"), Some("b"), 5_000)]);
    }
    assert_eq!(read(&driver, "out"), ["k=aa@500", "k=ab@5000"]);
    driver.restart().unwrap();
    assert_eq!(driver.store(Kept::USERS).unwrap().get("k"), Some("a".to_owned()));
    assert_eq!(driver.store(Kept::PLAIN).unwrap().get("k"), Some("b".to_owned()));
}

/// A record that is too far ahead does not hold up those behind it in its partition while other
/// partitions have earlier ones.
#[tokio::test]
async fn records_behind_one_from_the_future_come_in_their_order() {
    let log = EmbeddedLog::in_memory();
    for topic in ["a", "b", "out"] {
        log.create_topic(topic, 1).unwrap();
    }
    let append = |topic: &str, time_ms: i64| {
        let value = format!("{topic}{time_ms}");
        log.append(topic, None, NewRecord { key: Some(b"k"), value: Some(value.as_bytes()), timestamp_ms: time_ms, offset: 0 }).unwrap();
    };
    [10, 9_000_000, 30, 50].into_iter().for_each(|time_ms| append("a", time_ms));
    [20, 40, 60].into_iter().for_each(|time_ms| append("b", time_ms));
    let clock = Arc::new(ManualClock::new(1_000));
    let app = Streams::new(merged(1_000)).application_id("ahead").embedded_log(log.clone()).clock(clock).start().await.unwrap();
    app.drained().await.unwrap();
    assert_eq!(app.metrics().records.dropped, 1);
    let out = log.read("out", 0, 0, 100).unwrap();
    let values: Vec<String> = out.iter().map(|record| String::from_utf8_lossy(record.value.unwrap()).into_owned()).collect();
    assert_eq!(values, ["a10", "b20", "a30", "b40", "a50", "b60"]);
    app.shutdown(std::time::Duration::from_secs(10)).await.unwrap();
}
