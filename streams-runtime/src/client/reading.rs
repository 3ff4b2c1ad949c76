//! The thread that reads for a reader: the broker's calls block, and async code does not wait for them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::error::ReadError;
use crate::broker::{Broker, BrokerError, Consumer, ConsumerConfig, Isolation, OffsetAt, PartitionSlot, TopicPartition, Waker};
use crate::record::RecordBatch;

/// Records handed over at a time.
const BATCH_RECORDS: usize = 1_000;
/// Batches that wait for the reader.
const BATCHES: usize = 4;
/// The longest wait for records before the thread looks whether the reader is still there.
const WAIT: Duration = Duration::from_millis(200);

/// Where reading begins.
#[derive(Clone, Copy, Debug)]
pub(super) enum Start {
    At(OffsetAt),
    Offset { partition: i32, offset: i64 },
}

/// What to read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) start: Start,
    pub(super) partition: Option<i32>,
    pub(super) until_end: bool,
    pub(super) isolation: Isolation,
}

impl Default for Plan {
    fn default() -> Self {
        Plan { start: Start::At(OffsetAt::Earliest), partition: None, until_end: false, isolation: Isolation::ReadCommitted }
    }
}

/// Records of one partition.
pub(super) struct Batch {
    pub(super) partition: i32,
    pub(super) records: RecordBatch,
}

type Batches = mpsc::Receiver<Result<Batch, ReadError>>;

/// Opens a topic on a thread of its own, and returns when what is written from then on is seen.
pub(super) async fn open(broker: Arc<dyn Broker>, topic: Arc<str>, plan: Plan) -> Result<(Batches, Waker), ReadError> {
    let (batches, receiver) = mpsc::channel(BATCHES);
    let (opened, is_open) = oneshot::channel();
    let closed = {
        let topic = topic.to_string();
        move |reason| ReadError::Closed { topic, reason }
    };
    let thread = std::thread::Builder::new().name(format!("reader-{topic}"));
    let spawned = thread.spawn(move || match Reading::open(&*broker, &topic, plan) {
        Ok(mut reading) => {
            if opened.send(Ok(reading.consumer.waker())).is_ok() {
                reading.run(&batches);
            }
        }
        Err(error) => {
            if let Err(Err(error)) = opened.send(Err(error)) {
                tracing::debug!(%error, "a topic cannot be read, and nobody waits for it any more");
            }
        }
    });
    spawned.map_err(|error| closed.clone()(error.to_string()))?;
    let waker = is_open.await.map_err(|_| closed("its thread has ended".to_owned()))??;
    Ok((receiver, waker))
}

/// A partition that is being read.
struct Partition {
    id: TopicPartition,
    slot: PartitionSlot,
    /// Where reading ends, if it does.
    end: Option<i64>,
}

struct Reading {
    consumer: Box<dyn Consumer>,
    partitions: Vec<Partition>,
}

impl Reading {
    fn open(broker: &dyn Broker, topic: &str, plan: Plan) -> Result<Self, BrokerError> {
        let found = broker.topics(&[topic]).wait()?.into_iter().next().flatten();
        let count = found.ok_or_else(|| BrokerError::UnknownTopic { topic: topic.to_owned() })?.partitions;
        let one = match plan.start {
            Start::Offset { partition, .. } => Some(partition),
            Start::At(_) => plan.partition,
        };
        if let Some(partition) = one.filter(|partition| !(0..count).contains(partition)) {
            return Err(BrokerError::UnknownPartition { partition: TopicPartition::new(topic, partition) });
        }
        let name: Arc<str> = Arc::from(topic);
        let ids: Vec<TopicPartition> = match one {
            Some(partition) => vec![TopicPartition::new(name, partition)],
            None => (0..count).map(|partition| TopicPartition::new(Arc::clone(&name), partition)).collect(),
        };
        let starts = match plan.start {
            Start::At(at) => broker.offsets(&ids, at, plan.isolation).wait()?,
            Start::Offset { offset, .. } => vec![offset],
        };
        let ends = match plan.until_end {
            true => broker.offsets(&ids, OffsetAt::Latest, plan.isolation).wait()?.into_iter().map(Some).collect(),
            false => vec![None; ids.len()],
        };
        let mut consumer = broker.consumer(&ConsumerConfig {
            client_id: "streams-reader".to_owned(),
            isolation: plan.isolation,
            fetch_ahead_bytes: 4 * 1024 * 1024,
        })?;
        let mut partitions = Vec::new();
        for ((id, start), end) in ids.into_iter().zip(starts).zip(ends) {
            if end.is_some_and(|end| start >= end) {
                continue;
            }
            let slot = consumer.assign(&id, start)?;
            partitions.push(Partition { id, slot, end });
        }
        Ok(Reading { consumer, partitions })
    }

    /// Reads until the end, until nobody wants more, or until something fails.
    fn run(&mut self, batches: &mpsc::Sender<Result<Batch, ReadError>>) {
        while !self.partitions.is_empty() && !batches.is_closed() {
            match self.round(batches) {
                Ok(true) => {}
                Ok(false) => self.consumer.wait(WAIT),
                Err(error) => {
                    if let Err(unread) = batches.blocking_send(Err(error.into())) {
                        tracing::debug!(error = ?unread.0.err(), "reading failed, and nobody reads any more");
                    }
                    return;
                }
            }
        }
    }

    /// Hands over what is there; whether there was anything.
    fn round(&mut self, batches: &mpsc::Sender<Result<Batch, ReadError>>) -> Result<bool, BrokerError> {
        let mut any = false;
        let mut index = 0;
        while let Some(Partition { id, slot, end }) = self.partitions.get(index) {
            let (slot, end, partition) = (*slot, *end, id.partition);
            let mut records = RecordBatch::default();
            match self.consumer.fetch(slot, BATCH_RECORDS, &mut records) {
                Ok(_) => {}
                Err(error) if error.is_retriable() => {
                    tracing::debug!(%error, partition = %id, "read");
                    index += 1;
                    continue;
                }
                Err(error) => return Err(error),
            }
            let records = match end {
                Some(end) if records.iter().any(|record| record.offset >= end) => before(&records, end),
                _ => records,
            };
            if !records.is_empty() {
                any = true;
                if batches.blocking_send(Ok(Batch { partition, records })).is_err() {
                    // Nobody reads any more.
                    self.partitions.clear();
                    return Ok(true);
                }
            }
            if end.is_some_and(|end| self.consumer.position(slot) >= end) {
                self.consumer.unassign(slot)?;
                self.partitions.remove(index);
                any = true;
            } else {
                index += 1;
            }
        }
        Ok(any)
    }
}

/// The records before an offset.
fn before(records: &RecordBatch, end: i64) -> RecordBatch {
    let mut kept = RecordBatch::default();
    records.iter().filter(|record| record.offset < end).for_each(|record| kept.push_ref(record));
    kept
}
