//! Records that the client's buffer had no room for, in their order.

use std::collections::VecDeque;

use crate::broker::{ProduceBatch, ResultOrigin, TopicSlot};
use crate::record::RecordRef;

/// A batch that has grown so far is left as it is, so that memory comes back while the rest is
/// sent.
const FULL_BYTES: usize = 1 << 20;

/// See the [module](self).
#[derive(Default)]
pub(super) struct Outbox {
    batches: VecDeque<ProduceBatch>,
    /// How many records of the first batch are gone.
    gone: usize,
}

impl Outbox {
    pub(super) fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    /// Appends the records of a batch from an index on.
    pub(super) fn append(&mut self, batch: &ProduceBatch, from: usize) {
        if from >= batch.len() {
            return;
        }
        match self.batches.back_mut() {
            Some(last) if last.size_bytes() < FULL_BYTES => last.append(batch, from),
            _ => {
                let mut new = ProduceBatch::default();
                new.append(batch, from);
                self.batches.push_back(new);
            }
        }
    }

    /// The record that goes next: topic, partition, record, origin.
    pub(super) fn first(&self) -> Option<(TopicSlot, i32, RecordRef<'_>, Option<&ResultOrigin>)> {
        let batch = self.batches.front()?;
        let (topic, partition, record) = batch.get(self.gone)?;
        Some((topic, partition, record, batch.origin(self.gone)))
    }

    /// Removes it.
    pub(super) fn remove_first(&mut self) {
        self.gone += 1;
        if self.batches.front().is_none_or(|batch| self.gone >= batch.len()) {
            self.batches.pop_front();
            self.gone = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::NewRecord;

    #[test]
    fn records_leave_in_the_order_in_which_they_came_with_all_that_they_have() {
        let mut outbox = Outbox::default();
        let mut expected = Vec::new();
        let mut seen = Vec::new();
        for round in 0..50_i64 {
            let mut batch = ProduceBatch::default();
            for n in 0..40_i64 {
                let value = vec![b'x'; 2000];
                batch.push(
                    TopicSlot(n as u32),
                    n as i32,
                    NewRecord { key: None, value: Some(&value), timestamp_ms: round * 100 + n, offset: 0 },
                );
                batch.push_header(b"h", Some(&[n as u8]));
                if n >= 3 {
                    expected.push(round * 100 + n);
                }
            }
            outbox.append(&batch, 3);
            for _ in 0..round {
                let Some((slot, partition, record, origin)) = outbox.first() else { break };
                assert_eq!((slot.0, i64::from(partition), origin.is_none()), (partition as u32, record.timestamp_ms % 100, true));
                assert_eq!(record.headers.last("h"), Some(Some(&[partition as u8][..])));
                seen.push(record.timestamp_ms);
                outbox.remove_first();
            }
        }
        while let Some((.., record, _)) = outbox.first() {
            seen.push(record.timestamp_ms);
            outbox.remove_first();
        }
        assert!(outbox.is_empty());
        assert_eq!(seen, expected);
    }
}
