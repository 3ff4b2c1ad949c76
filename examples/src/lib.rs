//! What the examples share: one argument, and typed records in and out of the embedded log.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use streams_runtime::BoxError;
use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::broker::{ANY_PARTITION, Broker, ProduceBatch, Producer, ProducerConfig, TopicSlot};
use streams_runtime::codec::{Codec, Encoded, StreamData};
use streams_runtime::partition::partition_for_key;
use streams_runtime::record::NewRecord;

/// What a `main` of an example returns.
pub type Result<T = (), E = BoxError> = std::result::Result<T, E>;

const PATIENCE: Duration = Duration::from_secs(30);

/// The argument that all examples take.
#[derive(Debug, Parser)]
pub struct Args {
    /// Run on Kafka (host:port) until Ctrl-C; without this the example runs on a log inside the process, and ends.
    #[arg(long)]
    pub brokers: Option<String>,
}

/// What `--brokers` says. Also lets `RUST_LOG=info` show what the runtime does.
pub fn brokers() -> Option<String> {
    show_log();
    Args::parse().brokers
}

/// Shows the runtime's log on stderr, as much of it as `RUST_LOG` asks for.
pub fn show_log() {
    let filter = tracing_subscriber::EnvFilter::from_default_env();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

#[cfg(not(feature = "kafka"))]
const NO_KAFKA: &str = "needs the feature `kafka`, and this program was built without it (`--no-default-features`)";

/// Without the feature `kafka` there is no `Streams::brokers`; then this one says so.
#[cfg(not(feature = "kafka"))]
pub trait NoKafka: Sized {
    /// Ends the program.
    fn brokers(self, _: String) -> Self {
        eprintln!("error: `--brokers` {NO_KAFKA}");
        std::process::exit(2);
    }
}

#[cfg(not(feature = "kafka"))]
impl<T> NoKafka for streams_runtime::Streams<T> {}

/// Kafka as a broker to write to.
///
/// # Errors
/// Without the feature `kafka`; when the address is none.
pub fn kafka(brokers: &str) -> Result<Arc<dyn Broker>> {
    #[cfg(feature = "kafka")]
    return Ok(Arc::new(streams_runtime::broker::kafka::KafkaBroker::new(brokers, BTreeMap::new())?));
    #[cfg(not(feature = "kafka"))]
    return Err(format!("`{brokers}` {NO_KAFKA}").into());
}

/// Appends a record to a topic of the embedded log, in the partition its key belongs to.
pub fn write<K, V>(log: &EmbeddedLog, topic: &str, key: &K, value: &V, timestamp_ms: i64) -> Result
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
{
    with_bytes(key, value, |key, value| {
        log.append(topic, None, NewRecord { key, value, timestamp_ms, offset: 0 })?;
        Ok(())
    })
}

/// Writes one topic of any broker.
pub struct Writer {
    producer: Box<dyn Producer>,
    topic: TopicSlot,
    batch: ProduceBatch,
}

impl Writer {
    /// A writer for this topic.
    ///
    /// # Errors
    /// When there is no such topic.
    pub fn new(broker: &dyn Broker, topic: &str) -> Result<Self> {
        let mut producer = broker.producer(&ProducerConfig {
            client_id: "writer".to_owned(),
            linger: Duration::ZERO,
            batch_bytes: 1_000_000,
            buffer_bytes: 32_000_000,
            delivery_timeout: PATIENCE,
        })?;
        let topic = producer.topic(topic)?;
        Ok(Writer { producer, topic, batch: ProduceBatch::default() })
    }

    /// Writes a record to the partition its key belongs to, and waits until the broker has it.
    ///
    /// # Errors
    /// When the broker does not take it.
    pub fn write<K, V>(&mut self, key: &K, value: &V, timestamp_ms: i64) -> Result
    where
        K: StreamData + ?Sized,
        V: StreamData + ?Sized,
    {
        let partitions = self.producer.partitions(self.topic);
        with_bytes(key, value, |key, value| {
            let partition = key.map_or(ANY_PARTITION, |key| partition_for_key(key, partitions));
            self.batch.push(self.topic, partition, NewRecord { key, value, timestamp_ms, offset: 0 });
            Ok(())
        })?;
        let sent = self.producer.send(&self.batch);
        self.batch.clear();
        sent?;
        Ok(self.producer.flush(PATIENCE)?)
    }
}

/// The bytes of a key and a value; `None` is Kafka's null.
fn with_bytes<K, V>(key: &K, value: &V, then: impl FnOnce(Option<&[u8]>, Option<&[u8]>) -> Result) -> Result
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
{
    let (mut key_bytes, mut value_bytes) = (Vec::new(), Vec::new());
    let key = K::Codec::default().encode(key, &mut key_bytes)?;
    let value = V::Codec::default().encode(value, &mut value_bytes)?;
    then((key == Encoded::Bytes).then_some(&key_bytes), (value == Encoded::Bytes).then_some(&value_bytes))
}

/// All records of a topic of the embedded log, in the order of their time.
pub fn read<K, V>(log: &EmbeddedLog, topic: &str) -> Result<Vec<(K, V)>>
where
    K: StreamData + Clone,
    V: StreamData + Clone,
{
    let (mut key_slot, mut value_slot) = Default::default();
    let mut records = Vec::new();
    for partition in 0..log.partitions(topic)? {
        for record in log.read(topic, partition, 0, usize::MAX)?.iter() {
            let key = K::Codec::default().decode(record.key, &mut key_slot)?.clone();
            let value = V::Codec::default().decode(record.value, &mut value_slot)?.clone();
            records.push((record.timestamp_ms, key, value));
        }
    }
    records.sort_by_key(|(timestamp_ms, ..)| *timestamp_ms);
    Ok(records.into_iter().map(|(_, key, value)| (key, value)).collect())
}

/// A topic of the embedded log as a table: the last value of each key.
pub fn read_table<K, V>(log: &EmbeddedLog, topic: &str) -> Result<BTreeMap<K, V>>
where
    K: StreamData + Clone + Ord,
    V: StreamData + Clone,
{
    Ok(read(log, topic)?.into_iter().collect())
}
