//! Writing with an answer for each record.

use std::sync::Arc;
use std::time::Duration;

use super::BrokerError;
use crate::record::RecordRef;

/// Called once for a record, from any thread: with the partition and the offset that it has, or with the reason why it has none.
pub type Acknowledged = Box<dyn FnOnce(Result<(i32, i64), BrokerError>) + Send + Sync>;

/// Writes records and says of each what became of it. Used by one thread.
///
/// [`Producer`](super::Producer) writes batches and knows only the end of a partition; it is for the results of tasks, of which there are millions.
pub trait Writer: Send {
    /// How many partitions a topic has. The broker is asked the first time.
    fn partitions(&mut self, topic: &str) -> Result<i32, BrokerError>;

    /// Takes a record for a partition, or for [`ANY_PARTITION`](super::ANY_PARTITION). Blocks while the client's buffer is full, up to the
    /// delivery timeout.
    fn write(&mut self, topic: &Arc<str>, partition: i32, record: RecordRef<'_>, acknowledged: Acknowledged);

    /// Nothing more is to be written just now: what was taken goes out without waiting for company.
    fn settle(&mut self);

    /// Returns when everything that was taken is acknowledged or has failed.
    fn flush(&mut self, timeout: Duration) -> Result<(), BrokerError>;
}
