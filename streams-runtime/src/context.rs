//! What surrounds a record while it is pushed through a task: its time, origin and headers, the task's stores, and the way out.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::broker::{ANY_PARTITION, BrokerError, ProduceBatch, Producer, TopicSlot};
use crate::codec::CodecError;
use crate::codec::buffered::{BufferedParts, Origin};
use crate::dropped::{DropReason, DroppedRecord, OnDropped};
use crate::error::{BoxError, ErrorKind, Flow, OnError, TaskError};
use crate::headers::Headers;
use crate::partition::partition_for_key;
use crate::processor::{ProcessorWrapper, Schedules, WrapProcessors};
use crate::record::{NewRecord, RecordRef};
use crate::stores::{StoreArena, StoreError};

/// The producer of a worker, shared by its tasks (all on one thread).
pub type SharedProducer = Rc<RefCell<Box<dyn Producer>>>;

/// Results are handed to the producer when so many bytes are waiting.
const HAND_OVER_BYTES: usize = 256 * 1024;

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
}

impl TaskMetrics {
    pub(crate) fn add(&mut self, other: TaskMetrics) {
        self.records_in += other.records_in;
        self.records_out += other.records_out;
        self.dropped += other.dropped;
        self.skipped_errors += other.skipped_errors;
    }
}

/// How records that fail are handled, and what stands around processors.
#[derive(Clone, Debug, Default)]
pub struct Handlers {
    /// Bytes that are not of the type that the topology reads.
    pub decode: OnError,
    /// `Err` of a `try_` operator or of a processor.
    pub process: OnError,
    /// Records that the semantics of an operator leave out.
    pub dropped: OnDropped,
    /// What stands around the code of processors.
    pub wrap_processors: WrapProcessors,
}

impl Handlers {
    fn needs_raw_records(&self) -> bool {
        let quiet = |handler: &OnError| matches!(handler, OnError::Fail | OnError::Continue);
        !(quiet(&self.decode) && quiet(&self.process) && self.dropped.is_continue())
    }
}

/// By store: windows that end up to this time were sent, where they are sent when they close. Committed with the offsets.
#[derive(Debug, Default)]
pub(crate) struct ClosedWindows(Vec<(String, i64)>);

/// The place of a store in [`ClosedWindows`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClosedPlace(usize);

impl ClosedWindows {
    /// A store whose windows are sent when they close.
    pub(crate) fn add(&mut self, store: &str) -> ClosedPlace {
        self.0.push((store.to_owned(), -1));
        ClosedPlace(self.0.len() - 1)
    }

    /// Up to when windows were sent; -1: none was.
    #[inline]
    pub(crate) fn get(&self, place: ClosedPlace) -> i64 {
        self.0[place.0].1
    }

    /// The least stream time that the operator has had: what was sent before a restart is closed after it too.
    #[inline]
    pub(crate) fn stream_time_ms(&self, place: ClosedPlace, closes_after_ms: i64) -> i64 {
        match self.get(place) {
            sent_ms if sent_ms < 0 => -1,
            sent_ms => sent_ms.saturating_add(closes_after_ms),
        }
    }

    #[inline]
    pub(crate) fn set(&mut self, place: ClosedPlace, closed_ms: i64) {
        self.0[place.0].1 = closed_ms;
    }

    /// Takes over what was committed. Of several partitions the latest counts.
    pub(crate) fn take_over(&mut self, store: &str, closed_ms: i64) {
        if let Some((_, known_ms)) = self.0.iter_mut().find(|(name, _)| name == store) {
            *known_ms = closed_ms.max(*known_ms);
        }
    }

    /// What is to be committed: of stores whose windows were sent.
    pub(crate) fn sent(&self) -> Vec<(&str, i64)> {
        self.0.iter().filter(|(_, closed_ms)| *closed_ms >= 0).map(|(store, closed_ms)| (store.as_str(), *closed_ms)).collect()
    }
}

/// A topic that a task writes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub(crate) topic: TopicSlot,
    pub(crate) partitions: i32,
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

/// What the context says of a record that has waited.
#[derive(Debug, Default)]
pub(crate) struct AtHand {
    origin: Origin,
    raw_key: Option<Vec<u8>>,
    raw_value: Option<Vec<u8>>,
    raw_headers: Headers,
}

impl From<Origin> for AtHand {
    /// Its bytes are not known any more.
    fn from(origin: Origin) -> Self {
        AtHand { origin, raw_key: None, raw_value: None, raw_headers: Headers::default() }
    }
}

/// The surroundings of a record in a task.
pub struct Context {
    pub(crate) timestamp_ms: i64,
    pub(crate) headers: Headers,
    pub(crate) topic: Arc<str>,
    pub(crate) partition: i32,
    pub(crate) offset: i64,
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
    handlers: Handlers,
    keeps_raw: bool,
    raw_key: Option<Vec<u8>>,
    raw_value: Option<Vec<u8>>,
    raw_headers: Headers,
    no_topic: Arc<str>,
    key_scratch: Vec<u8>,
    value_scratch: Vec<u8>,
}

impl Context {
    pub(crate) fn new(producer: SharedProducer, handlers: Handlers, wall_clock_ms: i64) -> Self {
        let no_topic: Arc<str> = Arc::from("");
        Context {
            timestamp_ms: 0,
            headers: Headers::default(),
            topic: Arc::clone(&no_topic),
            partition: -1,
            offset: -1,
            stream_time_ms: -1,
            partition_time_ms: -1,
            wall_clock_ms,
            stores: StoreArena::default(),
            schedules: Schedules::default(),
            commit_requested: false,
            closed: ClosedWindows::default(),
            is_latest: true,
            metrics: TaskMetrics::default(),
            out: ProduceBatch::default(),
            producer,
            targets: HashMap::new(),
            keeps_raw: handlers.needs_raw_records(),
            handlers,
            raw_key: None,
            raw_value: None,
            raw_headers: Headers::default(),
            no_topic,
            key_scratch: Vec::new(),
            value_scratch: Vec::new(),
        }
    }

    /// Timestamp of the record at hand, in milliseconds since the Unix epoch.
    pub fn timestamp_ms(&self) -> i64 {
        self.timestamp_ms
    }

    /// Headers of the record at hand.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// Topic that the record at hand came from; empty in a schedule, and when cached changes go downstream.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Partition that the record at hand came from; -1 if there is none.
    pub fn partition(&self) -> i32 {
        self.partition
    }

    /// Offset of the record at hand; -1 if there is none.
    pub fn offset(&self) -> i64 {
        self.offset
    }

    /// Topic, partition and offset that the record at hand came from; `None` in a schedule, and when cached changes go downstream.
    pub fn record_metadata(&self) -> Option<RecordMetadata<'_>> {
        (self.offset >= 0).then(|| RecordMetadata { topic: &self.topic, partition: self.partition, offset: self.offset })
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

    /// What stands around this processor.
    pub(crate) fn wrapper(&self, node: &str) -> Option<Box<dyn ProcessorWrapper>> {
        self.handlers.wrap_processors.wrapper(node)
    }

    /// Counts a record that the semantics of an operator leave out, and offers it to the handler. `node`: the operator or its state.
    #[inline]
    pub(crate) fn drop_record(&mut self, node: &str, reason: DropReason) -> Flow {
        self.metrics.dropped += 1;
        if self.handlers.dropped.is_continue() { Ok(()) } else { self.offer_dropped(node, reason) }
    }

    #[cold]
    fn offer_dropped(&mut self, node: &str, reason: DropReason) -> Flow {
        let record = DroppedRecord {
            reason,
            node,
            topic: &self.topic,
            partition: self.partition,
            offset: self.offset,
            timestamp_ms: self.timestamp_ms,
            stream_time_ms: self.stream_time_ms,
            key: self.raw_key.as_deref(),
            value: self.raw_value.as_deref(),
            headers: &self.raw_headers,
        };
        match self.handlers.dropped.dead_letter_topic(&record) {
            Some(topic) => self.send_dead_letter(&topic, node, reason.name(), &reason.to_string()),
            None => Ok(()),
        }
    }

    /// Takes a record of a batch as the record at hand.
    #[inline]
    pub(crate) fn begin(&mut self, record: &RecordRef<'_>) {
        self.offset = record.offset;
        self.timestamp_ms = record.timestamp_ms;
        if !(record.headers.is_empty() && self.headers.is_empty()) {
            self.headers.assign(record.headers);
        }
        if self.keeps_raw {
            self.keep_raw(record);
        }
        self.metrics.records_in += 1;
    }

    /// No record is at hand any more: a schedule runs, or cached changes go downstream. What fails then is not the last record's fault.
    pub(crate) fn leave_record(&mut self) {
        self.topic = Arc::clone(&self.no_topic);
        (self.partition, self.offset) = (-1, -1);
        (self.raw_key, self.raw_value) = (None, None);
        self.raw_headers.clear();
    }

    /// Says where the record at hand comes from.
    pub(crate) fn origin_into(&self, origin: &mut Origin) {
        origin.timestamp_ms = self.timestamp_ms;
        origin.offset = self.offset;
        origin.partition = self.partition;
        if !Arc::ptr_eq(&origin.topic, &self.topic) {
            origin.topic = Arc::clone(&self.topic);
        }
        if !(origin.headers.is_empty() && self.headers.is_empty()) {
            origin.headers.clone_from(&self.headers);
        }
    }

    /// Takes a record that has waited as the record at hand, through `other`, which then has the one that was.
    pub(crate) fn take_up(&mut self, other: &mut AtHand, key: &[u8], parts: &BufferedParts<'_>) -> Result<(), CodecError> {
        parts.origin_into(&mut other.origin)?;
        if self.keeps_raw {
            other.raw_key = Some(key.to_vec());
            other.raw_value = parts.new.map(<[u8]>::to_vec);
            other.raw_headers.clone_from(&other.origin.headers);
        }
        self.exchange(other);
        Ok(())
    }

    /// Changes the record at hand for another one, or back.
    pub(crate) fn exchange(&mut self, other: &mut AtHand) {
        std::mem::swap(&mut self.timestamp_ms, &mut other.origin.timestamp_ms);
        std::mem::swap(&mut self.offset, &mut other.origin.offset);
        std::mem::swap(&mut self.topic, &mut other.origin.topic);
        std::mem::swap(&mut self.partition, &mut other.origin.partition);
        std::mem::swap(&mut self.headers, &mut other.origin.headers);
        std::mem::swap(&mut self.raw_key, &mut other.raw_key);
        std::mem::swap(&mut self.raw_value, &mut other.raw_value);
        std::mem::swap(&mut self.raw_headers, &mut other.raw_headers);
    }

    #[cold]
    fn keep_raw(&mut self, record: &RecordRef<'_>) {
        for (kept, bytes) in [(&mut self.raw_key, record.key), (&mut self.raw_value, record.value)] {
            match bytes {
                None => *kept = None,
                Some(bytes) => {
                    let kept = kept.get_or_insert_default();
                    kept.clear();
                    kept.extend_from_slice(bytes);
                }
            }
        }
        self.raw_headers.assign(record.headers);
    }

    /// What becomes of the record at hand after an error: `Ok` means go on without it.
    #[cold]
    pub(crate) fn fail(&mut self, kind: ErrorKind, node: &str, source: BoxError) -> Flow {
        let error = self.error(kind, node, source);
        let handler = match kind {
            ErrorKind::Decode => self.handlers.decode.decide(&error),
            ErrorKind::Process => self.handlers.process.decide(&error),
            ErrorKind::Produce | ErrorKind::Store => OnError::Fail,
        };
        match handler {
            OnError::Fail | OnError::Custom(_) => return Err(error),
            OnError::Continue => tracing::warn!(%error, "record left out"),
            OnError::DeadLetter(topic) => {
                tracing::warn!(%error, dead_letter_topic = topic, "record sent to the dead-letter topic");
                self.send_dead_letter(&topic, &error.node, &error.kind.to_string(), &error.source.to_string())?;
            }
        }
        self.metrics.skipped_errors += 1;
        Ok(())
    }

    /// The record as it came, with what was wrong in headers named as Kafka Streams names them.
    fn send_dead_letter(&mut self, topic: &str, node: &str, exception: &str, message: &str) -> Flow {
        let target = self.target(topic).map_err(|e| self.produce_error(topic, e))?;
        let key = self.raw_key.as_deref();
        let partition = key.map_or(ANY_PARTITION, |key| partition_for_key(key, target.partitions));
        self.out.push(
            target.topic,
            partition,
            NewRecord { key, value: self.raw_value.as_deref(), timestamp_ms: self.timestamp_ms.max(0), offset: 0 },
        );
        for (name, value) in self.raw_headers.iter_bytes() {
            self.out.push_header(name, value);
        }
        for (name, value) in [
            ("__streams.errors.exception", exception),
            ("__streams.errors.message", message),
            ("__streams.errors.node", node),
            ("__streams.errors.topic", &*self.topic),
            ("__streams.errors.partition", &self.partition.to_string()),
            ("__streams.errors.offset", &self.offset.to_string()),
        ] {
            self.out.push_header(name.as_bytes(), Some(value.as_bytes()));
        }
        self.metrics.records_out += 1;
        Ok(())
    }

    #[cold]
    pub(crate) fn produce_error(&self, node: &str, error: BrokerError) -> Box<TaskError> {
        self.error(ErrorKind::Produce, node, error.into())
    }

    #[cold]
    pub(crate) fn store_error(&self, node: &str, error: StoreError) -> Box<TaskError> {
        self.error(ErrorKind::Store, node, error.into())
    }

    #[cold]
    pub(crate) fn error(&self, kind: ErrorKind, node: &str, source: BoxError) -> Box<TaskError> {
        Box::new(TaskError {
            kind,
            node: node.to_owned(),
            topic: Arc::clone(&self.topic),
            partition: self.partition,
            offset: self.offset,
            timestamp_ms: self.timestamp_ms,
            source,
        })
    }

    /// A topic to write to, asked from the broker the first time.
    pub(crate) fn target(&mut self, name: &str) -> Result<Target, BrokerError> {
        if let Some(target) = self.targets.get(name) {
            return Ok(*target);
        }
        let mut producer = self.producer.borrow_mut();
        let topic = producer.topic(name)?;
        let target = Target { topic, partitions: producer.partitions(topic) };
        drop(producer);
        self.targets.insert(name.to_owned(), target);
        Ok(target)
    }

    /// Takes the buffers that keys and values are encoded into; give them back with [`put_scratch`](Self::put_scratch).
    #[inline]
    pub(crate) fn take_scratch(&mut self) -> (Vec<u8>, Vec<u8>) {
        let mut scratch = (std::mem::take(&mut self.key_scratch), std::mem::take(&mut self.value_scratch));
        scratch.0.clear();
        scratch.1.clear();
        scratch
    }

    #[inline]
    pub(crate) fn put_scratch(&mut self, scratch: (Vec<u8>, Vec<u8>)) {
        (self.key_scratch, self.value_scratch) = scratch;
    }

    /// Writes a record with the time and headers at hand; the partition follows from `partitioned_by`, a part of the key, as Kafka's default
    /// partitioner has it.
    #[inline]
    pub(crate) fn send(
        &mut self,
        target: Target,
        partitioned_by: Option<&[u8]>,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
    ) -> Result<(), BrokerError> {
        let partition = partitioned_by.map_or(ANY_PARTITION, |bytes| partition_for_key(bytes, target.partitions));
        self.send_to(target, partition, key, value)
    }

    /// Writes a record with the time and headers at hand into a partition.
    #[inline]
    pub(crate) fn send_to(&mut self, target: Target, partition: i32, key: Option<&[u8]>, value: Option<&[u8]>) -> Result<(), BrokerError> {
        self.out.push(target.topic, partition, NewRecord { key, value, timestamp_ms: self.timestamp_ms, offset: 0 });
        if !self.headers.is_empty() {
            for (name, value) in self.headers.iter_bytes() {
                self.out.push_header(name, value);
            }
        }
        self.metrics.records_out += 1;
        self.hand_over_if_large()
    }

    #[inline]
    pub(crate) fn hand_over_if_large(&mut self) -> Result<(), BrokerError> {
        if self.out.size_bytes() > HAND_OVER_BYTES { self.hand_over() } else { Ok(()) }
    }

    /// Gives all results so far to the producer.
    pub(crate) fn hand_over(&mut self) -> Result<(), BrokerError> {
        if !self.out.is_empty() {
            let sent = self.producer.borrow_mut().send(&self.out);
            self.out.clear();
            sent?;
        }
        Ok(())
    }
}
