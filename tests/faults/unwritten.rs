//! Results that the log refuses, in whole applications on the embedded log.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::broker::{Broker, NewTopic};
use streams_runtime::prelude::*;
use streams_runtime::record::NewRecord;
use streams_runtime::{AppMetrics, Error, ProduceErrorKind, Streams, end_of_input};

use crate::setup::{committed, values};

topology! {
    fn grow() -> Grow {
        let lines: Stream<String, String> = stream("in");
        lines.map_values(|line| if line == "large" { line.repeat(1_000) } else { line.clone() }).to("out");
    }

    fn grow_behind_a_table() -> GrowBehindATable {
        let lines: Stream<String, String> = stream("in");
        let last: Table<String, String> = lines.to_table();
        last.to_stream().map_values(|line| line.as_ref().map(|line| if line == "large" { line.repeat(1_000) } else { line.clone() })).to("out");
    }

    fn keyless() -> Keyless {
        let lines: Stream<String, String> = stream("in");
        lines.map(|key, line| ((line != "large").then(|| key.clone()), line.clone())).to("out");
    }

    fn large_state() -> LargeState {
        let lines: Stream<String, String> = stream("in");
        let last: Table<String, String> =
            lines.map_values(|line| if line == "large" { line.repeat(1_000) } else { line.clone() }).group_by_key().reduce(|_, line| line.clone());
        last.to_stream().map_values(|_| "row".to_owned()).to("out");
    }
}

const LINES: [&str; 5] = ["one", "two", "large", "four", "five"];

/// A log whose topic `out` takes records of 2,000 bytes, and none without a key.
fn log() -> EmbeddedLog {
    let log = EmbeddedLog::in_memory();
    for (topic, settings) in [
        ("in", vec![]),
        ("out", vec![("max.message.bytes", "2000"), ("cleanup.policy", "compact")]),
        ("dead", vec![]),
        ("small-dead", vec![("max.message.bytes", "80")]),
    ] {
        let config: BTreeMap<String, String> = settings.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Broker::create_topic(&log, &NewTopic { name: topic.to_owned(), partitions: 1, replication: 1, config }).wait().unwrap();
    }
    for (offset, line) in LINES.iter().enumerate() {
        let timestamp_ms = 1_000 + offset as i64;
        let key = format!("k{offset}");
        log.append("in", None, NewRecord { key: Some(key.as_bytes()), value: Some(line.as_bytes()), timestamp_ms, offset: 0 }).unwrap();
    }
    log
}

async fn run<T: Topology + 'static>(topology: T, log: &EmbeddedLog, handler: OnProduceError) -> (Result<(), Error>, AppMetrics) {
    let app = Streams::new(topology)
        .application_id("app")
        .embedded_log(log.clone())
        .commit_interval(Duration::from_millis(20))
        .internal_topic_setting("max.message.bytes", "2000")
        .on_produce_error(handler)
        .start()
        .await
        .unwrap();
    let result = app.run_until(end_of_input()).await;
    (result, app.metrics())
}

fn others(log: &EmbeddedLog) {
    assert_eq!(values(log, "out"), ["one", "two", "four", "five"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_is_too_large_stops_the_application_if_nothing_else_is_said() {
    let log = log();
    for _ in 0..2 {
        let error = run(grow(), &log, OnProduceError::Fail).await.0.unwrap_err().to_string();
        assert!(error.contains("max.message.bytes = 2000"), "{error}");
        assert_eq!(log.end_offset("out", 0).unwrap(), 0);
    }
    // Nothing is lost: another handler goes on with it.
    run(grow(), &log, OnProduceError::Continue).await.0.unwrap();
    others(&log);
}

macro_rules! each_handler {
    ($($test:ident: $topology:ident, $kind:expr;)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $test() {
            let letters = log();
            let (result, metrics) = run($topology(), &letters, OnProduceError::DeadLetter("dead".into())).await;
            result.unwrap();
            others(&letters);
            assert_eq!((metrics.records.unwritten_results, metrics.records.dead_letters), (1, 1));
            assert_eq!(committed(&letters, "in"), [5]);
            let dead = letters.read("dead", 0, 0, 10).unwrap();
            assert_eq!(dead.len(), 1);
            let dead = dead.get(0).unwrap();
            assert_eq!((dead.key, dead.value, dead.timestamp_ms), (Some(&b"k2"[..]), Some(&b"large"[..]), 1_002));
            let header = |name: &str| String::from_utf8(dead.headers.last(name).flatten().unwrap().to_vec()).unwrap();
            assert_eq!(["topic", "partition", "offset"].map(|name| header(&format!("__streams.errors.{name}"))), ["in", "0", "2"]);
            assert_eq!(header("__streams.errors.exception"), $kind.name());

            let asked = log();
            let handler = OnProduceError::Custom(Arc::new(|error| {
                let cause = error.cause.unwrap();
                assert_eq!((error.kind, error.topic, error.partition, cause.topic, cause.offset), ($kind, "out", Some(0), "in", 2));
                assert!(error.value.is_some() && cause.value == Some(b"large"), "{error}");
                OnProduceError::Continue
            }));
            run($topology(), &asked, handler).await.0.unwrap();
            others(&asked);

            let failed = log();
            let handler = OnProduceError::Custom(Arc::new(|_| OnProduceError::Fail));
            let error = run($topology(), &failed, handler).await.0.unwrap_err().to_string();
            assert!(error.contains("in-0 offset 2"), "{error}");
            assert!(committed(&failed, "in")[0] <= 2);
        }
    )*};
}

each_handler! {
    a_result_that_is_too_large: grow, ProduceErrorKind::TooLarge;
    a_result_that_is_too_large_behind_a_cache: grow_behind_a_table, ProduceErrorKind::TooLarge;
    a_result_without_a_key_for_a_compacted_topic: keyless, ProduceErrorKind::Refused;
}

#[tokio::test(flavor = "multi_thread")]
async fn state_that_is_too_large_for_its_changelog_stops_the_application_whatever_the_handler() {
    for handler in [OnProduceError::Continue, OnProduceError::DeadLetter("dead".into())] {
        let log = log();
        let error = run(large_state(), &log, handler).await.0.unwrap_err().to_string();
        assert!(error.contains("app-last-changelog"), "{error}");
        assert_eq!(log.end_offset("dead", 0).unwrap(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_that_is_refused_stops_the_application() {
    let log = log();
    let error = run(grow(), &log, OnProduceError::DeadLetter("small-dead".into())).await.0.unwrap_err().to_string();
    assert!(error.contains("small-dead"), "{error}");
    assert!(committed(&log, "in")[0] <= 2);
}
