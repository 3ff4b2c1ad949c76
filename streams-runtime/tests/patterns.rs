//! Pattern sources of a running application.
#![allow(clippy::unwrap_used)] // tests

use std::time::{Duration, Instant};

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::prelude::*;
use streams_runtime::record::NewRecord;
use streams_runtime::{Error, Streams};

topology! {
    /// Everything from the shops, in one topic.
    pub fn all_shops() -> AllShops {
        let sales: Stream<String, String> = stream(pattern("shop-[a-z]+"));
        sales.to("all");
    }
}

fn append(log: &EmbeddedLog, topic: &str, partition: i32, value: &str) {
    let record = NewRecord { key: Some(b"k"), value: Some(value.as_bytes()), timestamp_ms: 1, offset: 0 };
    log.append(topic, Some(partition), record).unwrap();
}

fn values(log: &EmbeddedLog) -> Vec<String> {
    let partitions = log.partitions("all").unwrap();
    let batches: Vec<_> = (0..partitions).map(|p| log.read("all", p, 0, usize::MAX).unwrap()).collect();
    let mut values: Vec<String> =
        batches.iter().flat_map(|b| b.iter()).map(|r| String::from_utf8(r.value.unwrap().to_vec()).unwrap()).collect();
    values.sort();
    values
}

async fn wait_for(log: &EmbeddedLog, expected: &[&str]) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while values(log) != expected {
        assert!(Instant::now() < deadline, "{:?}", values(log));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn app(log: &EmbeddedLog) -> Streams<AllShops> {
    Streams::new(all_shops()).application_id("shops").embedded_log(log.clone()).topic_refresh(Duration::from_millis(20))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_topic_is_read_without_a_restart() {
    let log = EmbeddedLog::in_memory();
    log.create_topic("shop-a", 2).unwrap();
    log.create_topic("other", 2).unwrap();
    append(&log, "shop-a", 0, "a0");
    append(&log, "other", 0, "no");
    let running = app(&log).start().await.unwrap();
    wait_for(&log, &["a0"]).await;
    log.create_topic("shop-b", 2).unwrap();
    append(&log, "shop-b", 0, "b0");
    append(&log, "shop-b", 1, "b1");
    append(&log, "shop-a", 1, "a1");
    wait_for(&log, &["a0", "a1", "b0", "b1"]).await;
    running.shutdown(Duration::from_secs(10)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_topic_that_is_too_large_ends_the_application_with_its_name() {
    let log = EmbeddedLog::in_memory();
    log.create_topic("shop-a", 1).unwrap();
    let running = app(&log).start().await.unwrap();
    running.running().await.unwrap();
    log.create_topic("shop-huge", 3).unwrap();
    let error = running.run_until(tokio::time::sleep(Duration::from_secs(20))).await.unwrap_err();
    assert!(matches!(&error, Error::Outgrown { topic, .. } if topic == "shop-huge"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_gets_no_task_is_running_too() {
    let log = EmbeddedLog::in_memory();
    log.create_topic("shop-a", 1).unwrap();
    let first = app(&log).start().await.unwrap();
    first.running().await.unwrap();
    let second = app(&log).start().await.unwrap();
    tokio::time::timeout(Duration::from_secs(10), second.running()).await.unwrap().unwrap();
    assert_eq!(first.metrics().running_tasks + second.metrics().running_tasks, 1);
}
