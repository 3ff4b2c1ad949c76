//! Reading partitions.

use std::sync::Arc;
use std::time::Duration;

use super::chunk::Room;
use super::log::{Cursor, PartitionLog};
use super::signal::Signal;
use super::{EmbeddedLog, MAX_READ_BYTES};
use crate::broker::{BrokerError, Consumer, ConsumerConfig, PartitionSlot, TopicPartition, Waker};
use crate::record::RecordBatch;

/// One partition that is being read.
struct Slot {
    log: Arc<PartitionLog>,
    cursor: Cursor,
    known_end: Option<i64>,
    /// Whether the reader has asked for this partition since it waited last. A partition that it
    /// leaves alone (its queue is full) must not end its waiting at once, or it would spin.
    wanted: bool,
}

pub(super) struct EmbeddedConsumer {
    log: EmbeddedLog,
    slots: Vec<Option<Slot>>,
    /// How much one fetch hands over at most, unless a single record is larger.
    fetch_bytes: usize,
    signal: Arc<Signal>,
}

impl EmbeddedConsumer {
    pub(super) fn new(log: EmbeddedLog, config: &ConsumerConfig) -> Self {
        let fetch_bytes = config.fetch_ahead_bytes.min(MAX_READ_BYTES);
        EmbeddedConsumer { log, slots: Vec::new(), fetch_bytes, signal: Arc::new(Signal::default()) }
    }

    fn slot(&self, slot: PartitionSlot) -> Option<&Slot> {
        self.slots.get(slot.0 as usize)?.as_ref()
    }
}

fn not_assigned(slot: PartitionSlot) -> BrokerError {
    BrokerError::Other { what: "reading a partition".to_owned(), reason: format!("slot {} is not assigned", slot.0), fatal: false }
}

impl Consumer for EmbeddedConsumer {
    fn assign(&mut self, partition: &TopicPartition, offset: i64) -> Result<PartitionSlot, BrokerError> {
        let log = self.log.partition_log(partition)?;
        if offset < 0 {
            return Err(BrokerError::OffsetOutOfRange { partition: partition.clone(), offset, earliest: log.start() });
        }
        log.watch(&self.signal);
        let slot = Slot { log, cursor: Cursor::new(offset), known_end: None, wanted: true };
        let index = match self.slots.iter().position(Option::is_none) {
            Some(free) => {
                self.slots[free] = Some(slot);
                free
            }
            None => {
                self.slots.push(Some(slot));
                self.slots.len() - 1
            }
        };
        Ok(PartitionSlot(index as u32))
    }

    fn unassign(&mut self, slot: PartitionSlot) -> Result<(), BrokerError> {
        let gone = self.slots.get_mut(slot.0 as usize).and_then(Option::take).ok_or_else(|| not_assigned(slot))?;
        gone.log.unwatch(&self.signal);
        Ok(())
    }

    fn fetch(&mut self, slot: PartitionSlot, max_records: usize, into: &mut RecordBatch) -> Result<usize, BrokerError> {
        let Some(Some(slot)) = self.slots.get_mut(slot.0 as usize) else {
            return Err(not_assigned(slot));
        };
        slot.wanted = true;
        // Most fetches of a reader that keeps up find nothing.
        if slot.known_end.is_some() && slot.cursor.offset == slot.log.end() {
            slot.known_end = Some(slot.cursor.offset);
            return Ok(0);
        }
        let (count, end) = slot.log.read(&mut slot.cursor, Room::new(max_records, self.fetch_bytes), into)?;
        slot.known_end = Some(end);
        Ok(count)
    }

    fn position(&self, slot: PartitionSlot) -> i64 {
        self.slot(slot).map_or(-1, |s| s.cursor.offset)
    }

    fn known_end(&self, slot: PartitionSlot) -> Option<i64> {
        self.slot(slot)?.known_end
    }

    fn wait(&mut self, timeout: Duration) {
        let mut ready = false;
        for slot in self.slots.iter_mut().flatten() {
            ready |= slot.wanted && slot.cursor.offset < slot.log.end();
            slot.wanted = false;
        }
        if !ready {
            self.signal.wait(timeout);
        }
    }

    fn waker(&self) -> Waker {
        let signal = self.signal.clone();
        Waker::new(move || signal.raise())
    }
}

impl Drop for EmbeddedConsumer {
    fn drop(&mut self) {
        for slot in self.slots.iter().flatten() {
            slot.log.unwatch(&self.signal);
        }
    }
}
