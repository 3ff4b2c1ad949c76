//! Questions that librdkafka answers through a queue, as futures.
//!
//! Each question has a queue of its own. librdkafka calls back when the queue gets its event, which
//! wakes whoever polled last. No thread waits.

use std::ffi::{CString, c_void};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::ptr::{self, NonNull};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use rdkafka::bindings as rd;
use rdkafka::client::Client;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::RDKafkaErrorCode as Code;

use super::event::Event;
use super::{Queue, millis};
use crate::broker::kafka::context::Context as ClientContext;
use crate::broker::kafka::detached::Detached;

/// A client that can be asked. An answer that is waited for keeps it alive.
pub(in crate::broker::kafka) trait Native: Send + Sync + 'static {
    /// Good as long as `self`.
    fn native(&self) -> *mut rd::rd_kafka_t;
}

impl Native for Detached<Client<ClientContext>> {
    fn native(&self) -> *mut rd::rd_kafka_t {
        self.get().native_ptr()
    }
}

impl<C: ConsumerContext + 'static> Native for Detached<BaseConsumer<C>> {
    fn native(&self) -> *mut rd::rd_kafka_t {
        self.get().client().native_ptr()
    }
}

/// Wakes who waits for a queue.
#[derive(Default)]
pub(super) struct Bell(Mutex<Option<Waker>>);

impl Bell {
    fn set(&self, waker: &Waker) {
        let mut place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !place.as_ref().is_some_and(|known| known.will_wake(waker)) {
            *place = Some(waker.clone());
        }
    }

    fn ring(&self) {
        let waker = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

unsafe extern "C" fn answered(_: *mut rd::rd_kafka_t, opaque: *mut c_void) {
    // A panic must not unwind into C.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: `opaque` is the `Bell` of an `Asked`, which takes the callback away (under the
        // queue's lock, as it is called) before it lets go of the `Bell`.
        let bell = unsafe { &*opaque.cast::<Bell>() };
        bell.ring();
    }));
}

/// A question that was asked. Done when its answer is there.
pub(super) struct Asked {
    queue: Queue,
    /// The callback has a pointer to it.
    bell: Arc<Bell>,
    /// Kept after the queue, so that the client goes last.
    _client: Arc<dyn Native>,
}

impl Asked {
    /// Asks with `ask`, which has librdkafka put its answer into the queue given. An answer that
    /// nobody waits for any more goes to a queue that is closed, where librdkafka drops it.
    pub(super) fn new(client: Arc<dyn Native>, ask: impl FnOnce(*mut rd::rd_kafka_t, &Queue) -> Result<(), Code>) -> Result<Self, Code> {
        let rk = client.native();
        // SAFETY: the client is alive during the call; the reference returned is ours.
        let queue = unsafe { Queue::own(rd::rd_kafka_queue_new(rk)) }.ok_or(Code::Fail)?;
        let bell = Arc::new(Bell::default());
        // SAFETY: the queue is alive. The pointer stays good until the callback is taken away in
        // `drop`.
        unsafe { rd::rd_kafka_queue_cb_event_enable(queue.as_ptr(), Some(answered), Arc::as_ptr(&bell).cast_mut().cast()) };
        let asked = Asked { queue, bell, _client: client };
        ask(rk, &asked.queue)?;
        Ok(asked)
    }
}

impl Future for Asked {
    type Output = Event;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Event> {
        // Before the look, so that an answer that comes meanwhile wakes.
        self.bell.set(cx.waker());
        self.queue.poll(0).map_or(Poll::Pending, Poll::Ready)
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        // SAFETY: the queue is alive; after this no callback is running or comes, so the `Bell` may
        // go.
        unsafe { rd::rd_kafka_queue_cb_event_enable(self.queue.as_ptr(), None, ptr::null_mut()) }
    }
}

/// Options of an administrative request.
pub(super) struct Options(NonNull<rd::rd_kafka_AdminOptions_t>);

impl Options {
    /// # Safety
    /// The client is alive, also while the options are used.
    pub(super) unsafe fn new(rk: *mut rd::rd_kafka_t, op: rd::rd_kafka_admin_op_t, timeout: Duration) -> Result<Self, Code> {
        // SAFETY: see above; the options are ours, checked for null, and no place for an error text
        // is given.
        unsafe {
            let options = Options(NonNull::new(rd::rd_kafka_AdminOptions_new(rk, op)).ok_or(Code::Fail)?);
            rd::rd_kafka_AdminOptions_set_request_timeout(options.as_ptr(), millis(timeout).max(1), ptr::null_mut(), 0);
            Ok(options)
        }
    }

    pub(super) fn as_ptr(&self) -> *mut rd::rd_kafka_AdminOptions_t {
        self.0.as_ptr()
    }
}

impl Drop for Options {
    fn drop(&mut self) {
        // SAFETY: ours, destroyed once.
        unsafe { rd::rd_kafka_AdminOptions_destroy(self.as_ptr()) }
    }
}

/// A text as C has it.
pub(super) fn c_text(text: &str) -> Result<CString, Code> {
    CString::new(text).map_err(|_| Code::InvalidArgument)
}

/// The code of an error object of librdkafka, which may be null.
///
/// # Safety
/// `error` is null or alive.
pub(super) unsafe fn code_of(error: *const rd::rd_kafka_error_t) -> Code {
    if error.is_null() {
        return Code::NoError;
    }
    // SAFETY: see above.
    unsafe { rd::rd_kafka_error_code(error) }.into()
}

/// The elements of an array of librdkafka.
///
/// # Safety
/// `start` is null or the start of `count` elements that live as long as the result is used.
pub(super) unsafe fn elements<'a, T>(start: *const T, count: usize) -> &'a [T] {
    if start.is_null() || count == 0 {
        return &[];
    }
    // SAFETY: see above.
    unsafe { std::slice::from_raw_parts(start, count) }
}

/// The partitions of a list of librdkafka.
///
/// # Safety
/// `list` is null or alive as long as the result is used.
pub(super) unsafe fn partitions<'a>(list: *const rd::rd_kafka_topic_partition_list_t) -> &'a [rd::rd_kafka_topic_partition_t] {
    // SAFETY: see above; a list has `cnt` elements.
    unsafe { if list.is_null() { &[] } else { elements((*list).elems, usize::try_from((*list).cnt).unwrap_or(0)) } }
}
