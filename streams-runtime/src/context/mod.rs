//! What surrounds a record while it is pushed through a task: its time, origin and headers, the task's stores, and the way out.

mod cause;
mod closed_windows;
mod dead_letter;
mod handlers;
mod kept_causes;
mod output;
mod record;
mod refused;

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use crate::broker::{BrokerError, ProduceBatch, Producer};
use crate::headers::Headers;
use crate::processor::Schedules;
use crate::record::RecordRef;
use crate::stores::{NextExpiry, StoreArena};
use crate::task::TaskEnv;

pub use handlers::Handlers;
pub use record::{HeadersMut, RecordContext, RecordMetadata};

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
    /// Results written to topics, those of repartitioning and dead letters included. Kafka Streams:
    /// what its sinks have sent.
    pub records_out: u64,
    /// Records written to changelogs.
    pub changelog_records: u64,
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
        self.changelog_records += other.changelog_records;
        self.dropped += other.dropped;
        self.skipped_errors += other.skipped_errors;
        self.unwritten_results += other.unwritten_results;
        self.dead_letters += other.dead_letters;
    }
}

/// The surroundings of a record in a task: what closures see of them ([`RecordContext`]), the
/// task's stores, and the way out.
pub struct Context {
    /// Apart from the rest, so that a closure may have it while a row of a store is borrowed.
    pub(crate) record: RecordContext,
    /// The largest time so far of the partition that is being read.
    pub(crate) partition_time_ms: i64,
    pub(crate) stores: StoreArena,
    pub(crate) schedules: Schedules,
    pub(crate) commit_requested: bool,
    /// When rows of the task's stores expire next.
    pub(crate) next_expiry: NextExpiry,
    /// The time of a record that waits at its source until the rows are gone that have expired by
    /// then.
    pub(crate) waits_for_expiry_ms: Option<i64>,
    pub(crate) closed: ClosedWindows,
    /// Whether the change of a versioned table that is handed on is the latest of its key. Other tables do not say; see [`put_version`].
    ///
    /// [`put_version`]: crate::operators::put_version
    pub(crate) is_latest: bool,
    pub(crate) metrics: TaskMetrics,
    pub(crate) out: ProduceBatch,
    /// How many of these are results; the others are of changelogs.
    results_out: usize,
    /// Records among those that wait which are counted already.
    counted_out: usize,
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

impl Deref for Context {
    type Target = RecordContext;

    #[inline(always)]
    fn deref(&self) -> &RecordContext {
        &self.record
    }
}

impl DerefMut for Context {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut RecordContext {
        &mut self.record
    }
}

impl Context {
    pub(crate) fn new(env: &TaskEnv<'_>) -> Self {
        let handlers = env.handlers.clone();
        Context {
            record: RecordContext::new(env),
            partition_time_ms: -1,
            stores: StoreArena::default(),
            schedules: Schedules::default(),
            commit_requested: false,
            next_expiry: NextExpiry::default(),
            waits_for_expiry_ms: None,
            closed: ClosedWindows::default(),
            is_latest: true,
            metrics: TaskMetrics::default(),
            out: ProduceBatch::default(),
            results_out: 0,
            counted_out: 0,
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

    /// The record at hand, which has begun, begins once more when rows have expired that are gone
    /// at its time.
    #[cold]
    pub(crate) fn let_wait(&mut self, timestamp_ms: i64) {
        self.waits_for_expiry_ms = Some(timestamp_ms);
        self.metrics.records_in -= 1;
    }

    /// Keeps the bytes of the record at hand from now on.
    pub(crate) fn keep_raw_records(&mut self) {
        self.keeps_raw = true;
    }
}
