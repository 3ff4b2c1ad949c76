//! Why a record was not written, or not read.

use crate::broker::BrokerError;
use crate::codec::CodecError;

/// Why a record was not written. Its `Debug` is its `Display`.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The key or the value has no form in the topic's format.
    #[error("a record for topic `{topic}` was not sent: its {part} cannot be encoded: {source}")]
    Encode {
        /// The topic.
        topic: String,
        /// `key` or `value`.
        part: &'static str,
        /// The cause.
        source: CodecError,
    },
    /// The topic has no such partition.
    #[error("a record for partition {partition} of topic `{topic}` was not sent: the topic has {partitions} partitions, from 0 on")]
    UnknownPartition {
        /// The topic.
        topic: String,
        /// The partition that was named.
        partition: i64,
        /// How many it has.
        partitions: i32,
    },
    /// The topic's partitioner gives the record to no partition, or to several.
    #[error(
        "a record for topic `{topic}` was not sent: the topic's partitioner gives it to {chosen} partitions; name one with `.partition(n)`"
    )]
    Partitioner {
        /// The topic.
        topic: String,
        /// How many partitions it gives the record to.
        chosen: usize,
    },
    /// The broker does not have the topic, does not take the record, or did not acknowledge it in time.
    #[error(transparent)]
    Broker(#[from] BrokerError),
    /// The thread that writes has ended, which it only does after a panic.
    #[error("a record for topic `{topic}` was not sent: the producer has ended")]
    Closed {
        /// The topic.
        topic: String,
    },
}

crate::error::debug_is_display!(SendError);

/// Why a record was not read. Its `Debug` is its `Display`.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The bytes of a record are not of the types. Reading goes on with the record behind it.
    #[error("the {part} of {topic}-{partition} offset {offset} cannot be decoded: {source}")]
    Decode {
        /// The topic.
        topic: String,
        /// The partition.
        partition: i32,
        /// The offset of the record.
        offset: i64,
        /// `key` or `value`.
        part: &'static str,
        /// The cause.
        source: CodecError,
    },
    /// The broker does not have the topic, the partition or the offset any more, or cannot be reached.
    #[error(transparent)]
    Broker(#[from] BrokerError),
    /// The thread that reads could not be started, or has ended.
    #[error("topic `{topic}` is not read: {reason}")]
    Closed {
        /// The topic.
        topic: String,
        /// Why not.
        reason: String,
    },
}

crate::error::debug_is_display!(ReadError);
