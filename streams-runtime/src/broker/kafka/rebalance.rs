//! What a rebalance does to a member: the client's callback, and what is remembered for the owner.

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rdkafka::TopicPartitionList;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer as _, ConsumerContext};
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaRespErr;

use super::context::Context;
use super::raw;
use super::signal::Bell;
use crate::broker::{GroupEvent, TopicPartition};

#[derive(Default)]
pub(super) struct Rebalance {
    pub(super) events: VecDeque<GroupEvent>,
    /// What the owner was told is its own.
    pub(super) owned: BTreeSet<TopicPartition>,
    /// The member id under which it is.
    pub(super) member: Option<String>,
    /// What was asked back or lost and is not acknowledged yet. While there is something, the group waits for us.
    pub(super) pending: Vec<TopicPartition>,
    /// What is pending is lost: it must not be committed.
    pub(super) lost: bool,
    /// The loss was found by us, not by librdkafka, which has to be made to forget what it believes to own.
    pub(super) hidden: bool,
}

impl Rebalance {
    /// Whether the group threw us out and librdkafka has not said so.
    ///
    /// It drops the news of a loss that comes while partitions are being asked back, and would later join again as a new
    /// member that still has the others, although they went to somebody else meanwhile.
    pub(super) fn is_hidden_loss(&self, member: Option<&str>) -> bool {
        !self.owned.is_empty() && self.member.as_deref() != member
    }

    /// Everything is lost.
    pub(super) fn lose_all(&mut self) {
        let all: Vec<_> = std::mem::take(&mut self.owned).into_iter().collect();
        self.pending.clone_from(&all);
        self.lost = true;
        self.events.push_back(GroupEvent::Lost(all));
    }
}

/// What the client's callbacks see.
pub(super) struct GroupContext {
    pub(super) base: Context,
    rebalance: Mutex<Rebalance>,
    /// Rings when there may be something for the owner.
    pub(super) bell: Arc<Bell>,
    /// We are leaving: give everything back at once.
    pub(super) leaving: AtomicBool,
}

impl GroupContext {
    pub(super) fn new(client_id: &str) -> Self {
        GroupContext { base: Context::new(client_id), rebalance: Mutex::default(), bell: Arc::default(), leaving: AtomicBool::new(false) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, Rebalance> {
        self.rebalance.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientContext for GroupContext {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.base.log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.base.error(error, reason);
    }
}

impl ConsumerContext for GroupContext {
    fn rebalance(&self, consumer: &BaseConsumer<Self>, kind: RDKafkaRespErr, partitions: &mut TopicPartitionList) {
        let list: Vec<TopicPartition> = partitions.elements().iter().map(|p| TopicPartition::new(p.topic(), p.partition())).collect();
        let member = raw::member_id(consumer.client());
        if kind == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            if let Err(error) = consumer.incremental_assign(&TopicPartitionList::new()) {
                tracing::warn!(%error, "could not take part in the rebalance");
            }
            let mut state = self.state();
            if state.owned.is_empty() {
                state.member = member;
            }
            // Nothing for a member that has nothing is news too: it need not wait any more.
            if !list.is_empty() || state.owned.is_empty() {
                state.owned.extend(list.iter().cloned());
                state.events.push_back(GroupEvent::Assigned(list));
            }
            return;
        }
        let lost = consumer.assignment_lost();
        let mut state = self.state();
        let owned: Vec<_> = list.into_iter().filter(|p| state.owned.contains(p)).collect();
        if owned.is_empty() || self.leaving.load(Ordering::Acquire) {
            drop(state);
            give_back(consumer);
        } else if !lost && state.is_hidden_loss(member.as_deref()) {
            state.hidden = true;
            state.lose_all();
        } else {
            for partition in &owned {
                state.owned.remove(partition);
            }
            state.lost = lost;
            state.pending.clone_from(&owned);
            state.events.push_back(if lost { GroupEvent::Lost(owned) } else { GroupEvent::Revoked(owned) });
        }
    }
}

/// Tells the group that what it asked for is free.
pub(super) fn give_back(consumer: &BaseConsumer<GroupContext>) {
    if let Err(error) = consumer.incremental_unassign(&TopicPartitionList::new()) {
        tracing::warn!(%error, "could not give partitions back");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owning(member: Option<&str>) -> Rebalance {
        Rebalance {
            owned: BTreeSet::from([TopicPartition::new("t", 0), TopicPartition::new("t", 1)]),
            member: member.map(str::to_owned),
            ..Rebalance::default()
        }
    }

    #[test]
    fn another_member_id_is_a_loss_of_what_the_old_one_had() {
        let mut state = owning(Some("a"));
        assert!(!state.is_hidden_loss(Some("a")));
        assert!(state.is_hidden_loss(None));
        assert!(state.is_hidden_loss(Some("b")));
        state.lose_all();
        assert!(!state.is_hidden_loss(Some("b")), "once");
        assert!(state.lost);
        assert_eq!(state.pending.len(), 2);
        assert_eq!(state.events.pop_front(), Some(GroupEvent::Lost(state.pending.clone())));
    }

    #[test]
    fn who_has_nothing_loses_nothing() {
        assert!(!Rebalance::default().is_hidden_loss(Some("a")));
    }
}
