//! The queue of one partition of a task: two batches, one being processed, one being filled.

use super::metadata;
use crate::broker::{CommitOffset, TopicPartition};
use crate::operators::SourceRecord;
use crate::record::RecordBatch;

/// A partition that a task reads.
#[derive(Debug)]
pub struct Input {
    source: usize,
    partition: TopicPartition,
    current: RecordBatch,
    next: usize,
    incoming: RecordBatch,
    /// The offset of the next record to be processed.
    consumed: i64,
    committed: i64,
    caught_up: bool,
    /// The largest time of its records so far, as the source has it.
    pub(super) partition_time_ms: i64,
    /// The time of the next record, once it was asked for.
    pub(super) head_ms: Option<i64>,
}

impl Input {
    pub(super) fn new(source: usize, partition: TopicPartition, offset: i64) -> Self {
        Input {
            source,
            partition,
            current: RecordBatch::default(),
            next: 0,
            incoming: RecordBatch::default(),
            consumed: offset,
            committed: offset,
            caught_up: false,
            partition_time_ms: -1,
            head_ms: None,
        }
    }

    /// Index of the source that reads it.
    pub fn source(&self) -> usize {
        self.source
    }

    /// Which partition.
    pub fn partition(&self) -> &TopicPartition {
        &self.partition
    }

    /// The batch to be filled, if the one filled before is in use by now. Bounded by that: one batch at work, one waiting.
    pub fn incoming(&mut self) -> Option<&mut RecordBatch> {
        self.swap_if_drained();
        self.incoming.is_empty().then_some(&mut self.incoming)
    }

    /// Says where the reader stands after a fetch: its position, and the end of the partition if it is known.
    pub fn fetched(&mut self, position: i64, end: Option<i64>) {
        self.caught_up = end.is_some_and(|end| position >= end);
        if self.current.len() == self.next && self.incoming.is_empty() {
            // Nothing is buffered: what lies between (transaction markers, compacted records) counts as consumed.
            self.consumed = self.consumed.max(position);
        }
    }

    /// Reading goes on at another offset: what was to come next is not there any more.
    pub fn goes_on_at(&mut self, offset: i64) {
        self.caught_up = false;
        if self.is_empty() {
            self.consumed = offset;
        }
    }

    /// Whether all that the partition has, as far as is known, is buffered or processed.
    pub fn is_caught_up(&self) -> bool {
        self.caught_up
    }

    /// The offset of the next record to be processed.
    pub fn consumed(&self) -> i64 {
        self.consumed
    }

    /// Records that wait.
    pub fn len(&self) -> usize {
        self.current.len() - self.next + self.incoming.len()
    }

    /// Whether no records wait.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn swap_if_drained(&mut self) {
        if self.next == self.current.len() {
            self.current.clear();
            self.next = 0;
            std::mem::swap(&mut self.current, &mut self.incoming);
        }
    }

    pub(super) fn head(&mut self) -> Option<SourceRecord<'_>> {
        self.swap_if_drained();
        let TopicPartition { topic, partition } = &self.partition;
        let record = self.current.get(self.next)?;
        Some(SourceRecord { record, topic, partition: *partition, partition_time_ms: self.partition_time_ms })
    }

    pub(super) fn buffered(&self) -> (&RecordBatch, usize, usize) {
        (&self.current, self.next, self.current.len())
    }

    pub(super) fn take_until(&mut self, next: usize) {
        if let Some(last) = next.checked_sub(1).filter(|_| next > self.next)
            && let Some(record) = self.current.get(last)
        {
            self.consumed = record.offset + 1;
            self.head_ms = None;
        }
        self.next = next;
    }

    /// What is committed beside its offset, with the times of stores.
    pub(super) fn metadata(&self, times: &[(String, i64)]) -> String {
        metadata::encode(self.partition_time_ms, times.iter().map(|(of, time_ms)| (of.as_str(), *time_ms)))
    }

    /// What is to be committed, with the times of stores.
    pub(super) fn uncommitted(&self, times: &[(String, i64)]) -> Option<CommitOffset> {
        (self.consumed != self.committed).then(|| CommitOffset {
            partition: self.partition.clone(),
            offset: self.consumed,
            metadata: self.metadata(times),
        })
    }

    pub(super) fn committed(&mut self) {
        self.committed = self.consumed;
    }
}
