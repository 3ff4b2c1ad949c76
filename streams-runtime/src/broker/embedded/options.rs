//! Settings of an embedded log.

use std::sync::Arc;

use crate::time::clock::{Clock, MonotonicClock, SystemClock, SystemMonotonicClock};

/// When written records are forced onto the medium. It decides what a crash of the *machine* can
/// take; a crash of the process alone takes nothing that was written.
///
/// Topics and committed offsets are always forced onto the medium before the call that changes them
/// returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FsyncPolicy {
    /// When a producer flushes: a record is acknowledged when it is safe.
    #[default]
    EveryFlush,
    /// At every write. A producer's `send` returns when its records are safe.
    EveryWrite,
    /// At most every so many milliseconds. There is no thread for it: it is looked at when
    /// something is written, polled or flushed.
    Interval {
        /// The time between two syncs, in milliseconds.
        ms: u64,
    },
    /// Never, except when a segment is full. The operating system writes when it likes to.
    Never,
}

/// Settings of an [`EmbeddedLog`](super::EmbeddedLog).
#[derive(Clone, Debug)]
pub struct EmbeddedOptions {
    /// When records are forced onto the medium (durable logs only).
    pub fsync: FsyncPolicy,
    /// A segment file is closed and a new one begun when it would become larger than this.
    pub segment_bytes: u64,
    /// How many bytes of the newest records of one partition a durable log keeps in memory for its
    /// readers.
    pub tail_bytes: usize,
    /// Topics that are asked for and do not exist are made with so many partitions, except internal
    /// ones (`…-changelog`, `…-repartition`): their settings are their owner's business. `None`:
    /// nothing is made unasked.
    pub auto_create_partitions: Option<i32>,
    /// Tells the time of day, for log-append timestamps.
    pub clock: Arc<dyn Clock>,
    /// Tells how much time has passed, for session timeouts and sync intervals.
    pub monotonic_clock: Arc<dyn MonotonicClock>,
}

impl Default for EmbeddedOptions {
    fn default() -> Self {
        EmbeddedOptions {
            fsync: FsyncPolicy::EveryFlush,
            segment_bytes: 64 * 1024 * 1024,
            tail_bytes: 2 * 1024 * 1024,
            auto_create_partitions: None,
            clock: Arc::new(SystemClock),
            monotonic_clock: Arc::new(SystemMonotonicClock),
        }
    }
}
