//! What the tests share.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use streams_runtime::broker::kafka::KafkaBroker;
use streams_runtime::broker::{
    Broker, Consumer, ConsumerConfig, Isolation, NewTopic, PartitionSlot, ProduceBatch, Producer, ProducerConfig, TopicPartition,
};
use streams_runtime::record::{NewRecord, RecordBatch};

/// Long enough for a machine that does other things too.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// Where the broker is.
pub(crate) fn address() -> String {
    std::env::var("STREAMS_TEST_KAFKA")
        .expect("STREAMS_TEST_KAFKA is not set: these tests need a Kafka broker at host:port; run them with `cargo xtask e2e`")
}

pub(crate) fn broker() -> KafkaBroker {
    broker_with(&[])
}

pub(crate) fn broker_with(settings: &[(&str, &str)]) -> KafkaBroker {
    let settings: BTreeMap<String, String> = settings.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
    KafkaBroker::new(address(), settings).expect("settings")
}

/// A name that no other run and no other test has.
pub(crate) fn fresh(name: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("clock").as_nanos();
    format!("test-{name}-{now:x}-{n}")
}

/// Makes a topic of its own for a test.
pub(crate) fn topic(broker: &KafkaBroker, name: &str, partitions: i32) -> String {
    let name = fresh(name);
    create(broker, &name, partitions);
    name
}

pub(crate) fn create(broker: &KafkaBroker, name: &str, partitions: i32) {
    broker
        .create_topic(&NewTopic { name: name.to_owned(), partitions, replication: 1, config: BTreeMap::new() })
        .wait()
        .expect("create topic");
}

pub(crate) fn consumer(broker: &KafkaBroker) -> Box<dyn Consumer> {
    broker
        .consumer(&ConsumerConfig { client_id: fresh("reader"), isolation: Isolation::ReadUncommitted, fetch_ahead_bytes: 1 << 20 })
        .expect("consumer")
}

pub(crate) fn producer_config() -> ProducerConfig {
    ProducerConfig {
        client_id: fresh("writer"),
        linger: Duration::from_millis(2),
        batch_bytes: 100_000,
        buffer_bytes: 8 << 20,
        delivery_timeout: Duration::from_secs(30),
    }
}

pub(crate) fn producer(broker: &KafkaBroker) -> Box<dyn Producer> {
    broker.producer(&producer_config()).expect("producer")
}

/// Writes `count` records `value-<n>` to one partition, from timestamp `1000 + n`, and waits for them.
pub(crate) fn fill(broker: &KafkaBroker, at: &TopicPartition, count: usize) {
    let mut producer = producer(broker);
    let topic = producer.topic(&at.topic).expect("topic");
    let mut batch = ProduceBatch::default();
    for n in 0..count {
        batch.push(
            topic,
            at.partition,
            NewRecord { key: None, value: Some(format!("value-{n}").as_bytes()), timestamp_ms: 1000 + n as i64, offset: 0 },
        );
    }
    producer.send(&batch).expect("send");
    producer.flush(PATIENCE).expect("flush");
}

/// Reads until there are `count` records, or panics.
pub(crate) fn read(consumer: &mut dyn Consumer, slot: PartitionSlot, count: usize) -> RecordBatch {
    let mut records = RecordBatch::default();
    let until = Instant::now() + PATIENCE;
    while records.len() < count {
        assert!(Instant::now() < until, "{} of {count} records came", records.len());
        let got = consumer.fetch(slot, count - records.len(), &mut records).expect("fetch");
        if got == 0 {
            consumer.wait(Duration::from_millis(200));
        }
    }
    records
}
