//! Topics with several partitions, in memory, and the producer that writes to them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use streams_runtime::broker::{BrokerError, Flushed, ProduceBatch, Producer, TopicSlot};
use streams_runtime::record::{NewRecord, RecordBatch};

/// A record as it lies in a topic.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) key: Option<Vec<u8>>,
    pub(super) value: Option<Vec<u8>>,
    timestamp_ms: i64,
    headers: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

/// All topics; a clone is the same ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Topics(Arc<Mutex<Logs>>);

#[derive(Debug, Default)]
struct Logs {
    names: Vec<Arc<str>>,
    logs: Vec<Vec<Vec<Stored>>>,
    /// Of topics that are known before they are written to.
    partitions: BTreeMap<Arc<str>, usize>,
}

impl Logs {
    fn place(&mut self, name: &str) -> usize {
        if let Some(place) = self.names.iter().position(|known| **known == *name) {
            return place;
        }
        self.names.push(name.into());
        let partitions = self.partitions.get(name).copied().unwrap_or(1);
        self.logs.push(vec![Vec::new(); partitions]);
        self.names.len() - 1
    }
}

impl Topics {
    fn lock(&self) -> MutexGuard<'_, Logs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says how many partitions a topic has; others have one.
    pub(super) fn divide(&self, topic: &str, partitions: usize) {
        self.lock().partitions.insert(topic.into(), partitions);
    }

    pub(super) fn partitions(&self, topic: &str) -> usize {
        let mut logs = self.lock();
        let place = logs.place(topic);
        logs.logs[place].len()
    }

    pub(super) fn end(&self, topic: &str, partition: i32) -> i64 {
        let mut logs = self.lock();
        let place = logs.place(topic);
        logs.logs[place].get(partition as usize).map_or(0, Vec::len) as i64
    }

    pub(super) fn write(&self, topic: &str, partition: usize, record: NewRecord<'_>) {
        let mut batch = RecordBatch::default();
        batch.push(record);
        let mut logs = self.lock();
        let place = logs.place(topic);
        logs.logs[place][partition].extend(batch.iter().map(|record| stored(&record)));
    }

    /// Copies records from an offset on, up to another.
    pub(super) fn read(&self, topic: &str, partition: i32, offsets: std::ops::Range<i64>, batch: &mut RecordBatch) {
        let mut logs = self.lock();
        let place = logs.place(topic);
        let Some(log) = logs.logs[place].get(partition as usize) else { return };
        for (offset, record) in (offsets.start..).zip(log.iter().take(offsets.end as usize).skip(offsets.start as usize)) {
            let (key, value) = (record.key.as_deref(), record.value.as_deref());
            batch.push(NewRecord { key, value, timestamp_ms: record.timestamp_ms, offset });
            for (name, value) in &record.headers {
                batch.push_header(name, value.as_deref());
            }
        }
    }

    /// All records of a topic, partition by partition.
    pub(super) fn all(&self, topic: &str) -> Vec<Stored> {
        let mut logs = self.lock();
        let place = logs.place(topic);
        logs.logs[place].iter().flatten().cloned().collect()
    }
}

fn stored(record: &streams_runtime::record::RecordRef<'_>) -> Stored {
    Stored {
        key: record.key.map(<[u8]>::to_vec),
        value: record.value.map(<[u8]>::to_vec),
        timestamp_ms: record.timestamp_ms,
        headers: record.headers.iter().map(|header| (header.name().into_owned().into_bytes(), header.value.map(<[u8]>::to_vec))).collect(),
    }
}

impl Producer for Topics {
    fn topic(&mut self, name: &str) -> Result<TopicSlot, BrokerError> {
        Ok(TopicSlot(self.lock().place(name) as u32))
    }

    fn partitions(&self, topic: TopicSlot) -> i32 {
        self.lock().logs[topic.0 as usize].len() as i32
    }

    fn send(&mut self, batch: &ProduceBatch) -> Result<(), BrokerError> {
        let mut logs = self.lock();
        for (slot, partition, record) in batch.iter() {
            let log = &mut logs.logs[slot.0 as usize];
            // Without a key, and without a partition: any one, by turns.
            let any = log.iter().map(Vec::len).sum::<usize>() % log.len();
            log[usize::try_from(partition).unwrap_or(any)].push(stored(&record));
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
        let end = self.lock().logs[topic.0 as usize].get(partition as usize).map_or(0, Vec::len) as i64;
        (end > 0).then_some(end)
    }
}
