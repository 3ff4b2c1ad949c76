//! Writing records.

use std::collections::VecDeque;
use std::sync::Arc;

use super::EmbeddedLog;
use super::encoding;
use super::log::PartitionLog;
use super::topic::Topic;
use crate::broker::{ANY_PARTITION, BrokerError, Flushed, ProduceBatch, Producer, RefusedRecord, ResultOrigin, TopicPartition, TopicSlot};
use crate::partition::partition_for_key;
use crate::produce_error::ProduceErrorKind;
use crate::record::RecordRef;

/// A topic this producer knows.
struct Target {
    topic: Arc<Topic>,
    /// As many as this producer was told that there are.
    partitions: Vec<Destination>,
    /// Where the next record without key goes.
    next_any: usize,
}

#[derive(Clone, Default)]
struct Destination {
    /// Records of the batch being sent, by their place in it.
    pending: Vec<u32>,
    /// End after the last record written.
    written: Option<i64>,
    acknowledged: Option<i64>,
}

pub(super) struct EmbeddedProducer {
    log: EmbeddedLog,
    targets: Vec<Target>,
    /// Destinations with something pending, in the order of their first record.
    touched: Vec<(u32, u32)>,
    refused: VecDeque<RefusedRecord>,
}

/// Why a record is refused.
pub(super) type Refusal = (ProduceErrorKind, BrokerError);

/// Whether the topic takes a record: its size, as Kafka counts it near enough, and its key.
pub(super) fn check_record(topic: &Topic, partition: i32, record: &RecordRef<'_>) -> Result<(), Refusal> {
    let bytes = encoding::encoded_bytes(record);
    let (kind, reason) = if bytes > topic.max_message_bytes {
        let limit = topic.max_message_bytes;
        (ProduceErrorKind::TooLarge, format!("a record of {bytes} bytes is larger than the topic's max.message.bytes = {limit}"))
    } else if topic.compacts && record.key.is_none() {
        (ProduceErrorKind::Refused, "a record of a compacted topic needs a key, and this one is null".to_owned())
    } else {
        return Ok(());
    };
    Err((kind, BrokerError::Produce { topic: topic.name.to_string(), partition: Some(partition), reason, permanent: true }))
}

impl Target {
    fn new(topic: Arc<Topic>) -> Self {
        let partitions = vec![Destination::default(); topic.partitions.len()];
        Target { topic, partitions, next_any: 0 }
    }

    /// Goes on with a topic of the same name: the same one grown, or another one, of which nothing
    /// was written yet.
    fn renew(&mut self, topic: Arc<Topic>) {
        let is_same = |(a, b): (&Arc<PartitionLog>, &Arc<PartitionLog>)| Arc::ptr_eq(a, b);
        if self.topic.partitions.first().zip(topic.partitions.first()).is_some_and(is_same) {
            self.partitions.resize(topic.partitions.len(), Destination::default());
            self.topic = topic;
        } else {
            *self = Target::new(topic);
        }
    }

    fn choose(&mut self, partition: i32, record: &RecordRef<'_>) -> Result<usize, BrokerError> {
        if partition != ANY_PARTITION {
            let known = usize::try_from(partition).ok().filter(|p| *p < self.partitions.len());
            let unknown = || BrokerError::UnknownPartition { partition: TopicPartition::new(self.topic.name.clone(), partition) };
            return known.ok_or_else(unknown);
        }
        if let Some(key) = record.key {
            return Ok(partition_for_key(key, self.partitions.len() as i32) as usize);
        }
        let chosen = self.next_any;
        self.next_any = (chosen + 1) % self.partitions.len();
        Ok(chosen)
    }
}

#[cold]
fn refused(topic: &Topic, partition: i32, record: &RecordRef<'_>, origin: &ResultOrigin, (kind, error): Refusal) -> RefusedRecord {
    let chosen = match &error {
        BrokerError::Produce { partition, .. } => *partition,
        _ => (partition != ANY_PARTITION).then_some(partition),
    };
    RefusedRecord {
        origin: origin.clone(),
        topic: topic.name.to_string(),
        partition: chosen,
        key: record.key.map(<[u8]>::to_vec),
        value: record.value.map(<[u8]>::to_vec),
        headers: record.headers.into(),
        timestamp_ms: record.timestamp_ms,
        kind,
        error,
    }
}

impl EmbeddedProducer {
    pub(super) fn new(log: EmbeddedLog) -> Self {
        EmbeddedProducer { log, targets: Vec::new(), touched: Vec::new(), refused: VecDeque::new() }
    }

    /// Sorts the records by destination and finds every mistake before anything is written.
    fn distribute(&mut self, batch: &ProduceBatch) -> Result<(), BrokerError> {
        for (index, (slot, partition, record)) in batch.iter().enumerate() {
            let target = self.targets.get_mut(slot.0 as usize).ok_or_else(|| BrokerError::Other {
                what: "writing records".to_owned(),
                reason: format!("topic slot {} is not known to this producer", slot.0),
                fatal: false,
            })?;
            let chosen = target.choose(partition, &record).map_err(|error| (ProduceErrorKind::Partition, error));
            let chosen = chosen.and_then(|chosen| check_record(&target.topic, chosen as i32, &record).map(|()| chosen));
            let partition = match (chosen, batch.origin(index)) {
                (Ok(partition), _) => partition,
                (Err(refusal), Some(origin)) => {
                    let refused = refused(&target.topic, partition, &record, origin, refusal);
                    self.refused.push_back(refused);
                    continue;
                }
                (Err((_, error)), None) => return Err(error),
            };
            let destination = &mut target.partitions[partition];
            if destination.pending.is_empty() {
                self.touched.push((slot.0, partition as u32));
            }
            destination.pending.push(index as u32);
        }
        Ok(())
    }

    fn write(&mut self, batch: &ProduceBatch) -> Result<(), BrokerError> {
        for &(slot, partition) in &self.touched {
            let target = &mut self.targets[slot as usize];
            let log = &target.topic.partitions[partition as usize];
            let destination = &mut target.partitions[partition as usize];
            let records = destination.pending.iter().filter_map(|&i| batch.records.get(i as usize));
            let end = log.append(records, self.log.stamp_ms(&target.topic))?;
            destination.written = Some(end);
            if log.is_durable_to(end) {
                destination.acknowledged = Some(end);
            }
        }
        Ok(())
    }
}

impl Producer for EmbeddedProducer {
    /// The log is asked: it knows how many there are by now.
    fn declare(&mut self, name: &str, _partitions: i32) -> Result<TopicSlot, BrokerError> {
        let slot = self.topic(name)?;
        let topic = self.log.topic(name)?;
        self.targets[slot.0 as usize].renew(topic);
        Ok(slot)
    }

    fn topic(&mut self, name: &str) -> Result<TopicSlot, BrokerError> {
        if let Some(known) = self.targets.iter().position(|t| &*t.topic.name == name) {
            let target = &mut self.targets[known];
            if target.topic.is_deleted() {
                target.renew(self.log.topic_or_create(name)?);
            }
            return Ok(TopicSlot(known as u32));
        }
        let topic = self.log.topic_or_create(name)?;
        self.targets.push(Target::new(topic));
        Ok(TopicSlot(self.targets.len() as u32 - 1))
    }

    fn partitions(&self, topic: TopicSlot) -> i32 {
        self.targets.get(topic.0 as usize).map_or(0, |t| t.partitions.len() as i32)
    }

    fn send(&mut self, batch: &ProduceBatch) -> Result<(), BrokerError> {
        let result = match self.distribute(batch) {
            Ok(()) => self.write(batch),
            Err(error) => Err(error),
        };
        for &(slot, partition) in &self.touched {
            self.targets[slot as usize].partitions[partition as usize].pending.clear();
        }
        self.touched.clear();
        result
    }

    fn poll(&mut self) -> Result<(), BrokerError> {
        // Under a policy with an interval, time alone makes a sync due.
        if self.log.syncs_at_intervals() {
            return self.log.flush();
        }
        Ok(())
    }

    fn flush_step(&mut self) -> Result<Flushed, BrokerError> {
        if self.log.syncs_at_intervals() {
            self.log.flush()?;
        }
        for target in &mut self.targets {
            for (log, destination) in target.topic.partitions.iter().zip(&mut target.partitions) {
                if destination.written > destination.acknowledged {
                    log.flush()?;
                    destination.acknowledged = destination.written;
                }
            }
        }
        Ok(Flushed::Done)
    }

    fn take_refused(&mut self) -> Option<RefusedRecord> {
        self.refused.pop_front()
    }

    fn acknowledged_end(&self, topic: TopicSlot, partition: i32) -> Option<i64> {
        self.targets.get(topic.0 as usize)?.partitions.get(usize::try_from(partition).ok()?)?.acknowledged
    }
}
