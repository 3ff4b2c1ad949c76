//! The producer of a test: keeps what is written until the driver takes it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use streams_runtime::Headers;
use streams_runtime::broker::{ANY_PARTITION, BrokerError, Flushed, ProduceBatch, Producer, TopicSlot, check_topic_name};
use streams_runtime::partition::partition_for_key;

use crate::record::{RawRecord, Written};

/// Every topic exists as soon as it is named, with the partitions that were said of it, else with
/// as many as the driver's topics have.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recorder(Arc<Mutex<Log>>);

#[derive(Debug, Default)]
struct Log {
    counts: BTreeMap<String, i32>,
    default_partitions: i32,
    topics: Vec<Topic>,
    written: Vec<Written>,
}

#[derive(Debug)]
struct Topic {
    name: Arc<str>,
    /// The end of each partition.
    ends: Vec<i64>,
    /// Where the next record without a key goes.
    next_any: usize,
}

impl Recorder {
    pub(crate) fn new(default_partitions: i32, counts: BTreeMap<String, i32>) -> Self {
        Recorder(Arc::new(Mutex::new(Log { counts, default_partitions, ..Log::default() })))
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was written since the last call, in order.
    pub(crate) fn take(&self) -> Vec<Written> {
        std::mem::take(&mut self.log().written)
    }
}

impl Producer for Recorder {
    fn topic(&mut self, name: &str) -> Result<TopicSlot, BrokerError> {
        check_topic_name(name)?;
        let mut log = self.log();
        let known = log.topics.iter().position(|topic| *topic.name == *name);
        let place = known.unwrap_or_else(|| {
            let partitions = log.counts.get(name).copied().unwrap_or(log.default_partitions);
            log.topics.push(Topic { name: name.into(), ends: vec![0; usize::try_from(partitions).unwrap_or(0)], next_any: 0 });
            log.topics.len() - 1
        });
        Ok(TopicSlot(place as u32))
    }

    fn partitions(&self, topic: TopicSlot) -> i32 {
        self.log().topics.get(topic.0 as usize).map_or(0, |topic| topic.ends.len() as i32)
    }

    fn send(&mut self, batch: &ProduceBatch) -> Result<(), BrokerError> {
        let mut log = self.log();
        for (slot, partition, record) in batch.iter() {
            let mut headers = Headers::default();
            for header in record.headers.iter() {
                headers.add(&header.name(), header.value);
            }
            let Log { topics, written, .. } = &mut *log;
            let topic = &mut topics[slot.0 as usize];
            let partition = match (partition, record.key) {
                (ANY_PARTITION, Some(key)) => partition_for_key(key, topic.ends.len() as i32),
                (ANY_PARTITION, None) => take_turn(&mut topic.next_any, topic.ends.len()),
                (partition, _) => partition,
            };
            let Some(end) = usize::try_from(partition).ok().and_then(|partition| topic.ends.get_mut(partition)) else {
                return Err(BrokerError::Produce {
                    topic: topic.name.to_string(),
                    partition: Some(partition),
                    reason: format!("the topic has {} partitions", topic.ends.len()),
                    permanent: true,
                });
            };
            *end += 1;
            let record = RawRecord {
                topic: Arc::clone(&topic.name),
                key: record.key.map(<[u8]>::to_vec),
                value: record.value.map(<[u8]>::to_vec),
                timestamp_ms: record.timestamp_ms,
                headers,
            };
            written.push(Written { partition, record });
        }
        Ok(())
    }

    fn poll(&mut self) -> Result<(), BrokerError> {
        Ok(())
    }

    fn flush_step(&mut self) -> Result<Flushed, BrokerError> {
        Ok(Flushed::Done)
    }

    fn acknowledged_end(&self, topic: TopicSlot, partition: i32) -> Option<i64> {
        let log = self.log();
        let ends = &log.topics.get(topic.0 as usize)?.ends;
        ends.get(usize::try_from(partition).ok()?).copied().filter(|&end| end > 0)
    }
}

/// The partition whose turn it is, for records without a key.
pub(crate) fn take_turn(next: &mut usize, partitions: usize) -> i32 {
    let chosen = *next;
    *next = if chosen + 1 < partitions { chosen + 1 } else { 0 };
    chosen as i32
}
