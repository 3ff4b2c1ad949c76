//! Dead letters: the record that is at fault as it was read, with headers that say what was wrong
//! and where.

use super::{Cause, Target};
use crate::broker::{ANY_PARTITION, ProduceBatch};
use crate::partition::partition_for_key;
use crate::record::NewRecord;

/// What a dead letter says.
pub(crate) struct DeadLetter<'a> {
    /// The record at fault.
    pub(crate) cause: &'a Cause,
    /// The time of a letter without such a record.
    pub(crate) timestamp_ms: i64,
    pub(crate) node: &'a str,
    pub(crate) exception: &'a str,
    pub(crate) message: &'a str,
}

impl DeadLetter<'_> {
    /// Adds the letter to what is on its way out. It goes to no handler: if it cannot be written,
    /// the application stops.
    ///
    /// Kafka Streams: the headers of its dead letters (KIP-1034), and the node.
    pub(crate) fn push(&self, target: Target, out: &mut ProduceBatch) {
        let raw = self.cause.raw.as_deref();
        let key = raw.and_then(|raw| raw.key.as_deref());
        let value = raw.and_then(|raw| raw.value.as_deref());
        let timestamp_ms = raw.map_or(self.timestamp_ms, |raw| raw.timestamp_ms).max(0);
        let partition = key.map_or(ANY_PARTITION, |key| partition_for_key(key, target.partitions));
        out.push(target.topic, partition, NewRecord { key, value, timestamp_ms, offset: 0 });
        for (name, value) in raw.iter().flat_map(|raw| raw.headers.iter_bytes()) {
            out.push_header(name, value);
        }
        for (name, value) in [
            ("__streams.errors.exception", self.exception),
            ("__streams.errors.message", self.message),
            ("__streams.errors.node", self.node),
            ("__streams.errors.topic", self.cause.topic()),
            ("__streams.errors.partition", &self.cause.partition.to_string()),
            ("__streams.errors.offset", &self.cause.offset.to_string()),
        ] {
            out.push_header(name.as_bytes(), Some(value.as_bytes()));
        }
    }
}
