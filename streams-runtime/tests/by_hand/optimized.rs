//! A table whose topic is its changelog, over restarts on the embedded log.

use std::time::Duration;

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::prelude::*;
use streams_runtime::record::NewRecord;
use streams_runtime::{Streams, end_of_input};

topology! {
    #[optimized]
    pub fn greeted() -> Greeted {
        let names: Table<u64, u64> = table("names");
        let greetings: Stream<u64, u64> = stream("greetings");
        greetings.left_join(names, |greeting, name| greeting * 100 + name.copied().unwrap_or(0)).to("out");
    }
}

fn write(log: &EmbeddedLog, topic: &str, key: u64, value: Option<&[u8]>, timestamp_ms: i64) {
    let record = NewRecord { key: Some(&key.to_be_bytes()), value, timestamp_ms, offset: 0 };
    log.append(topic, Some(0), record).unwrap();
}

fn name(log: &EmbeddedLog, key: u64, name: Option<u64>, timestamp_ms: i64) {
    write(log, "names", key, name.map(u64::to_be_bytes).as_ref().map(|bytes| &bytes[..]), timestamp_ms);
}

fn greet(log: &EmbeddedLog, key: u64, greeting: u64, timestamp_ms: i64) {
    write(log, "greetings", key, Some(&greeting.to_be_bytes()), timestamp_ms);
}

fn greetings(log: &EmbeddedLog) -> Vec<u64> {
    log.read("out", 0, 0, usize::MAX).unwrap().iter().map(|record| u64::from_be_bytes(record.value.unwrap().try_into().unwrap())).collect()
}

async fn run(log: &EmbeddedLog) {
    let streams = Streams::new(greeted()).application_id("greeted").embedded_log(log.clone());
    let streams = streams.commit_interval(Duration::from_millis(20)).on_decode_error(OnError::Continue);
    streams.start().await.unwrap().run_until(end_of_input()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_comes_back_from_its_topic_up_to_what_was_processed() {
    let log = EmbeddedLog::in_memory();
    for topic in ["names", "greetings", "out"] {
        log.create_topic(topic, 1).unwrap();
    }
    name(&log, 1, Some(11), 10);
    name(&log, 2, Some(22), 10);
    name(&log, 3, Some(33), 10);
    name(&log, 2, None, 11);
    // What the handler left out when it came is left out when it is read again.
    write(&log, "names", 1, Some(b"no number"), 12);
    greet(&log, 1, 1, 20);
    run(&log).await;
    assert_eq!(greetings(&log), [111]);

    // The new name is later than the greeting, so the greeting must not see it although it is in the topic when the table comes back.
    name(&log, 1, Some(99), 40);
    for key in [1, 2, 3] {
        greet(&log, key, 2, 30);
    }
    run(&log).await;
    assert_eq!(greetings(&log), [111, 211, 200, 233]);
    greet(&log, 1, 3, 50);
    run(&log).await;
    assert_eq!(greetings(&log), [111, 211, 200, 233, 399]);
    assert!(log.partitions("greeted-names-changelog").is_err(), "there is none");
}
