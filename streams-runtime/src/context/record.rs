//! What surrounds a record, as closures see it.

use std::cell::Cell;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;
use std::sync::Arc;

use super::{Cause, Context};
use crate::headers::Headers;
use crate::task::{TaskEnv, TaskId};

/// Where a record came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordMetadata<'a> {
    /// Its topic.
    pub topic: &'a str,
    /// Its partition.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
}

/// What a closure sees of its record besides key and value: where the record came from, its time,
/// its headers. Processors see the same.
///
/// Any closure of an operator may take it as one parameter more, the last one: `|key, value, cx|`.
///
/// ```
/// use streams_runtime::prelude::*;
/// use streams_test::TestDriver;
///
/// topology! {
///     fn located() -> Located {
///         let lines: Stream<String, String> = stream("lines");
///         let marked = lines.map_values(|line, cx| {
///             cx.set_header("from", cx.topic().to_owned());
///             format!("{line} at {}/{}", cx.partition(), cx.offset())
///         });
///         marked.to("marked");
///     }
/// }
///
/// let driver = TestDriver::new(located())?;
/// driver.input::<String, String>("lines")?.pipe("k".to_owned(), "to be".to_owned())?;
/// let marked = driver.output::<String, String>("marked").read_all();
/// assert_eq!(marked[0].value, "to be at 0/0");
/// assert_eq!(marked[0].headers.last("from"), Some(Some(&b"lines"[..])));
/// # Ok::<(), streams_test::DriverError>(())
/// ```
///
/// Kafka Streams: `RecordContext`, which KIP-159 proposes for all closures.
pub struct RecordContext {
    application_id: Arc<str>,
    task_id: TaskId,
    pub(crate) timestamp_ms: i64,
    pub(crate) headers: Headers,
    /// The record that what is going on comes from.
    pub(crate) cause: Cause,
    pub(crate) stream_time_ms: i64,
    pub(crate) wall_clock_ms: i64,
    /// The headers as they were before the closure at work changed them.
    kept: Option<Headers>,
    /// Headers that a closure has set since its emitter looked.
    emitted: Rc<Cell<Option<Headers>>>,
    /// It is what a closure with an emitter sees while the emitter has the context.
    is_copy: bool,
}

impl fmt::Debug for RecordContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordContext")
            .field("task", &self.task_id)
            .field("topic", &self.cause.topic())
            .field("partition", &self.cause.partition)
            .field("offset", &self.cause.offset)
            .field("timestamp_ms", &self.timestamp_ms)
            .field("stream_time_ms", &self.stream_time_ms)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

impl RecordContext {
    pub(super) fn new(env: &TaskEnv<'_>) -> Self {
        RecordContext {
            application_id: Arc::from(env.application_id),
            task_id: env.id,
            timestamp_ms: 0,
            headers: Headers::default(),
            cause: Cause::default(),
            stream_time_ms: -1,
            wall_clock_ms: env.wall_clock_ms,
            kept: None,
            emitted: Rc::default(),
            is_copy: false,
        }
    }

    /// The application that the task belongs to.
    pub fn application_id(&self) -> &str {
        &self.application_id
    }

    /// The task: the part of the topology and the partition.
    pub fn task_id(&self) -> TaskId {
        self.task_id
    }

    /// Timestamp of the record at hand, in milliseconds since the Unix epoch.
    pub fn timestamp_ms(&self) -> i64 {
        self.timestamp_ms
    }

    /// Headers of the record at hand.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The headers of the record at hand, to be changed. What the closure makes of its record goes
    /// on with them; other readers of the stream do not see the change.
    pub fn headers_mut(&mut self) -> HeadersMut<'_> {
        if self.kept.is_none() {
            self.kept = Some(self.headers.clone());
        }
        HeadersMut { headers: &mut self.headers, emitted: self.is_copy.then_some(&*self.emitted) }
    }

    /// Gives the record at hand one header of this name, in the place of all that it has. See
    /// [`headers_mut`](Self::headers_mut).
    pub fn set_header(&mut self, name: &str, value: impl AsRef<[u8]>) {
        self.headers_mut().set(name, Some(value.as_ref()));
    }

    /// Topic that the record at hand came from; empty where there is no single record, as in a
    /// schedule. A change that has waited in a cache or a buffer has that of the record that made it,
    /// as in Kafka Streams. A window that is sent on close and a record that found no partner in a
    /// join have theirs where a handler may ask for records, and none otherwise: never that of the
    /// record that happened to move the time.
    pub fn topic(&self) -> &str {
        self.cause.topic()
    }

    /// Partition that the record at hand came from; -1 if there is none.
    pub fn partition(&self) -> i32 {
        self.cause.partition
    }

    /// Offset of the record at hand; -1 if there is none.
    pub fn offset(&self) -> i64 {
        self.cause.offset
    }

    /// Topic, partition and offset that the record at hand came from; `None` where there is no single
    /// record, as in a schedule.
    pub fn record_metadata(&self) -> Option<RecordMetadata<'_>> {
        let Cause { partition, offset, .. } = self.cause;
        self.cause.topic.as_deref().map(|topic| RecordMetadata { topic, partition, offset })
    }

    /// The largest timestamp that the task has taken in, in milliseconds since the Unix epoch; -1
    /// before the first record.
    pub fn stream_time_ms(&self) -> i64 {
        self.stream_time_ms
    }

    /// Wall-clock time of this step of the task, in milliseconds since the Unix epoch.
    pub fn wall_clock_ms(&self) -> i64 {
        self.wall_clock_ms
    }

    /// Headers that are changed from here on are put back by [`close`](Self::close).
    #[inline]
    fn open(&mut self) -> Option<Headers> {
        self.kept.take()
    }

    #[inline]
    fn close(&mut self, outer: Option<Headers>) {
        if let Some(before) = std::mem::replace(&mut self.kept, outer) {
            self.headers = before;
        }
    }

    /// Calls a closure whose changes of headers have no effect.
    pub(crate) fn aside<T>(&mut self, call: impl FnOnce(&mut RecordContext) -> T) -> T {
        let outer = self.open();
        let result = call(self);
        self.close(outer);
        result
    }

    /// What a closure with an emitter sees, and what takes its changes of headers over to the
    /// context, which the emitter has meanwhile.
    pub(crate) fn emitting(&self) -> (RecordContext, Emitting) {
        let seen = RecordContext {
            application_id: Arc::clone(&self.application_id),
            headers: self.headers.clone(),
            cause: self.cause.clone(),
            kept: None,
            emitted: Rc::clone(&self.emitted),
            is_copy: true,
            ..*self
        };
        (seen, Emitting { before: None })
    }
}

/// A closure with an emitter at work.
pub(crate) struct Emitting {
    /// The headers of the record, once the closure has set others.
    before: Option<Headers>,
}

impl Emitting {
    /// Gives what is emitted next the headers that the closure has set.
    pub(crate) fn take_headers(&mut self, cx: &mut RecordContext) {
        if let Some(headers) = cx.emitted.take() {
            let before = std::mem::replace(&mut cx.headers, headers);
            self.before.get_or_insert(before);
        }
    }

    /// The closure is done: the record has its own headers again.
    pub(crate) fn end(self, cx: &mut RecordContext) {
        cx.emitted.set(None);
        if let Some(before) = self.before {
            cx.headers = before;
        }
    }
}

impl Context {
    /// Does what begins with a closure that sees the context, if it does (`sees_cx`), and ends with
    /// what becomes of its result: headers that are changed in between are put back, so that no
    /// other reader of the record sees them.
    #[inline(always)]
    pub(crate) fn scoped<T>(&mut self, sees_cx: bool, run: impl FnOnce(&mut Context) -> T) -> T {
        if !sees_cx {
            return run(self);
        }
        let outer = self.record.open();
        let result = run(self);
        self.record.close(outer);
        result
    }
}

/// Headers that are being changed.
pub struct HeadersMut<'a> {
    headers: &'a mut Headers,
    emitted: Option<&'a Cell<Option<Headers>>>,
}

impl Deref for HeadersMut<'_> {
    type Target = Headers;

    fn deref(&self) -> &Headers {
        self.headers
    }
}

impl DerefMut for HeadersMut<'_> {
    fn deref_mut(&mut self) -> &mut Headers {
        self.headers
    }
}

impl fmt::Debug for HeadersMut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.headers.fmt(f)
    }
}

impl Drop for HeadersMut<'_> {
    fn drop(&mut self) {
        if let Some(emitted) = self.emitted {
            emitted.set(Some(self.headers.clone()));
        }
    }
}
