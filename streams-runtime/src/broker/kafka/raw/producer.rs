//! Producing by topic handle, and acknowledgements by the batch.

use std::ffi::{CStr, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{self, NonNull};
use std::sync::Arc;

use rdkafka::bindings as rd;
use rdkafka::bindings::rd_kafka_vtype_t as vtype;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::producer::{BaseProducer, Producer};

use super::Queue;
use crate::broker::kafka::context::Context;
use crate::broker::kafka::signal::Bell;
use crate::headers::Headers;
use crate::record::RecordRef;

/// A topic of a producer. By name, librdkafka would look through all its topics under a lock for every record.
pub(in crate::broker::kafka) struct TopicHandle {
    topic: NonNull<rd::rd_kafka_topic_t>,
    /// Kept after the handle, so that the client goes last.
    client: Arc<BaseProducer<Context>>,
}

// SAFETY: librdkafka locks topics inside; any thread may use and destroy a handle.
unsafe impl Send for TopicHandle {}

impl TopicHandle {
    pub(in crate::broker::kafka) fn new(client: &Arc<BaseProducer<Context>>, name: &CStr) -> Option<Self> {
        let rk = client.client().native_ptr();
        // SAFETY: the client is alive, the name ends with a zero byte, no configuration means the client's.
        let topic = unsafe { rd::rd_kafka_topic_new(rk, name.as_ptr(), ptr::null_mut()) };
        Some(TopicHandle { topic: NonNull::new(topic)?, client: client.clone() })
    }

    /// Puts a copy of the record into the client's buffer. `QueueFull` when there is no room.
    ///
    /// librdkafka takes the timestamp 0 for "now" and has no other way to say 0, so 0 goes out as 1 ms: event time that
    /// jumps to today would be worse than one that is off by a millisecond.
    /// `mark` comes back with the acknowledgement.
    pub(in crate::broker::kafka) fn produce(&self, partition: i32, record: &RecordRef<'_>, mark: Mark) -> Result<(), RDKafkaErrorCode> {
        let headers = self.headers(record)?;
        let (key, key_len) = start(record.key);
        let (value, value_len) = start(record.value);
        let timestamp_ms = match record.timestamp_ms {
            0 => 1,
            t => t,
        };
        // Nobody follows this pointer.
        let opaque = mark.0 as *mut c_void;
        // SAFETY: client and topic are alive. The arguments are pairs of a type and what that type demands (`int32_t`,
        // `int`, pointer, pointer and `size_t`, `int64_t`), ended by END. Key and value are copied during the call.
        let result: RDKafkaErrorCode = unsafe {
            let rk = self.client.client().native_ptr();
            let topic = self.topic.as_ptr();
            if headers.is_null() {
                rd::rd_kafka_producev(
                    rk,
                    vtype::RD_KAFKA_VTYPE_RKT,
                    topic,
                    vtype::RD_KAFKA_VTYPE_PARTITION,
                    partition,
                    vtype::RD_KAFKA_VTYPE_MSGFLAGS,
                    rd::RD_KAFKA_MSG_F_COPY as c_int,
                    vtype::RD_KAFKA_VTYPE_KEY,
                    key,
                    key_len,
                    vtype::RD_KAFKA_VTYPE_VALUE,
                    value,
                    value_len,
                    vtype::RD_KAFKA_VTYPE_TIMESTAMP,
                    timestamp_ms,
                    vtype::RD_KAFKA_VTYPE_OPAQUE,
                    opaque,
                    vtype::RD_KAFKA_VTYPE_END,
                )
            } else {
                rd::rd_kafka_producev(
                    rk,
                    vtype::RD_KAFKA_VTYPE_RKT,
                    topic,
                    vtype::RD_KAFKA_VTYPE_PARTITION,
                    partition,
                    vtype::RD_KAFKA_VTYPE_MSGFLAGS,
                    rd::RD_KAFKA_MSG_F_COPY as c_int,
                    vtype::RD_KAFKA_VTYPE_KEY,
                    key,
                    key_len,
                    vtype::RD_KAFKA_VTYPE_VALUE,
                    value,
                    value_len,
                    vtype::RD_KAFKA_VTYPE_TIMESTAMP,
                    timestamp_ms,
                    vtype::RD_KAFKA_VTYPE_OPAQUE,
                    opaque,
                    vtype::RD_KAFKA_VTYPE_HEADERS,
                    headers,
                    vtype::RD_KAFKA_VTYPE_END,
                )
            }
        }
        .into();
        if result == RDKafkaErrorCode::NoError {
            return Ok(()); // the headers are librdkafka's now
        }
        if !headers.is_null() {
            // SAFETY: after a failure the headers are still ours.
            unsafe { rd::rd_kafka_headers_destroy(headers) };
        }
        Err(result)
    }

    /// The headers of a record as librdkafka's list, null if it has none.
    fn headers(&self, record: &RecordRef<'_>) -> Result<*mut rd::rd_kafka_headers_t, RDKafkaErrorCode> {
        if record.headers.is_empty() {
            return Ok(ptr::null_mut());
        }
        // SAFETY: the list is ours until it is handed over; names and values are copied, with their lengths given.
        unsafe {
            let list = rd::rd_kafka_headers_new(record.headers.len());
            for header in record.headers.iter() {
                let name = header.name_bytes();
                let (value, len) = start(header.value);
                let added: RDKafkaErrorCode =
                    rd::rd_kafka_header_add(list, name.as_ptr().cast(), name.len() as isize, value, len as isize).into();
                if added != RDKafkaErrorCode::NoError {
                    rd::rd_kafka_headers_destroy(list);
                    return Err(added);
                }
            }
            Ok(list)
        }
    }
}

impl Drop for TopicHandle {
    fn drop(&mut self) {
        // SAFETY: ours, given back once, while the client is alive.
        unsafe { rd::rd_kafka_topic_destroy(self.topic.as_ptr()) }
    }
}

/// Null is no bytes at all; an empty slice has a start that is not null, which librdkafka takes for empty bytes.
fn start(bytes: Option<&[u8]>) -> (*mut c_void, usize) {
    match bytes {
        None => (ptr::null_mut(), 0),
        Some(bytes) => (bytes.as_ptr().cast_mut().cast(), bytes.len()),
    }
}

/// A number that a record has while it is on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::broker::kafka) struct Mark(pub(in crate::broker::kafka) usize);

impl Mark {
    /// Marks with this bit are wanted back from each record, others only from those that fail.
    pub(in crate::broker::kafka) const WANTED: usize = 1;
}

/// A record that was sent, as librdkafka gives it back.
pub(in crate::broker::kafka) struct Sent<'a>(&'a rd::rd_kafka_message_t);

impl Sent<'_> {
    pub(in crate::broker::kafka) fn mark(&self) -> Mark {
        Mark(self.0._private as usize)
    }

    pub(in crate::broker::kafka) fn key(&self) -> Option<&[u8]> {
        // SAFETY: the message is alive, and has so many bytes there.
        unsafe { bytes(self.0.key, self.0.key_len) }
    }

    pub(in crate::broker::kafka) fn value(&self) -> Option<&[u8]> {
        // SAFETY: as above.
        unsafe { bytes(self.0.payload, self.0.len) }
    }

    pub(in crate::broker::kafka) fn headers(&self) -> Headers {
        let mut headers = Headers::default();
        let mut list = ptr::null_mut();
        // SAFETY: the message is alive; the list is its own and lives as long. Names end with a zero byte.
        unsafe {
            let found = rd::rd_kafka_message_headers(self.0, &mut list);
            if found != rd::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR || list.is_null() {
                return headers;
            }
            for index in 0.. {
                let (mut name, mut value, mut len) = (ptr::null(), ptr::null(), 0);
                let found = rd::rd_kafka_header_get_all(list, index, &mut name, &mut value, &mut len);
                if found != rd::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
                    break;
                }
                headers.add_bytes(CStr::from_ptr(name).to_bytes(), bytes(value, len));
            }
        }
        headers
    }
}

/// # Safety
/// At `start`, if it is not null, are `len` bytes that live long enough.
unsafe fn bytes<'a>(start: *const c_void, len: usize) -> Option<&'a [u8]> {
    // SAFETY: see above.
    (!start.is_null()).then(|| unsafe { std::slice::from_raw_parts(start.cast(), len) })
}

/// What happened to records of one partition.
pub(in crate::broker::kafka) enum Report<'a> {
    /// All before this offset that this producer sent is acknowledged.
    Acknowledged { end: i64 },
    /// One record is acknowledged whose mark is wanted, or which is watched.
    AcknowledgedOne { end: i64, sent: Sent<'a> },
    /// A record failed.
    Failed { code: RDKafkaErrorCode, sent: Sent<'a> },
}

/// The acknowledgements of a producer.
pub(in crate::broker::kafka) struct Reports {
    queue: Queue,
    scratch: Vec<*const rd::rd_kafka_message_t>,
    /// The callback has a pointer to it.
    _bell: Arc<Bell>,
    client: Arc<BaseProducer<Context>>,
}

// SAFETY: nothing in `scratch` is looked at between calls.
unsafe impl Send for Reports {}

impl Reports {
    /// `bell` rings when there is something to serve.
    pub(in crate::broker::kafka) fn new(client: &Arc<BaseProducer<Context>>, bell: &Arc<Bell>) -> Option<Self> {
        // SAFETY: the client is alive; the reference returned is ours.
        let queue = unsafe { Queue::own(rd::rd_kafka_queue_get_main(client.client().native_ptr())) }?;
        // SAFETY: the queue is alive. The pointer stays good until the callback is taken away in
        // `drop`.
        unsafe { rd::rd_kafka_queue_cb_event_enable(queue.as_ptr(), Some(reported), Arc::as_ptr(bell).cast_mut().cast()) };
        Some(Reports { queue, scratch: vec![ptr::null(); 1024], _bell: bell.clone(), client: client.clone() })
    }

    /// Serves what is there. `report` gets the number of the topic among
    /// `topics`, the partition, and what happened, and says whether it `watch`es: then it gets each acknowledgement.
    pub(in crate::broker::kafka) fn serve(
        &mut self,
        topics: &[TopicHandle],
        mut watch: bool,
        mut report: impl FnMut(usize, i32, Report<'_>) -> bool,
    ) {
        while let Some(event) = self.queue.poll(0) {
            if event.kind() != rd::RD_KAFKA_EVENT_DR {
                event.report(self.client.context());
                continue;
            }
            loop {
                // SAFETY: the event is alive and holds acknowledgements; there is room for as many as is said.
                let count = unsafe { rd::rd_kafka_event_message_array(event.as_ptr(), self.scratch.as_mut_ptr(), self.scratch.len()) };
                if count == 0 {
                    break;
                }
                // SAFETY: librdkafka filled in so many messages, which live as long as the event.
                unsafe { each(&self.scratch[..count.min(self.scratch.len())], topics, &mut watch, &mut report) };
            }
        }
    }

    /// Sends what is held back, and waits up to a millisecond for the last acknowledgement.
    ///
    /// The safe `flush` waits 100 ms between looks.
    pub(in crate::broker::kafka) fn flush_step(&self) {
        // SAFETY: the client is alive. Whether all is acknowledged shows in what is served next.
        unsafe { rd::rd_kafka_flush(self.client.client().native_ptr(), 1) };
    }
}

impl Drop for Reports {
    fn drop(&mut self) {
        // SAFETY: the queue is alive; after this no callback is running or comes, so the `Bell` may
        // go.
        unsafe { rd::rd_kafka_queue_cb_event_enable(self.queue.as_ptr(), None, ptr::null_mut()) }
    }
}

unsafe extern "C" fn reported(_: *mut rd::rd_kafka_t, opaque: *mut c_void) {
    // A panic must not unwind into C.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: `opaque` is the `Bell` of a `Reports`, which takes the callback away (under the
        // queue's lock, as it is called) before it lets go of the `Bell`.
        let bell = unsafe { &*opaque.cast::<Bell>() };
        bell.ring();
    }));
}

/// Passes on what an array of acknowledgements says: failures, wanted and watched ones one by one, other successes once per run of one partition.
/// `report` says whether to watch from here on.
///
/// # Safety
/// All messages are alive.
unsafe fn each(
    messages: &[*const rd::rd_kafka_message_t],
    topics: &[TopicHandle],
    watch: &mut bool,
    report: &mut impl FnMut(usize, i32, Report<'_>) -> bool,
) {
    let slot_of = |rkt: *mut rd::rd_kafka_topic_t| topics.iter().position(|handle| handle.topic.as_ptr() == rkt);
    let mut last: Option<&rd::rd_kafka_message_t> = None;
    let acknowledge = |m: &rd::rd_kafka_message_t, report: &mut dyn FnMut(usize, i32, Report<'_>) -> bool| {
        if let (Some(slot), true) = (slot_of(m.rkt), m.offset >= 0) {
            let end = m.offset + 1;
            report(slot, m.partition, Report::Acknowledged { end });
        }
    };
    for message in messages {
        // SAFETY: alive, see above.
        let m = unsafe { &**message };
        let failed = m.err != rd::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR;
        if failed || *watch || m._private as usize & Mark::WANTED != 0 {
            if let Some(slot) = slot_of(m.rkt) {
                let sent = Sent(m);
                let what =
                    if failed { Report::Failed { code: m.err.into(), sent } } else { Report::AcknowledgedOne { end: m.offset + 1, sent } };
                *watch = report(slot, m.partition, what);
            }
            continue;
        }
        // Acknowledgements of one batch come in the order of their offsets.
        if let Some(before) = last
            && (before.rkt, before.partition) != (m.rkt, m.partition)
        {
            acknowledge(before, report);
        }
        last = Some(m);
    }
    if let Some(m) = last {
        acknowledge(m, report);
    }
}
