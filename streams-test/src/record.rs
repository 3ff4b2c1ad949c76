//! Records as a test sees them.

use std::sync::Arc;

use streams_runtime::Headers;

/// A record in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRecord {
    /// Its topic.
    pub topic: Arc<str>,
    /// Key bytes; `None` is a null key.
    pub key: Option<Vec<u8>>,
    /// Value bytes; `None` is a null value.
    pub value: Option<Vec<u8>>,
    /// Milliseconds since the Unix epoch.
    pub timestamp_ms: i64,
    /// Headers, in order.
    pub headers: Headers,
}

/// A record in a partition of its topic.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) partition: i32,
    pub(crate) record: RawRecord,
}

/// A record that the topology wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputRecord<K, V> {
    /// The key.
    pub key: K,
    /// The value.
    pub value: V,
    /// Milliseconds since the Unix epoch.
    pub timestamp_ms: i64,
    /// Headers, in order.
    pub headers: Headers,
    /// The partition of its topic; 0 unless the driver has
    /// [several](crate::TestDriverBuilder::partitions).
    pub partition: i32,
}

impl<K, V> OutputRecord<K, V> {
    /// Key and value: what most tests compare.
    pub fn into_pair(self) -> (K, V) {
        (self.key, self.value)
    }
}
