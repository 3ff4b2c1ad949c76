//! What surrounds a record while it is pushed through a task: its time, origin and headers, the task's stores, and the way out.

mod cause;
mod closed_windows;
mod dead_letter;
mod handlers;
mod kept_causes;
mod output;
mod refused;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::broker::{BrokerError, ProduceBatch, Producer};
use crate::headers::Headers;
use crate::processor::Schedules;
use crate::record::RecordRef;
use crate::stores::StoreArena;
use crate::task::{TaskEnv, TaskId};

pub use handlers::Handlers;

pub(crate) use cause::{AtHand, Cause, RawRecord};
pub(crate) use closed_windows::{ClosedPlace, ClosedWindows};
pub(crate) use dead_letter::DeadLetter;
pub(crate) use kept_causes::KeptCauses;
pub(crate) use output::{Destination, Target};
pub(crate) use refused::{Unwritten, settle_refused};

/// The producer of a worker, shared by its tasks (all on one thread).
pub type SharedProducer = Rc<RefCell<Box<dyn Producer>>>;

/// What is counted per task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskMetrics {
    /// Records taken from topics.
    pub records_in: u64,
    /// Records written to topics, changelogs included.
    pub records_out: u64,
    /// Records left out by the semantics of an operator (null keys of an aggregation, negative timestamps, …), as Kafka Streams counts them.
    pub dropped: u64,
    /// Records left out because they could not be decoded or processed and the handler said to go on.
    pub skipped_errors: u64,
    /// Results left out because they could not be written and the handler said to go on.
    pub unwritten_results: u64,
    /// Dead letters, of whatever handler; they are among `records_out`.
    pub dead_letters: u64,
}

impl TaskMetrics {
    pub(crate) fn add(&mut self, other: TaskMetrics) {
        self.records_in += other.records_in;
        self.records_out += other.records_out;
        self.dropped += other.dropped;
        self.skipped_errors += other.skipped_errors;
        self.unwritten_results += other.unwritten_results;
        self.dead_letters += other.dead_letters;
    }
}

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

/// The surroundings of a record in a task.
pub struct Context {
    application_id: Arc<str>,
    task_id: TaskId,
    pub(crate) timestamp_ms: i64,
    pub(crate) headers: Headers,
    /// The record that what is going on comes from.
    pub(crate) cause: Cause,
    pub(crate) stream_time_ms: i64,
    /// The largest time so far of the partition that is being read.
    pub(crate) partition_time_ms: i64,
    pub(crate) wall_clock_ms: i64,
    pub(crate) stores: StoreArena,
    pub(crate) schedules: Schedules,
    pub(crate) commit_requested: bool,
    pub(crate) closed: ClosedWindows,
    /// Whether the change of a versioned table that is handed on is the latest of its key. Other tables do not say; see [`put_version`].
    ///
    /// [`put_version`]: crate::operators::put_version
    pub(crate) is_latest: bool,
    pub(crate) metrics: TaskMetrics,
    pub(crate) out: ProduceBatch,
    producer: SharedProducer,
    targets: HashMap<String, Target>,
    /// Computed topics that cannot be written, and until when the broker is not asked again.
    no_targets: HashMap<String, (BrokerError, i64)>,
    handlers: Handlers,
    keeps_raw: bool,
    /// Results are sent with their origin, since a handler may be asked about them.
    tracks_results: bool,
    no_headers: Headers,
    key_scratch: Vec<u8>,
    value_scratch: Vec<u8>,
}

impl Context {
    pub(crate) fn new(env: &TaskEnv<'_>) -> Self {
        let handlers = env.handlers.clone();
        Context {
            application_id: Arc::from(env.application_id),
            task_id: env.id,
            timestamp_ms: 0,
            headers: Headers::default(),
            cause: Cause::default(),
            stream_time_ms: -1,
            partition_time_ms: -1,
            wall_clock_ms: env.wall_clock_ms,
            stores: StoreArena::default(),
            schedules: Schedules::default(),
            commit_requested: false,
            closed: ClosedWindows::default(),
            is_latest: true,
            metrics: TaskMetrics::default(),
            out: ProduceBatch::default(),
            producer: SharedProducer::clone(&env.producer),
            targets: HashMap::new(),
            no_targets: HashMap::new(),
            keeps_raw: handlers.needs_raw_records(),
            tracks_results: !handlers.produce.is_fail(),
            handlers,
            no_headers: Headers::default(),
            key_scratch: Vec::new(),
            value_scratch: Vec::new(),
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

    /// Topic that the record at hand came from; empty where there is no single record, as in a schedule.
    /// A change that has waited in a cache or a buffer has that of the record that made it, as in Kafka
    /// Streams. A window that is sent on close and a record that found no partner in a join have theirs
    /// where a handler may ask for records, and none otherwise: never that of the record that happened
    /// to move the time.
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

    /// Topic, partition and offset that the record at hand came from; `None` where there is no single record, as in a schedule.
    pub fn record_metadata(&self) -> Option<RecordMetadata<'_>> {
        let Cause { partition, offset, .. } = self.cause;
        self.cause.topic.as_deref().map(|topic| RecordMetadata { topic, partition, offset })
    }

    /// The largest timestamp that the task has taken in, in milliseconds since the Unix epoch; -1 before the first record.
    pub fn stream_time_ms(&self) -> i64 {
        self.stream_time_ms
    }

    /// Wall-clock time of this step of the task, in milliseconds since the Unix epoch.
    pub fn wall_clock_ms(&self) -> i64 {
        self.wall_clock_ms
    }

    /// Asks for a commit soon after this record.
    pub fn request_commit(&mut self) {
        self.commit_requested = true;
    }

    /// Takes a record of a batch as the record at hand.
    #[inline]
    pub(crate) fn begin(&mut self, record: &RecordRef<'_>) {
        self.cause.offset = record.offset;
        self.timestamp_ms = record.timestamp_ms;
        if !(record.headers.is_empty() && self.headers.is_empty()) {
            self.headers.assign(record.headers);
        }
        if self.keeps_raw {
            self.keep_raw(record);
        }
        self.metrics.records_in += 1;
    }

    /// Keeps the bytes of the record at hand from now on.
    pub(crate) fn keep_raw_records(&mut self) {
        self.keeps_raw = true;
    }
}
