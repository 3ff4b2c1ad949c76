//! Events that are no records: log lines, errors, answers.

use std::ffi::{CStr, c_char};
use std::ptr::{self, NonNull};

use rdkafka::ClientContext;
use rdkafka::bindings as rd;
use rdkafka::client::Client;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use super::Queue;
use crate::broker::kafka::context::Context;

/// An event that is ours to destroy.
pub(super) struct Event(NonNull<rd::rd_kafka_event_t>);

// SAFETY: an event belongs to whoever holds it; librdkafka does not mind which thread that is.
unsafe impl Send for Event {}

impl Event {
    /// # Safety
    /// `event` is null, or an event that the caller owns and gives up.
    pub(super) unsafe fn own(event: *mut rd::rd_kafka_event_t) -> Option<Event> {
        NonNull::new(event).map(Event)
    }

    pub(super) fn as_ptr(&self) -> *mut rd::rd_kafka_event_t {
        self.0.as_ptr()
    }

    pub(super) fn kind(&self) -> i32 {
        // SAFETY: the event is alive as long as `self`.
        unsafe { rd::rd_kafka_event_type(self.as_ptr()) }
    }

    pub(super) fn error(&self) -> RDKafkaErrorCode {
        // SAFETY: as above; every event has an error code.
        unsafe { rd::rd_kafka_event_error(self.as_ptr()) }.into()
    }

    /// The error that the event is, if it is one.
    pub(super) fn check(&self) -> Result<(), RDKafkaErrorCode> {
        match self.error() {
            RDKafkaErrorCode::NoError => Ok(()),
            error => Err(error),
        }
    }

    /// Hands log lines and errors to the context. Other events are dropped: nothing else is expected where this is called.
    pub(super) fn report(&self, context: &Context) {
        match self.kind() {
            rd::RD_KAFKA_EVENT_LOG => {
                let (mut facility, mut text): (*const c_char, *const c_char) = (ptr::null(), ptr::null());
                let mut level = 0;
                // SAFETY: the event is alive; the three places are ours.
                let failed = unsafe { rd::rd_kafka_event_log(self.as_ptr(), &mut facility, &mut text, &mut level) };
                if failed == 0 {
                    context.log(log_level(level), &text_of(facility), text_of(text).trim());
                }
            }
            rd::RD_KAFKA_EVENT_ERROR => {
                // SAFETY: the event is alive and is an error, whose text lives as long.
                let reason = unsafe { rd::rd_kafka_event_error_string(self.as_ptr()) };
                context.error(KafkaError::Global(self.error()), text_of(reason).trim());
            }
            _ => {}
        }
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        // SAFETY: ours, destroyed once.
        unsafe { rd::rd_kafka_event_destroy(self.as_ptr()) }
    }
}

/// syslog's numbers.
fn log_level(level: i32) -> RDKafkaLogLevel {
    match level {
        0 => RDKafkaLogLevel::Emerg,
        1 => RDKafkaLogLevel::Alert,
        2 => RDKafkaLogLevel::Critical,
        3 => RDKafkaLogLevel::Error,
        4 => RDKafkaLogLevel::Warning,
        5 => RDKafkaLogLevel::Notice,
        6 => RDKafkaLogLevel::Info,
        _ => RDKafkaLogLevel::Debug,
    }
}

/// A text of librdkafka, which must be alive during the call.
pub(super) fn text_of(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: not null, and librdkafka ends its texts with a zero byte; the callers above hold the event that owns it.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

/// Serves what waits in the main queue of a client that nobody polls: its log lines and errors.
pub(in crate::broker::kafka) fn serve_main_queue(client: &Client<Context>) {
    // SAFETY: the client is alive during the call; the reference returned is ours.
    let queue = unsafe { Queue::own(rd::rd_kafka_queue_get_main(client.native_ptr())) };
    if let Some(queue) = queue {
        while let Some(event) = queue.poll(0) {
            event.report(client.context());
        }
    }
}
