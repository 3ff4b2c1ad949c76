//! The seam between the runtime and a log: everything the runtime asks of Kafka, and nothing else.
//!
//! Two implementations: `kafka` (rdkafka) and [`embedded`] (a log inside the process). Neither has mock semantics.
//!
//! What takes a while is begun by a call and comes as an [`Answer`]; the runtime's own steps never
//! wait for one. Every question has a time limit and is answered with [`BrokerError`] when it is
//! over. The few calls that wait say so and are made by programs around the runtime.

mod answer;
pub mod embedded;
mod error;
#[cfg(feature = "kafka")]
pub mod kafka;
mod refused;
mod topic_name;
mod writer;

pub use answer::Answer;
pub use error::BrokerError;
pub use refused::{RefusedRecord, ResultOrigin};
pub use topic_name::check_topic_name;
pub use writer::{Acknowledged, Writer};

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::record::{NewRecord, RecordBatch, RecordRef};

/// A partition of a topic.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TopicPartition {
    /// Topic name.
    pub topic: Arc<str>,
    /// Partition number, from 0.
    pub partition: i32,
}

impl TopicPartition {
    /// Partition `partition` of `topic`.
    pub fn new(topic: impl Into<Arc<str>>, partition: i32) -> Self {
        TopicPartition { topic: topic.into(), partition }
    }
}

impl fmt::Display for TopicPartition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.topic, self.partition)
    }
}

/// A topic as the broker knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicInfo {
    /// Its name.
    pub name: Arc<str>,
    /// How many partitions it has.
    pub partitions: i32,
}

/// A topic to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTopic {
    /// Its name.
    pub name: String,
    /// How many partitions it gets.
    pub partitions: i32,
    /// Copies of each partition; `-1` leaves it to the broker's default.
    pub replication: i16,
    /// Topic settings by Kafka's names, such as `cleanup.policy` = `compact`.
    pub config: BTreeMap<String, String>,
}

/// Which end of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffsetAt {
    /// The first offset that is still there.
    Earliest,
    /// The offset that the next record will get (under `read_committed`: the end of what is decided).
    Latest,
    /// The first offset whose timestamp is at least this many milliseconds after the Unix epoch; the end if there is none.
    Timestamp(i64),
}

/// Whether records of open or aborted transactions are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Isolation {
    /// All records.
    #[default]
    ReadUncommitted,
    /// Only decided ones.
    ReadCommitted,
}

/// How to join a consumer group.
#[derive(Clone, Debug)]
pub struct GroupConfig {
    /// `group.id`; the application id.
    pub group: String,
    /// Topics to subscribe to. Only the owner of a partition of these is decided; nothing is fetched by the member.
    pub topics: Vec<String>,
    /// `group.instance.id`, for static membership.
    pub instance: Option<String>,
    /// `client.id`.
    pub client_id: String,
    /// A member that is not heard of for so long is thrown out.
    pub session_timeout: Duration,
}

/// How to read.
#[derive(Clone, Debug)]
pub struct ConsumerConfig {
    /// `client.id`.
    pub client_id: String,
    /// Which records are seen.
    pub isolation: Isolation,
    /// How much is fetched ahead per partition.
    pub fetch_ahead_bytes: usize,
}

/// How to write. Writes are idempotent and acknowledged by all in-sync replicas.
#[derive(Clone, Debug)]
pub struct ProducerConfig {
    /// `client.id`.
    pub client_id: String,
    /// How long a batch is held back to grow.
    pub linger: Duration,
    /// The largest batch.
    pub batch_bytes: usize,
    /// How much may wait in the client. What is sent beyond that is kept beside it
    /// ([`Producer::has_room`]).
    pub buffer_bytes: usize,
    /// A record that is not acknowledged by then has failed.
    pub delivery_timeout: Duration,
}

/// A log: Kafka, or the embedded one. Shared by all threads of the application.
pub trait Broker: Send + Sync + fmt::Debug {
    /// Where it is, for messages: `localhost:9092`, or a directory.
    fn address(&self) -> String;

    /// The named topics; `None` where there is no such topic.
    fn topics(&self, names: &[&str]) -> Answer<Vec<Option<TopicInfo>>>;

    /// All topics, for sources that are a pattern.
    fn all_topics(&self) -> Answer<Vec<TopicInfo>>;

    /// Makes a topic; [`BrokerError::TopicExists`] if it is there. Returns when the topic can be written.
    fn create_topic(&self, topic: &NewTopic) -> Answer<()>;

    /// The settings of a topic by Kafka's names, defaults included.
    fn topic_config(&self, topic: &str) -> Answer<BTreeMap<String, String>>;

    /// One offset per partition asked for, in that order.
    fn offsets(&self, partitions: &[TopicPartition], at: OffsetAt, isolation: Isolation) -> Answer<Vec<i64>>;

    /// Deletes all records before these offsets (processed records of repartition topics).
    fn delete_records(&self, before: &[(TopicPartition, i64)]) -> Answer<()>;

    /// Joins a group. Assignments arrive through [`GroupMember::poll`].
    fn join_group(&self, config: &GroupConfig) -> Result<Arc<dyn GroupMember>, BrokerError>;

    /// A reader that takes part in no group.
    fn consumer(&self, config: &ConsumerConfig) -> Result<Box<dyn Consumer>, BrokerError>;

    /// A writer of many records, for the results of tasks.
    fn producer(&self, config: &ProducerConfig) -> Result<Box<dyn Producer>, BrokerError>;

    /// A writer that says of each record what became of it, for programs around an application.
    fn writer(&self, config: &ProducerConfig) -> Result<Box<dyn Writer>, BrokerError>;
}

impl From<embedded::EmbeddedLog> for Arc<dyn Broker> {
    fn from(log: embedded::EmbeddedLog) -> Self {
        Arc::new(log)
    }
}

impl From<&embedded::EmbeddedLog> for Arc<dyn Broker> {
    fn from(log: &embedded::EmbeddedLog) -> Self {
        Arc::new(log.clone())
    }
}

#[cfg(feature = "kafka")]
impl From<kafka::KafkaBroker> for Arc<dyn Broker> {
    fn from(broker: kafka::KafkaBroker) -> Self {
        Arc::new(broker)
    }
}

#[cfg(feature = "kafka")]
impl From<&kafka::KafkaBroker> for Arc<dyn Broker> {
    fn from(broker: &kafka::KafkaBroker) -> Self {
        Arc::new(broker.clone())
    }
}

/// What happens to a member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupEvent {
    /// These partitions belong to the member from now on, besides those it has. None at all if the group has nothing for a member
    /// that has nothing.
    Assigned(Vec<TopicPartition>),
    /// These partitions are asked back. They stay the member's until [`GroupMember::acknowledge_revoked`], so that it can commit.
    Revoked(Vec<TopicPartition>),
    /// These partitions are gone (the member was thrown out): they must not be committed.
    Lost(Vec<TopicPartition>),
}

/// An offset to be committed: the next record to process, and a text kept with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitOffset {
    /// Partition.
    pub partition: TopicPartition,
    /// The next offset to be read.
    pub offset: i64,
    /// Kept by the group with the offset.
    pub metadata: String,
}

/// Membership in a consumer group that decides who runs what. Fetches no records.
///
/// [`poll`](GroupMember::poll) is called by one thread again and again, at least every few seconds; the other methods by any thread.
pub trait GroupMember: Send + Sync {
    /// The next event; waits up to `timeout` for it, not at all if that is zero. Also keeps the
    /// membership alive.
    fn poll(&self, timeout: Duration) -> Result<Option<GroupEvent>, BrokerError>;

    /// Gives back what the last [`GroupEvent::Revoked`] asked for (or confirms a `Lost`). Without it the group waits.
    fn acknowledge_revoked(&self, partitions: &[TopicPartition]) -> Result<(), BrokerError>;

    /// The group's committed offsets, `None` where nothing was committed. Partitions of any topic may be asked for.
    fn committed(&self, partitions: &[TopicPartition]) -> Answer<Vec<Option<CommitOffset>>>;

    /// Commits offsets in the member's present generation. The answer is there when the group has
    /// them. Partitions of any topic may be committed. While the group rebalances the answer is an
    /// error that is [retriable](BrokerError::is_retriable): what the member owns stays its own,
    /// and the next generation will do.
    fn commit(&self, offsets: &[CommitOffset]) -> Answer<()>;

    /// Subscribes to other topics (a pattern matched a new one).
    fn subscribe(&self, topics: &[String]) -> Result<(), BrokerError>;

    /// Leaves at once, so that others need not wait for the session timeout. The answer is there
    /// when the group has been told; until then [`poll`](GroupMember::poll) has to be called as
    /// before.
    fn leave(&self) -> Answer<()>;

    /// The `client.id` of each member that the group has now, this one included.
    fn members(&self) -> Answer<Vec<String>>;

    /// Has `waker` called when [`poll`](GroupMember::poll) may have something.
    fn wake(&self, waker: Waker);
}

/// A partition assigned to a [`Consumer`]: valid until it is unassigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartitionSlot(pub u32);

/// Reads partitions from offsets of its own choice. Used by one thread.
pub trait Consumer: Send {
    /// Starts to read a partition at an absolute offset. Records come in order, each once. Never
    /// waits: that there is no such partition is said by [`fetch`](Consumer::fetch), for as long as
    /// there is none.
    fn assign(&mut self, partition: &TopicPartition, offset: i64) -> Result<PartitionSlot, BrokerError>;

    /// Stops reading it.
    fn unassign(&mut self, slot: PartitionSlot) -> Result<(), BrokerError>;

    /// Appends up to `max_records` records that are there already to `into` and returns how many. Never waits.
    ///
    /// # Errors
    /// [`BrokerError::OffsetOutOfRange`] when records were deleted before they were read;
    /// [`BrokerError::UnknownTopic`] and [`BrokerError::UnknownPartition`] while there is no such
    /// partition (reading goes on when it is there); retriable errors when the broker is away (the
    /// client reconnects by itself, and reading goes on).
    fn fetch(&mut self, slot: PartitionSlot, max_records: usize, into: &mut RecordBatch) -> Result<usize, BrokerError>;

    /// The offset of the next record that [`fetch`](Consumer::fetch) will look at. It passes over transaction markers and compacted
    /// records, so a partition has been read to the end when `position >= end`.
    fn position(&self, slot: PartitionSlot) -> i64;

    /// The end of the partition as the last fetch saw it, `None` before the first one. No request
    /// is made. Under `read_committed` it is the end of what is decided as soon as the reader is
    /// there.
    fn known_end(&self, slot: PartitionSlot) -> Option<i64>;

    /// Waits until some partition may have records, until the waker is used, or until the time is up.
    fn wait(&mut self, timeout: Duration);

    /// Ends a [`wait`](Consumer::wait) from another thread; kept for the next one if none is going on.
    fn waker(&self) -> Waker;
}

/// Wakes a thread that waits, for instance in [`Consumer::wait`].
#[derive(Clone)]
pub struct Waker(Arc<dyn Fn() + Send + Sync>);

struct Forward(Waker);

impl std::task::Wake for Forward {
    fn wake(self: Arc<Self>) {
        self.0.wake();
    }
}

impl Waker {
    /// A waker that calls `wake`.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Waker(Arc::new(wake))
    }

    /// Wakes the thread.
    pub fn wake(&self) {
        (self.0)();
    }

    /// The same for an [`Answer`].
    pub fn task(&self) -> std::task::Waker {
        Arc::new(Forward(self.clone())).into()
    }
}

impl fmt::Debug for Waker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waker")
    }
}

/// A topic known to a [`Producer`]: valid as long as that producer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TopicSlot(pub u32);

/// Any partition: the producer spreads such records (null keys) itself.
pub const ANY_PARTITION: i32 = -1;

/// Records on their way out, each with its destination.
#[derive(Clone, Debug, Default)]
pub struct ProduceBatch {
    records: RecordBatch,
    to: Vec<(TopicSlot, i32)>,
    /// As long as the last record that has one; empty where no handler is asked about results.
    origins: Vec<Option<ResultOrigin>>,
}

impl ProduceBatch {
    /// Appends a record for `partition` (or [`ANY_PARTITION`]) of `topic`.
    pub fn push(&mut self, topic: TopicSlot, partition: i32, record: NewRecord<'_>) {
        self.records.push(record);
        self.to.push((topic, partition));
    }

    /// Adds a header to the record pushed last.
    pub fn push_header(&mut self, name: &[u8], value: Option<&[u8]>) {
        self.records.push_header(name, value);
    }

    /// Says where the record pushed last comes from: if it is refused for what it is, a handler will be asked about it.
    pub fn set_origin(&mut self, origin: ResultOrigin) {
        self.origins.resize(self.to.len(), None);
        if let Some(last) = self.origins.last_mut() {
            *last = Some(origin);
        }
    }

    /// Where the record at an index comes from, if a handler is to be asked about it.
    #[inline]
    pub fn origin(&self, index: usize) -> Option<&ResultOrigin> {
        self.origins.get(index).and_then(Option::as_ref)
    }

    /// Number of records.
    pub fn len(&self) -> usize {
        self.to.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.to.is_empty()
    }

    /// Bytes of all records.
    pub fn size_bytes(&self) -> usize {
        self.records.size_bytes()
    }

    /// Appends the records of another batch from an index on, each with its destination and origin.
    #[cfg(feature = "kafka")]
    pub(crate) fn append(&mut self, other: &ProduceBatch, from: usize) {
        for (index, (topic, partition, record)) in other.iter().enumerate().skip(from) {
            self.records.push_ref(record);
            self.to.push((topic, partition));
            if let Some(origin) = other.origin(index) {
                self.set_origin(origin.clone());
            }
        }
    }

    /// The record at an index: topic, partition, record.
    #[cfg(feature = "kafka")]
    pub(crate) fn get(&self, index: usize) -> Option<(TopicSlot, i32, RecordRef<'_>)> {
        let (topic, partition) = *self.to.get(index)?;
        Some((topic, partition, self.records.get(index)?))
    }

    /// Removes all records and keeps the memory.
    pub fn clear(&mut self) {
        self.records.clear();
        self.to.clear();
        self.origins.clear();
    }

    /// All records in order: topic, partition, record.
    pub fn iter(&self) -> impl Iterator<Item = (TopicSlot, i32, RecordRef<'_>)> {
        self.to.iter().zip(self.records.iter()).map(|(&(topic, partition), record)| (topic, partition, record))
    }
}

/// Whether everything that was sent is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flushed {
    /// It is.
    Done,
    /// Acknowledgements are still to come.
    Waiting,
}

/// Writes records. Used by one thread.
pub trait Producer: Send {
    /// Makes a topic known whose partitions the caller knows, or says how many it has by now. Asks
    /// nobody.
    fn declare(&mut self, name: &str, partitions: i32) -> Result<TopicSlot, BrokerError> {
        let _ = partitions;
        self.topic(name)
    }

    /// Makes a topic known. If it was not [declared](Producer::declare) the broker is asked for its
    /// partitions the first time, and waited for: only topics whose names are computed come here
    /// so.
    fn topic(&mut self, name: &str) -> Result<TopicSlot, BrokerError>;

    /// How many partitions it has.
    fn partitions(&self, topic: TopicSlot) -> i32;

    /// Takes all records of the batch. Never waits: what the client's buffer has no room for is
    /// kept beside it, and follows in the same order ([`has_room`](Producer::has_room)).
    ///
    /// An error about a record sent earlier may come here or later. No error is a record with a
    /// [`ResultOrigin`] that is refused for what it is: [`take_refused`](Producer::take_refused)
    /// gives it.
    ///
    /// A record is at fault alone. Where a log refuses several records for one of them, the others are written all the same, in an order that
    /// keeps the last record of each key the last.
    fn send(&mut self, batch: &ProduceBatch) -> Result<(), BrokerError>;

    /// Whether the client's buffer has room. Without it the caller is to make no more records for
    /// now; the waker is called when there is room again.
    fn has_room(&self) -> bool {
        true
    }

    /// Whether all that was sent is acknowledged, or has failed. Sends nothing.
    fn is_settled(&self) -> bool {
        true
    }

    /// Serves acknowledgements without waiting; call it now and then.
    fn poll(&mut self) -> Result<(), BrokerError>;

    /// Has what was sent leave at once instead of being held back to grow, serves acknowledgements,
    /// and says whether all of it is acknowledged. To be called again until it is. Waits for a
    /// millisecond at most.
    ///
    /// # Errors
    /// The first record that has failed.
    fn flush_step(&mut self) -> Result<Flushed, BrokerError>;

    /// Waits until everything sent so far is acknowledged: for programs and tests.
    ///
    /// # Errors
    /// The first record that has failed; [`BrokerError::TimedOut`].
    fn flush(&mut self, timeout: Duration) -> Result<(), BrokerError> {
        let begun = Instant::now();
        while self.flush_step()? == Flushed::Waiting {
            if begun.elapsed() >= timeout {
                let after_ms = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
                let what = "the acknowledgement of what was sent".to_owned();
                return Err(BrokerError::TimedOut { what, after_ms, address: "the producer".to_owned() });
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// Forgets what is not acknowledged: the tasks that sent it belong to others by now. What is on
    /// the network may still arrive. No error about it follows. A producer whose records are
    /// written at once has nothing to forget.
    fn purge(&mut self) {}

    /// Has `waker` called when acknowledgements or room may have come. A producer whose records are
    /// written at once need not.
    fn wake(&mut self, waker: Waker) {
        let _ = waker;
    }

    /// Takes the next record out that was sent with a [`ResultOrigin`] and was refused for what it is. A producer that leaves this out has
    /// errors instead, with which the application stops.
    fn take_refused(&mut self) -> Option<RefusedRecord> {
        None
    }

    /// The offset after the last acknowledged record of this partition written by this producer, if any: for checkpoints of changelogs.
    fn acknowledged_end(&self, topic: TopicSlot, partition: i32) -> Option<i64>;
}
