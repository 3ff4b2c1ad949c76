//! Writing with an answer for each record.

use std::sync::Arc;
use std::time::Duration;

use super::EmbeddedLog;
use super::log::PartitionLog;
use crate::broker::{ANY_PARTITION, Acknowledged, BrokerError, TopicPartition, Writer};
use crate::partition::partition_for_key;
use crate::record::RecordRef;

/// A record that is in the log and may not be safe yet.
struct Written {
    log: Arc<PartitionLog>,
    partition: i32,
    offset: i64,
    acknowledged: Acknowledged,
}

pub(super) struct EmbeddedWriter {
    log: EmbeddedLog,
    written: Vec<Written>,
    /// Where the next record without key and partition goes.
    next_any: i32,
}

impl EmbeddedWriter {
    pub(super) fn new(log: EmbeddedLog) -> Self {
        EmbeddedWriter { log, written: Vec::new(), next_any: 0 }
    }

    fn append(&mut self, topic: &str, partition: i32, record: RecordRef<'_>) -> Result<(Arc<PartitionLog>, i32, i64), BrokerError> {
        let partitions = self.partitions(topic)?;
        let partition = match (partition, record.key) {
            (ANY_PARTITION, Some(key)) => partition_for_key(key, partitions),
            (ANY_PARTITION, None) => {
                self.next_any = (self.next_any + 1) % partitions;
                self.next_any
            }
            (chosen, _) => chosen,
        };
        let (partition, offset) = self.log.append(topic, Some(partition), record)?;
        let log = self.log.partition_log(&TopicPartition::new(topic, partition))?;
        Ok((log, partition, offset))
    }
}

impl Writer for EmbeddedWriter {
    fn partitions(&mut self, topic: &str) -> Result<i32, BrokerError> {
        Ok(self.log.topic_or_create(topic)?.partitions.len() as i32)
    }

    fn write(&mut self, topic: &Arc<str>, partition: i32, record: RecordRef<'_>, acknowledged: Acknowledged) {
        match self.append(topic, partition, record) {
            Ok((log, partition, offset)) => self.written.push(Written { log, partition, offset, acknowledged }),
            Err(error) => acknowledged(Err(error)),
        }
    }

    fn settle(&mut self) {
        // One sync is for all records of a partition.
        let mut flushed: Vec<(Arc<PartitionLog>, Result<(), BrokerError>)> = Vec::new();
        for Written { log, partition, offset, acknowledged } in self.written.drain(..) {
            let known = flushed.iter().find(|(other, _)| Arc::ptr_eq(other, &log)).map(|(_, result)| result.clone());
            let result = known.unwrap_or_else(|| {
                let result = log.flush();
                flushed.push((log, result.clone()));
                result
            });
            acknowledged(result.map(|()| (partition, offset)));
        }
    }

    fn flush(&mut self, _: Duration) -> Result<(), BrokerError> {
        self.settle();
        Ok(())
    }
}
