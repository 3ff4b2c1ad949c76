//! A typed reader.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::error::ReadError;
use super::formats::Formats;
use super::reading::{self, Batch, Plan, Start};
use super::topic::{IntoTopic, TopicName};
use crate::broker::{Broker, Isolation, OffsetAt, Waker};
use crate::headers::Headers;
use crate::record::{RecordBatch, RecordRef};

/// A record that was read from a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConsumerRecord<K, V> {
    /// Its key.
    pub key: K,
    /// Its value.
    pub value: V,
    /// Its time, in milliseconds since the Unix epoch.
    pub timestamp_ms: i64,
    /// Its headers.
    pub headers: Headers,
    /// Its partition.
    pub partition: i32,
    /// Its offset in the partition.
    pub offset: i64,
}

/// What is to be read of a topic, for tests and tools: made by [`App::reader`](crate::App::reader) or [`Reader::builder`]. It belongs to
/// no group and commits nothing. Records of aborted and of open transactions are left out.
///
/// ```
/// # use streams_runtime::broker::embedded::EmbeddedLog;
/// use streams_runtime::{Producer, Reader};
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), streams_runtime::Error> {
/// # let log = EmbeddedLog::in_memory();
/// # log.create_topic("lines", 1)?;
/// Producer::<(), str>::new(&log, "lines").send_all([((), "to be"), ((), "or not")]).await?;
///
/// // Everything that is there:
/// let lines = Reader::<(), String>::builder(&log, "lines").to_end().await?;
/// assert_eq!(lines[1].value, "or not");
///
/// // What comes, one after the other:
/// let mut reader = Reader::<(), String>::builder(&log, "lines").from_offset(0, 1).open().await?;
/// if let Some(line) = reader.next().await? {
///     assert_eq!((line.value.as_str(), line.partition, line.offset), ("or not", 0, 1));
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is read before `.open().await` or `.to_end().await`"]
pub struct ReaderBuilder<K, V> {
    broker: Arc<dyn Broker>,
    topic: TopicName<K, V>,
    plan: Plan,
}

impl<K, V> fmt::Debug for ReaderBuilder<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReaderBuilder").field(&self.topic).finish()
    }
}

impl<K: Clone + 'static, V: Clone + 'static> ReaderBuilder<K, V> {
    pub(crate) fn new(broker: Arc<dyn Broker>, topic: impl IntoTopic<K, V>) -> Self {
        ReaderBuilder { broker, topic: topic.into_topic(), plan: Plan::default() }
    }

    /// From the first records that are still there on. This is the default.
    pub fn from_earliest(mut self) -> Self {
        self.plan.start = Start::At(OffsetAt::Earliest);
        self
    }

    /// Only records that are written after [`open`](Self::open) has returned.
    pub fn from_latest(mut self) -> Self {
        self.plan.start = Start::At(OffsetAt::Latest);
        self
    }

    /// From the first record of each partition on whose time is at least this, in milliseconds since the Unix epoch.
    pub fn from_timestamp_ms(mut self, timestamp_ms: i64) -> Self {
        self.plan.start = Start::At(OffsetAt::Timestamp(timestamp_ms));
        self
    }

    /// One partition, from this offset on.
    pub fn from_offset(mut self, partition: i32, offset: i64) -> Self {
        self.plan.start = Start::Offset { partition, offset };
        self
    }

    /// One partition instead of all.
    pub fn partition(mut self, partition: i32) -> Self {
        self.plan.partition = Some(partition);
        self
    }

    /// Ends at the end of each partition as it is when the reader opens. Without this a reader waits for new records.
    pub fn until_end(mut self) -> Self {
        self.plan.until_end = true;
        self
    }

    /// Records of aborted and of open transactions as well.
    pub fn read_uncommitted(mut self) -> Self {
        self.plan.isolation = Isolation::ReadUncommitted;
        self
    }

    /// Opens the topic. What is written from now on is seen.
    ///
    /// # Errors
    /// [`ReadError`] when the broker cannot be reached, or has no such topic or partition.
    pub async fn open(self) -> Result<Reader<K, V>, ReadError> {
        let formats = self.topic.formats();
        let topic: Arc<str> = Arc::from(self.topic.name());
        let (batches, waker) = reading::open(self.broker, Arc::clone(&topic), self.plan).await?;
        let current = Batch { partition: 0, records: RecordBatch::default() };
        Ok(Reader { topic, formats, batches: Some(batches), current, next: 0, waker })
    }

    /// Reads what is there, to the end of each partition as it is now. The records of one partition are in the order of their offsets;
    /// among the partitions the one whose next record has the lowest time comes first.
    ///
    /// # Errors
    /// As [`open`](Self::open), and when a record cannot be decoded.
    pub async fn to_end(self) -> Result<Vec<ConsumerRecord<K, V>>, ReadError> {
        let mut reader = self.until_end().open().await?;
        let mut partitions: Vec<(i32, Vec<ConsumerRecord<K, V>>)> = Vec::new();
        while let Some(record) = reader.next().await? {
            match partitions.iter_mut().find(|(partition, _)| *partition == record.partition) {
                Some((_, records)) => records.push(record),
                None => partitions.push((record.partition, vec![record])),
            }
        }
        partitions.sort_by_key(|(partition, _)| *partition);
        Ok(in_order_of_time(partitions.into_iter().map(|(_, records)| records)))
    }
}

impl<K: Ord + Clone + 'static, V: Clone + 'static> ReaderBuilder<K, Option<V>> {
    /// Reads the changes of a table that are there, to the end as it is now: the last value of each key. A null deletes a row.
    ///
    /// # Errors
    /// As [`to_end`](Self::to_end).
    pub async fn to_table(self) -> Result<BTreeMap<K, V>, ReadError> {
        let mut table = BTreeMap::new();
        let mut reader = self.until_end().open().await?;
        while let Some(record) = reader.next().await? {
            match record.value {
                Some(value) => table.insert(record.key, value),
                None => table.remove(&record.key),
            };
        }
        Ok(table)
    }
}

/// Merges partitions: always the one whose next record has the lowest time, the first of those.
fn in_order_of_time<K, V>(partitions: impl Iterator<Item = Vec<ConsumerRecord<K, V>>>) -> Vec<ConsumerRecord<K, V>> {
    let mut heads: Vec<_> = partitions.map(|records| records.into_iter().peekable()).collect();
    let mut merged = Vec::new();
    loop {
        let times = heads.iter_mut().enumerate().filter_map(|(index, head)| head.peek().map(|record| (record.timestamp_ms, index)));
        let Some((_, index)) = times.min() else { return merged };
        merged.extend(heads[index].next());
    }
}

/// Reads a topic. Made by [`ReaderBuilder::open`]. When it is dropped its client is closed.
pub struct Reader<K, V> {
    topic: Arc<str>,
    formats: Arc<dyn Formats<K, V>>,
    /// `None` after the end.
    batches: Option<mpsc::Receiver<Result<Batch, ReadError>>>,
    current: Batch,
    /// Place of the next record in the batch at hand.
    next: usize,
    waker: Waker,
}

impl<K, V> fmt::Debug for Reader<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reader").field(&self.topic).finish()
    }
}

impl<K: Clone + 'static, V: Clone + 'static> Reader<K, V> {
    /// What is to be read of a topic on Kafka or on an embedded log, without an application.
    pub fn builder(broker: impl Into<Arc<dyn Broker>>, topic: impl IntoTopic<K, V>) -> ReaderBuilder<K, V> {
        ReaderBuilder::new(broker.into(), topic)
    }

    /// The next record, waited for if there is none yet; `None` after the end of a topic that is read [`until_end`](ReaderBuilder::until_end). Records of one
    /// partition come in the order of their offsets.
    ///
    /// Nothing is lost when the future is dropped, so it can stand in a `select!` or behind a timeout.
    ///
    /// # Errors
    /// When a record is not of the types: the call after that goes on behind it. When the broker deleted what was to be read next, or
    /// reading failed for good: then this is the last.
    pub async fn next(&mut self) -> Result<Option<ConsumerRecord<K, V>>, ReadError> {
        loop {
            if let Some(record) = self.current.records.get(self.next) {
                self.next += 1;
                return decode(&self.topic, &*self.formats, self.current.partition, &record).map(Some);
            }
            let Some(batches) = &mut self.batches else { return Ok(None) };
            match batches.recv().await {
                Some(Ok(batch)) => (self.current, self.next) = (batch, 0),
                Some(Err(error)) => {
                    self.batches = None;
                    return Err(error);
                }
                None => self.batches = None,
            }
        }
    }
}

impl<K, V> Drop for Reader<K, V> {
    fn drop(&mut self) {
        self.batches = None;
        self.waker.wake();
    }
}

fn decode<K: Clone, V: Clone>(
    topic: &Arc<str>,
    formats: &dyn Formats<K, V>,
    partition: i32,
    record: &RecordRef<'_>,
) -> Result<ConsumerRecord<K, V>, ReadError> {
    let failed = |part| {
        let (topic, offset) = (topic.to_string(), record.offset);
        move |source| ReadError::Decode { topic, partition, offset, part, source }
    };
    let nothing = |part| failed(part)(crate::codec::CodecError::Invalid("the format gave no value".to_owned()));
    let (mut key, mut value) = (None, None);
    formats.decode_key(record.key, &mut |decoded| key = Some(decoded.clone())).map_err(failed("key"))?;
    formats.decode_value(record.value, &mut |decoded| value = Some(decoded.clone())).map_err(failed("value"))?;
    let mut headers = Headers::default();
    headers.assign(record.headers);
    Ok(ConsumerRecord {
        key: key.ok_or_else(|| nothing("key"))?,
        value: value.ok_or_else(|| nothing("value"))?,
        timestamp_ms: record.timestamp_ms,
        headers,
        partition,
        offset: record.offset,
    })
}
