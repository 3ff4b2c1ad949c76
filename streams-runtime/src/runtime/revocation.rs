//! Partitions that leave the process.
//!
//! ```text
//!           the group asks            every worker has            the group is told
//!           them back                 settled its tasks
//!   owned ───────────────▶ Revocation ───────────────────▶ GivenBack ─────────────▶ gone
//! ```
//!
//! Only what all workers have settled can be given back: a worker's [`Settled`] is made by a commit
//! that has ended, or by a loss.

use std::collections::BTreeSet;

use super::commit::Settled;
use crate::broker::{BrokerError, GroupMember, TopicPartition};
use crate::task::TaskId;

/// Partitions that are asked back, or lost.
pub(super) struct Revocation {
    pub(super) number: u64,
    partitions: Vec<TopicPartition>,
    tasks: Vec<TaskId>,
    /// The workers that still have tasks of them.
    open: BTreeSet<usize>,
}

/// Partitions that no task of the process reads any more.
pub(super) struct GivenBack {
    partitions: Vec<TopicPartition>,
    pub(super) tasks: Vec<TaskId>,
}

impl Revocation {
    pub(super) fn new(number: u64, partitions: Vec<TopicPartition>, tasks: Vec<TaskId>, workers: BTreeSet<usize>) -> Self {
        Revocation { number, partitions, tasks, open: workers }
    }

    /// Whether the task is among what leaves.
    pub(super) fn has(&self, task: TaskId) -> bool {
        self.tasks.contains(&task)
    }

    /// A worker has settled its tasks.
    pub(super) fn settle(&mut self, worker: usize, _settled: Settled) {
        self.open.remove(&worker);
    }

    /// What can be given back, if all workers have settled their tasks.
    pub(super) fn finish(self) -> Result<GivenBack, Revocation> {
        if !self.open.is_empty() {
            return Err(self);
        }
        Ok(GivenBack { partitions: self.partitions, tasks: self.tasks })
    }
}

impl GivenBack {
    /// Tells the group.
    pub(super) fn acknowledge(&self, member: &dyn GroupMember) -> Result<(), BrokerError> {
        member.acknowledge_revoked(&self.partitions)
    }
}
