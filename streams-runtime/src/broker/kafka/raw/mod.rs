//! The one place with `unsafe`: the calls of librdkafka that the safe interface of rdkafka lacks or makes slow.
//!
//! - draining a partition's own queue by the batch, straight into a [`RecordBatch`](crate::record::RecordBatch);
//! - producing by a cached topic handle, and acknowledgements by the batch;
//! - flushing without the safe call's 100 ms, purging;
//! - questions whose answers are futures, without a thread that waits for them: commits, offsets,
//!   topics, groups.
//!
//! Everything here keeps the client it belongs to alive, so that no handle outlives its client.
#![allow(unsafe_code)]

mod asked;
mod event;
mod group;
mod offsets;
mod partition_queue;
mod producer;
mod topics;

use std::ptr::NonNull;

use rdkafka::bindings as rd;

pub(super) use asked::Native;
pub(super) use event::serve_main_queue;
pub(super) use group::{Member, commit, events_waiting, member_id, members};
pub(super) use offsets::{cached_watermarks, list_offsets};
pub(super) use partition_queue::{PartitionQueue, Scratch};
pub(super) use producer::{Mark, Report, Reports, Sent, TopicHandle};
pub(super) use topics::{Refused, create_topic, delete_records, describe_topics, topic_config};

/// A reference to a queue of librdkafka.
struct Queue(NonNull<rd::rd_kafka_queue_t>);

// SAFETY: librdkafka's queues are locked inside; every function on them may be called by any thread.
unsafe impl Send for Queue {}
// SAFETY: as above.
unsafe impl Sync for Queue {}

impl Queue {
    /// Takes over one reference.
    ///
    /// # Safety
    /// `queue` is null, or a reference that the caller owns and gives up.
    unsafe fn own(queue: *mut rd::rd_kafka_queue_t) -> Option<Queue> {
        NonNull::new(queue).map(Queue)
    }

    fn as_ptr(&self) -> *mut rd::rd_kafka_queue_t {
        self.0.as_ptr()
    }

    /// Waits up to so many milliseconds for an event.
    fn poll(&self, timeout_ms: i32) -> Option<event::Event> {
        // SAFETY: the queue is alive as long as `self`; the event returned is ours.
        unsafe { event::Event::own(rd::rd_kafka_queue_poll(self.as_ptr(), timeout_ms)) }
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        // SAFETY: this is our reference, given back once.
        unsafe { rd::rd_kafka_queue_destroy(self.as_ptr()) }
    }
}

/// A duration as librdkafka takes it.
fn millis(duration: std::time::Duration) -> i32 {
    i32::try_from(duration.as_millis()).unwrap_or(i32::MAX)
}
