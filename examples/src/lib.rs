//! What the examples share: one argument, and typed records in and out of the embedded log.

use std::collections::BTreeMap;

use clap::Parser;
use streams_runtime::BoxError;
use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::codec::{Codec, Encoded, StreamData};
use streams_runtime::record::NewRecord;

/// What a `main` of an example returns.
pub type Result<T = (), E = BoxError> = std::result::Result<T, E>;

#[derive(Parser)]
struct Args {
    /// Run on Kafka (host:port) until Ctrl-C; without this the example runs on a log inside the process, and ends.
    #[arg(long)]
    brokers: Option<String>,
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

/// Without the feature `kafka` there is no `Streams::brokers`; then this one says so.
#[cfg(not(feature = "kafka"))]
pub trait NoKafka: Sized {
    /// Ends the program.
    fn brokers(self, _: String) -> Self {
        eprintln!("error: `--brokers` needs the feature `kafka`, and this program was built without it (`--no-default-features`)");
        std::process::exit(2);
    }
}

#[cfg(not(feature = "kafka"))]
impl<T> NoKafka for streams_runtime::Streams<T> {}

/// Appends a record to a topic of the embedded log, in the partition its key belongs to.
pub fn write<K, V>(log: &EmbeddedLog, topic: &str, key: &K, value: &V, timestamp_ms: i64) -> Result
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
{
    let (mut key_bytes, mut value_bytes) = (Vec::new(), Vec::new());
    let encoded = K::Codec::default().encode(key, &mut key_bytes)?;
    let key = (encoded == Encoded::Bytes).then_some(&key_bytes[..]);
    let encoded = V::Codec::default().encode(value, &mut value_bytes)?;
    let value = (encoded == Encoded::Bytes).then_some(&value_bytes[..]);
    log.append(topic, None, NewRecord { key, value, timestamp_ms, offset: 0 })?;
    Ok(())
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
