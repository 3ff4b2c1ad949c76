//! Topics, their settings, and where records go.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::support::*;
use crate::broker::embedded::{EmbeddedLog, EmbeddedOptions};
use crate::broker::{ANY_PARTITION, Broker, BrokerError, Isolation, NewTopic, OffsetAt, ProduceBatch};
use crate::partition::partition_for_key;
use crate::record::NewRecord;
use crate::time::clock::ManualClock;

#[test]
fn a_topic_is_made_once_and_keeps_kafkas_defaults() {
    let log = EmbeddedLog::in_memory();
    assert_eq!(log.topics(&["a"]).wait().unwrap(), [None]);
    let topic = NewTopic {
        name: "a".into(),
        partitions: 3,
        replication: -1,
        config: BTreeMap::from([("cleanup.policy".into(), "compact".into())]),
    };
    Broker::create_topic(&log, &topic).wait().unwrap();
    assert!(matches!(Broker::create_topic(&log, &topic).wait(), Err(BrokerError::TopicExists { .. })));
    assert_eq!(log.topics(&["b", "a"]).wait().unwrap()[1].as_ref().unwrap().partitions, 3);
    let config = log.topic_config("a").wait().unwrap();
    assert_eq!(config["cleanup.policy"], "compact");
    assert_eq!(config["retention.ms"], "604800000");
    assert!(matches!(log.topic_config("b").wait(), Err(BrokerError::UnknownTopic { .. })));
}

#[test]
fn wrong_names_and_settings_are_refused() {
    let log = EmbeddedLog::in_memory();
    for name in ["", ".", "..", "a/b", "ä", &"x".repeat(250)] {
        assert!(matches!(log.create_topic(name, 1), Err(BrokerError::Config { .. })), "{name}");
    }
    assert!(matches!(log.create_topic("a", 0), Err(BrokerError::Config { .. })));
    for (name, value) in [("no.such", "1"), ("retention.ms", "x"), ("cleanup.policy", "keep"), ("preallocate", "1")] {
        let topic = NewTopic { name: "a".into(), partitions: 1, replication: -1, config: BTreeMap::from([(name.into(), value.into())]) };
        assert!(matches!(Broker::create_topic(&log, &topic).wait(), Err(BrokerError::Config { .. })), "{name}");
    }
    assert!(log.all_topics().wait().unwrap().is_empty());
}

#[test]
fn topics_are_made_on_demand_only_if_the_options_say_so() {
    let log = EmbeddedLog::in_memory_with(EmbeddedOptions { auto_create_partitions: Some(4), ..EmbeddedOptions::default() });
    let found = log.topics(&["in", "app-x-changelog"]).wait().unwrap();
    assert_eq!(found[0].as_ref().unwrap().partitions, 4);
    assert_eq!(found[1], None, "an internal topic is its owner's to make");
    let mut producer = producer(&log);
    let out = producer.topic("out").unwrap();
    assert_eq!(producer.partitions(out), 4);

    let strict = EmbeddedLog::in_memory();
    assert!(strict.producer(&config()).unwrap().topic("out").is_err());
    fn config() -> crate::broker::ProducerConfig {
        crate::broker::ProducerConfig {
            client_id: String::new(),
            linger: std::time::Duration::ZERO,
            batch_bytes: 1,
            buffer_bytes: 1,
            delivery_timeout: std::time::Duration::ZERO,
        }
    }
}

#[test]
fn any_partition_follows_the_key_and_spreads_records_without() {
    let log = EmbeddedLog::in_memory();
    log.create_topic("t", 4).unwrap();
    let mut producer = producer(&log);
    let topic = producer.topic("t").unwrap();
    let mut batch = ProduceBatch::default();
    let record = |key| NewRecord { key, value: Some(b"v"), timestamp_ms: 1, offset: 0 };
    for _ in 0..8 {
        batch.push(topic, ANY_PARTITION, record(None));
    }
    producer.send(&batch).unwrap();
    for p in 0..4 {
        assert_eq!(log.end_offset("t", p).unwrap(), 2);
    }
    batch.clear();
    batch.push(topic, ANY_PARTITION, record(Some(b"foobar")));
    producer.send(&batch).unwrap();
    producer.flush(std::time::Duration::from_secs(1)).unwrap();
    let p = partition_for_key(b"foobar", 4);
    assert_eq!(log.end_offset("t", p).unwrap(), 3);
    assert_eq!(producer.acknowledged_end(topic, p), Some(3));
}

#[test]
fn a_wrong_record_spoils_its_batch_before_anything_is_written() {
    let log = EmbeddedLog::in_memory();
    log.create_topic("t", 1).unwrap();
    let mut producer = producer(&log);
    let topic = producer.topic("t").unwrap();
    let mut batch = ProduceBatch::default();
    let large = vec![0; 2 << 20];
    batch.push(topic, 0, NewRecord { key: None, value: Some(b"v"), timestamp_ms: 1, offset: 0 });
    batch.push(topic, 0, NewRecord { key: None, value: Some(&large), timestamp_ms: 1, offset: 0 });
    let error = producer.send(&batch).unwrap_err();
    assert!(matches!(error, BrokerError::Produce { permanent: true, .. }), "{error}");
    batch.clear();
    batch.push(topic, 1, NewRecord { key: None, value: None, timestamp_ms: 1, offset: 0 });
    assert!(matches!(producer.send(&batch), Err(BrokerError::UnknownPartition { .. })));
    assert_eq!(log.end_offset("t", 0).unwrap(), 0);
    // And the next batch is not mixed up with the spoilt one.
    batch.clear();
    batch.push(topic, 0, NewRecord { key: None, value: Some(b"good"), timestamp_ms: 1, offset: 0 });
    producer.send(&batch).unwrap();
    assert_eq!(values(&log, "t", 0, 0), [(0, "good".to_string())]);
}

#[test]
fn log_append_time_takes_the_logs_clock() {
    let clock = Arc::new(ManualClock::new(1_000_000));
    let log = EmbeddedLog::in_memory_with(EmbeddedOptions { clock: clock.clone(), ..EmbeddedOptions::default() });
    let topic = NewTopic {
        name: "t".into(),
        partitions: 1,
        replication: 1,
        config: BTreeMap::from([("message.timestamp.type".into(), "LogAppendTime".into())]),
    };
    Broker::create_topic(&log, &topic).wait().unwrap();
    put(&log, "t", 0, b"a", 5);
    clock.advance_ms(7);
    put(&log, "t", 0, b"b", 5);
    let records = log.read("t", 0, 0, 9).unwrap();
    assert_eq!(records.get(0).unwrap().timestamp_ms, 1_000_000);
    let at = log.offsets(&[tp("t", 0)], OffsetAt::Timestamp(1_000_001), Isolation::ReadCommitted).wait().unwrap();
    assert_eq!(at, [1]);
}
