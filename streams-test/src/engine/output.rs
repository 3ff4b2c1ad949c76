//! What the topology wrote and the test has not read yet.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::Engine;
use crate::record::{RawRecord, Written};

/// By topic, each record with its place in the order of all.
pub(super) type Outputs = BTreeMap<Arc<str>, VecDeque<(u64, Written)>>;

impl Engine {
    /// The next record of a topic, or of one of its partitions.
    pub(crate) fn next_output(&mut self, topic: &str, partition: Option<i32>) -> Option<Written> {
        let queue = self.outputs.get_mut(topic)?;
        let wanted = |(_, written): &(u64, Written)| partition.is_none_or(|partition| written.partition == partition);
        let place = queue.iter().position(wanted)?;
        queue.remove(place).map(|(_, written)| written)
    }

    pub(crate) fn has_output(&self, topic: &str, partition: Option<i32>) -> bool {
        let wanted = |written: &Written| partition.is_none_or(|partition| written.partition == partition);
        self.outputs.get(topic).is_some_and(|queue| queue.iter().any(|(_, written)| wanted(written)))
    }

    /// All that was written to topics that are not internal, in the order of writing, each with its
    /// partition.
    pub(crate) fn take_outputs(&mut self) -> impl Iterator<Item = (i32, RawRecord)> + use<> {
        let topics = &self.topics;
        let visible = self.outputs.iter_mut().filter(|(name, _)| !topics.get(*name).is_some_and(|topic| topic.internal));
        let mut records: Vec<_> = visible.flat_map(|(_, queue)| queue.drain(..)).collect();
        records.sort_by_key(|&(sequence, _)| sequence);
        records.into_iter().map(|(_, Written { partition, record })| (partition, record))
    }
}
