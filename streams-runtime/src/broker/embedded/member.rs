//! The handle of one member of a group.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use super::EmbeddedLog;
use super::group::{Group, Polled};
use crate::broker::{Answer, BrokerError, CommitOffset, GroupEvent, GroupMember, TopicPartition, Waker};

pub(super) struct EmbeddedMember {
    log: EmbeddedLog,
    group: Arc<Group>,
    id: u64,
}

impl EmbeddedMember {
    pub(super) fn new(log: EmbeddedLog, group: Arc<Group>, id: u64) -> Self {
        EmbeddedMember { log, group, id }
    }
}

/// No waiting is longer than this, so that every sum of times stays in range.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

impl GroupMember for EmbeddedMember {
    fn poll(&self, timeout: Duration) -> Result<Option<GroupEvent>, BrokerError> {
        let timeout = timeout.min(LONGEST);
        let start = Instant::now();
        let partitions = |topic: &str| self.log.partition_count(topic);
        let mut state = self.group.lock();
        loop {
            let now_ms = self.log.mono_ms();
            let next_expiry_ms = match self.group.poll_once(&mut state, self.id, now_ms, &partitions)? {
                Polled::Event(event) => return Ok(Some(event)),
                Polled::Nothing { next_expiry_ms } => next_expiry_ms,
            };
            let mut wait = timeout.saturating_sub(start.elapsed());
            if wait.is_zero() {
                return Ok(None);
            }
            if let Some(at_ms) = next_expiry_ms {
                let in_ms = at_ms.saturating_sub(now_ms).max(1);
                wait = wait.min(Duration::from_millis(in_ms.unsigned_abs()));
            }
            state.set_polling(self.id, true);
            state = self.group.changed.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0;
            state.set_polling(self.id, false);
            state.touch(self.id, self.log.mono_ms());
        }
    }

    fn acknowledge_revoked(&self, partitions: &[TopicPartition]) -> Result<(), BrokerError> {
        self.group.acknowledge(self.id, partitions, &|t| self.log.partition_count(t));
        Ok(())
    }

    fn committed(&self, partitions: &[TopicPartition]) -> Answer<Vec<Option<CommitOffset>>> {
        let state = self.group.lock();
        let committed = |partition: &TopicPartition| {
            let (offset, metadata) = state.offsets.get(partition)?;
            Some(CommitOffset { partition: partition.clone(), offset: *offset, metadata: metadata.clone() })
        };
        Answer::ready(Ok(partitions.iter().map(committed).collect()))
    }

    fn commit(&self, offsets: &[CommitOffset]) -> Answer<()> {
        Answer::ready(self.log.commit(&self.group, self.id, offsets))
    }

    fn subscribe(&self, topics: &[String]) -> Result<(), BrokerError> {
        self.log.create_missing(topics.iter().map(String::as_str))?;
        self.group.subscribe(self.id, topics, &|t| self.log.partition_count(t))
    }

    fn leave(&self) -> Answer<()> {
        self.group.leave(self.id, &|t| self.log.partition_count(t));
        Answer::ready(Ok(()))
    }

    fn members(&self) -> Answer<Vec<String>> {
        Answer::ready(Ok(self.group.lock().client_ids()))
    }

    fn wake(&self, waker: Waker) {
        self.group.lock().set_waker(self.id, waker);
    }
}

impl Drop for EmbeddedMember {
    fn drop(&mut self) {
        self.group.forget(self.id);
    }
}
