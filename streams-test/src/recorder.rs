//! The producer of a test: keeps what is written until the driver takes it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use streams_runtime::Headers;
use streams_runtime::broker::{BrokerError, ProduceBatch, Producer, TopicSlot, check_topic_name};

use crate::record::RawRecord;

/// Every topic has one partition and exists as soon as it is named.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recorder(Arc<Mutex<Log>>);

#[derive(Debug, Default)]
struct Log {
    topics: Vec<Arc<str>>,
    ends: Vec<i64>,
    written: Vec<RawRecord>,
}

impl Recorder {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was written since the last call, in order.
    pub(crate) fn take(&self) -> Vec<RawRecord> {
        std::mem::take(&mut self.log().written)
    }
}

impl Producer for Recorder {
    fn topic(&mut self, name: &str) -> Result<TopicSlot, BrokerError> {
        check_topic_name(name)?;
        let mut log = self.log();
        let place = log.topics.iter().position(|topic| **topic == *name).unwrap_or_else(|| {
            log.topics.push(name.into());
            log.ends.push(0);
            log.topics.len() - 1
        });
        Ok(TopicSlot(place as u32))
    }

    fn partitions(&self, _: TopicSlot) -> i32 {
        1
    }

    fn send(&mut self, batch: &ProduceBatch) -> Result<(), BrokerError> {
        let mut log = self.log();
        for (slot, _, record) in batch.iter() {
            let mut headers = Headers::default();
            for header in record.headers.iter() {
                headers.add(&header.name(), header.value);
            }
            let place = slot.0 as usize;
            log.ends[place] += 1;
            let topic = Arc::clone(&log.topics[place]);
            log.written.push(RawRecord {
                topic,
                key: record.key.map(<[u8]>::to_vec),
                value: record.value.map(<[u8]>::to_vec),
                timestamp_ms: record.timestamp_ms,
                headers,
            });
        }
        Ok(())
    }

    fn poll(&mut self) -> Result<(), BrokerError> {
        Ok(())
    }

    fn flush(&mut self, _: Duration) -> Result<(), BrokerError> {
        Ok(())
    }

    fn acknowledged_end(&self, topic: TopicSlot, _: i32) -> Option<i64> {
        self.log().ends.get(topic.0 as usize).copied().filter(|&end| end > 0)
    }
}
