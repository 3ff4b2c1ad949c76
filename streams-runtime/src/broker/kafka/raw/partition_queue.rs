//! The queue of one partition, apart from the consumer's common one.
//!
//! Each partition then has its own bound of fetched-ahead bytes, and one that is not drained holds up no other.

use std::ffi::{CStr, c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::Arc;

use rdkafka::bindings as rd;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::RDKafkaErrorCode;

use super::Queue;
use crate::broker::kafka::context::Context;
use crate::broker::kafka::signal::Ready;
use crate::record::{NewRecord, RecordBatch};

/// More at once makes no call cheaper.
const CHUNK: usize = 2048;

/// Room for one batch of messages. There is one per consumer, since librdkafka allows one batch call at a time per client.
#[derive(Default)]
pub(in crate::broker::kafka) struct Scratch(Vec<*mut rd::rd_kafka_message_t>);

// SAFETY: between calls of `drain` nothing in it is looked at, and every message put there was destroyed.
unsafe impl Send for Scratch {}

/// What a call of [`PartitionQueue::drain`] found.
pub(in crate::broker::kafka) struct Drained {
    /// Records appended.
    pub(in crate::broker::kafka) records: usize,
    /// The offset after what was seen, transaction markers at the end of the partition included; `None` if nothing was.
    pub(in crate::broker::kafka) next_offset: Option<i64>,
    /// The end of the partition, if it was the last that was seen.
    pub(in crate::broker::kafka) eof: Option<i64>,
    /// Whether there may be more.
    pub(in crate::broker::kafka) more: bool,
    /// The first error in the queue.
    pub(in crate::broker::kafka) error: Option<RDKafkaErrorCode>,
}

/// See the [module](self).
pub(in crate::broker::kafka) struct PartitionQueue {
    queue: Queue,
    /// The callback has a pointer to what is in here.
    ready: Arc<Ready>,
    /// Kept after the queue, so that the client goes last.
    _client: Arc<BaseConsumer<Context>>,
}

unsafe extern "C" fn became_nonempty(_: *mut rd::rd_kafka_t, opaque: *mut c_void) {
    // A panic must not unwind into C.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: `opaque` is the `Ready` of a `PartitionQueue`, which takes the callback away (under the queue's lock,
        // as it is called) before it lets go of the `Ready`.
        let ready = unsafe { &*opaque.cast::<Ready>() };
        ready.set();
    }));
}

impl PartitionQueue {
    /// Splits the queue off; `None` if the client refuses. To be called *before* the partition is assigned: what was
    /// fetched until then would stay in the common queue.
    pub(in crate::broker::kafka) fn split(
        client: &Arc<BaseConsumer<Context>>,
        topic: &CStr,
        partition: i32,
        ready: Arc<Ready>,
    ) -> Option<Self> {
        let rk = client.client().native_ptr();
        // SAFETY: the client is alive, the name ends with a zero byte, and the reference returned is ours.
        let queue = unsafe { Queue::own(rd::rd_kafka_queue_get_partition(rk, topic.as_ptr(), partition)) }?;
        // SAFETY: the queue is alive. The pointer stays good until the callback is taken away in `drop`.
        unsafe {
            rd::rd_kafka_queue_forward(queue.as_ptr(), ptr::null_mut());
            rd::rd_kafka_queue_cb_event_enable(queue.as_ptr(), Some(became_nonempty), Arc::as_ptr(&ready).cast_mut().cast());
        }
        Some(PartitionQueue { queue, ready, _client: client.clone() })
    }

    /// Whether something came since the queue was last seen empty.
    pub(in crate::broker::kafka) fn ready(&self) -> &Ready {
        &self.ready
    }

    /// Appends up to `max_records` records that are there. Never waits.
    pub(in crate::broker::kafka) fn drain(&self, max_records: usize, scratch: &mut Scratch, into: &mut RecordBatch) -> Drained {
        let mut drained = Drained { records: 0, next_offset: None, eof: None, more: true, error: None };
        while drained.more && drained.records < max_records {
            let wanted = (max_records - drained.records).min(CHUNK);
            if scratch.0.len() < wanted {
                scratch.0.resize(wanted, ptr::null_mut());
            }
            // SAFETY: there is room for `wanted` pointers. `&mut Scratch`, of which a consumer has one, makes this the
            // only batch call on this client.
            let got = unsafe { rd::rd_kafka_consume_batch_queue(self.queue.as_ptr(), 0, scratch.0.as_mut_ptr(), wanted) };
            let got = usize::try_from(got).unwrap_or(0).min(wanted);
            drained.more = got == wanted;
            for message in &scratch.0[..got] {
                // SAFETY: librdkafka filled these with messages that are now ours; each is read, then destroyed, once.
                unsafe {
                    take(*message, &mut drained, into);
                    rd::rd_kafka_message_destroy(*message);
                }
            }
        }
        drained
    }
}

impl Drop for PartitionQueue {
    fn drop(&mut self) {
        // SAFETY: the queue is alive; after this no callback is running or comes, so the `Ready` may go.
        unsafe { rd::rd_kafka_queue_cb_event_enable(self.queue.as_ptr(), None, ptr::null_mut()) }
    }
}

/// Copies one message, or notes what it says.
///
/// # Safety
/// `message` is a message of a consumer, not destroyed.
unsafe fn take(message: *mut rd::rd_kafka_message_t, drained: &mut Drained, into: &mut RecordBatch) {
    // SAFETY: see above.
    let m = unsafe { &*message };
    match m.err {
        rd::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR => {
            let mut kind = rd::rd_kafka_timestamp_type_t::RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
            // SAFETY: the message is alive; key and value are null or that many bytes of it.
            let (timestamp_ms, key, value) =
                unsafe { (rd::rd_kafka_message_timestamp(message, &mut kind), bytes(m.key, m.key_len), bytes(m.payload, m.len)) };
            into.push(NewRecord { key, value, timestamp_ms, offset: m.offset });
            // SAFETY: the message is alive.
            unsafe { take_headers(message, into) };
            drained.records += 1;
            drained.next_offset = Some(m.offset + 1);
            drained.eof = None;
        }
        rd::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR__PARTITION_EOF => {
            drained.next_offset = drained.next_offset.max(Some(m.offset));
            drained.eof = Some(m.offset);
        }
        error => {
            drained.error.get_or_insert(error.into());
        }
    }
}

/// Appends the headers of a message to the record pushed last.
///
/// # Safety
/// `message` is a message of a consumer, not destroyed.
unsafe fn take_headers(message: *const rd::rd_kafka_message_t, into: &mut RecordBatch) {
    let mut headers = ptr::null_mut();
    // SAFETY: the message is alive; the headers belong to it.
    let found = unsafe { rd::rd_kafka_message_headers(message, &mut headers) };
    if found != rd::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
        return;
    }
    for index in 0.. {
        let mut name: *const c_char = ptr::null();
        let mut value: *const c_void = ptr::null();
        let mut size = 0;
        // SAFETY: the headers are alive; beyond the last index an error is returned and nothing is written.
        let found = unsafe { rd::rd_kafka_header_get_all(headers, index, &mut name, &mut value, &mut size) };
        if found != rd::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
            return;
        }
        // SAFETY: librdkafka ends names with a zero byte; the value is null or `size` bytes of the message.
        let (name, value) = unsafe { (CStr::from_ptr(name), bytes(value, size)) };
        into.push_header(name.to_bytes(), value);
    }
}

/// # Safety
/// `start` is null or the start of `len` bytes that live as long as the result is used.
unsafe fn bytes<'a>(start: *const c_void, len: usize) -> Option<&'a [u8]> {
    // SAFETY: see above.
    (!start.is_null()).then(|| unsafe { std::slice::from_raw_parts(start.cast::<u8>(), len) })
}
