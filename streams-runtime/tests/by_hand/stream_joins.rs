//! A join of two streams on the embedded log: its topics, and what a restart finds.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::prelude::*;
use streams_runtime::record::NewRecord;
use streams_runtime::{Streams, end_of_input};

topology! {
    pub fn orders() -> Orders {
        let orders: Stream<String, String> = stream("orders");
        let payments: Stream<String, String> = stream("payments");
        let by_order = payments.map(|_, payment| (payment[..1].to_owned(), payment[1..].to_owned()));
        let paid = orders.outer_join(
            by_order,
            |order, cents| format!("{}+{}", order.map_or("-", |o| o), cents.map_or("-", |c| c)),
            within(minutes(1)).grace(seconds(30)),
        );
        paid.to("paid");
    }
}

fn write(log: &EmbeddedLog, topic: &str, key: &str, value: &str, timestamp_ms: i64) {
    log.append(topic, None, NewRecord { key: Some(key.as_bytes()), value: Some(value.as_bytes()), timestamp_ms, offset: 0 }).unwrap();
}

fn app(log: &EmbeddedLog) -> Streams<Orders> {
    Streams::new(orders()).application_id("joins").embedded_log(log.clone()).commit_interval(Duration::from_millis(50))
}

/// Key, value and time of all records of a topic of text.
fn read(log: &EmbeddedLog, topic: &str, from_ms: i64) -> Vec<(String, String, i64)> {
    let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
    let mut records = Vec::new();
    for partition in 0..2 {
        let batch = log.read(topic, partition, 0, usize::MAX).unwrap();
        records.extend(batch.iter().map(|record| (text(record.key), text(record.value), record.timestamp_ms - from_ms)));
    }
    records.sort();
    records
}

#[tokio::test(flavor = "multi_thread")]
async fn records_and_those_that_wait_come_back_from_the_changelogs() {
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
    let log = EmbeddedLog::in_memory();
    for topic in ["orders", "payments", "paid"] {
        log.create_topic(topic, 2).unwrap();
    }
    // `a` has its partner before the restart, `b` and `c` after it, `d` and `e` find none.
    for (index, key) in ["a", "b", "d"].into_iter().enumerate() {
        write(&log, "orders", key, "order", now_ms + index as i64);
        write(&log, "orders", key, "again", now_ms + index as i64);
    }
    for (index, payment) in ["a1", "c2", "e3"].into_iter().enumerate() {
        write(&log, "payments", "any", payment, now_ms + 10 + index as i64);
    }
    app(&log).start().await.unwrap().run_until(end_of_input()).await.unwrap();
    let paid = |key: &str, value: &str, after_ms: i64| (key.to_owned(), value.to_owned(), after_ms);
    assert_eq!(read(&log, "paid", now_ms), [paid("a", "again+1", 10), paid("a", "order+1", 10)]);

    write(&log, "payments", "any", "b4", now_ms + 20);
    write(&log, "orders", "c", "order", now_ms + 20);
    app(&log).start().await.unwrap().run_until(end_of_input()).await.unwrap();

    // In every partition something closes the windows.
    for index in 0..20 {
        write(&log, "orders", &format!("later{index}"), "order", now_ms + 1_000_000);
    }
    app(&log).start().await.unwrap().run_until(end_of_input()).await.unwrap();
    let expected = [
        paid("a", "again+1", 10),
        paid("a", "order+1", 10),
        paid("b", "again+4", 20),
        paid("b", "order+4", 20),
        paid("c", "order+2", 20),
        paid("d", "again+-", 2),
        paid("d", "order+-", 2),
        paid("e", "-+3", 12),
    ];
    assert_eq!(read(&log, "paid", now_ms), expected);
    let mut topics: Vec<String> = ["left", "right"].map(|side| format!("joins-paid-{side}-repartition")).into();
    topics.extend(["this", "other", "shared"].map(|store| format!("joins-paid-outer-{store}-join-store-changelog")));
    let there: Vec<bool> = topics.iter().map(|topic| log.end_offset(topic, 1).is_ok()).collect();
    assert_eq!(there, [false, true, true, true, true], "{topics:?}");
}
