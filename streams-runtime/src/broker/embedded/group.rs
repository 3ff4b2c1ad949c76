//! A consumer group: its members, who owns what, and its committed offsets.
//!
//! A partition has one owner at most, and it changes hands only when the old owner has given it
//! back ([`GroupMember::acknowledge_revoked`](crate::broker::GroupMember::acknowledge_revoked)),
//! has left, or was thrown out. Being thrown out and the end of the right to commit are one step
//! under one lock.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard};

use super::assignor::{Candidate, assign};
use super::home::Offsets;
use super::signal::lock;
use crate::broker::{BrokerError, CommitOffset, GroupConfig, GroupEvent, TopicPartition, Waker};

#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: String,
    state: Mutex<State>,
    /// Something happened to some member.
    pub(super) changed: Condvar,
}

#[derive(Debug, Default)]
pub(super) struct State {
    members: BTreeMap<u64, Member>,
    next_id: u64,
    pub(super) offsets: Offsets,
}

/// Whether a member takes part.
#[derive(Debug)]
enum Standing {
    Joined,
    /// Thrown out by the session timeout; it may join again once it has confirmed what it lost.
    Expired {
        told: bool,
    },
    /// Another member with its `group.instance.id` took its place.
    Replaced,
    Left,
}

#[derive(Debug)]
struct Member {
    standing: Standing,
    topics: BTreeSet<String>,
    instance: Option<String>,
    client_id: String,
    /// Called when there is an event.
    waker: Option<Waker>,
    session_ms: i64,
    seen_ms: i64,
    /// Polls going on: who waits in a poll is alive.
    polling: u32,
    owned: BTreeSet<TopicPartition>,
    /// The part of `owned` that is asked back.
    revoking: BTreeSet<TopicPartition>,
    /// What it was told to give back and has not. It is busy with it, also after it was thrown out:
    /// it must not have these again before.
    giving_back: BTreeSet<TopicPartition>,
    events: VecDeque<GroupEvent>,
    /// It has heard of its share once.
    is_settled: bool,
}

impl Member {
    fn is_joined(&self) -> bool {
        matches!(self.standing, Standing::Joined)
    }

    fn next_event(&mut self) -> Option<GroupEvent> {
        let event = self.events.pop_front();
        if let Some(GroupEvent::Revoked(partitions)) = &event {
            self.giving_back.extend(partitions.iter().cloned());
        }
        event
    }

    fn has_news(&self) -> bool {
        !self.events.is_empty() || !self.is_joined()
    }
}

/// How many partitions a topic has.
pub(super) type PartitionsOf<'a> = &'a dyn Fn(&str) -> Option<i32>;

/// What a look at a member's events found.
pub(super) enum Polled {
    Event(GroupEvent),
    /// Nothing; look again when something changed, or at this time because a session may end.
    Nothing {
        next_expiry_ms: Option<i64>,
    },
}

impl Group {
    pub(super) fn new(name: &str, offsets: Offsets) -> Self {
        Group { name: name.to_owned(), state: Mutex::new(State { offsets, ..State::default() }), changed: Condvar::new() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn fenced(&self, reason: &str) -> BrokerError {
        BrokerError::Fenced { group: self.name.clone(), reason: reason.to_owned() }
    }

    /// Adds a member; returns its id.
    pub(super) fn join(&self, config: &GroupConfig, now_ms: i64, partitions: PartitionsOf<'_>) -> u64 {
        let mut state = self.lock();
        state.expire(now_ms);
        let mut owned = BTreeSet::new();
        if let Some(instance) = &config.instance {
            // The same instance again, after a restart: it gets what it had, and nobody else
            // notices.
            for member in state.members.values_mut() {
                if member.is_joined() && member.instance.as_ref() == Some(instance) {
                    member.standing = Standing::Replaced;
                    member.events.clear();
                    member.revoking.clear();
                    owned.append(&mut member.owned);
                }
            }
        }
        let mut events = VecDeque::new();
        if !owned.is_empty() {
            events.push_back(GroupEvent::Assigned(owned.iter().cloned().collect()));
        }
        let id = state.next_id;
        state.next_id += 1;
        let session_ms = i64::try_from(config.session_timeout.as_millis()).unwrap_or(i64::MAX);
        state.members.insert(
            id,
            Member {
                standing: Standing::Joined,
                topics: config.topics.iter().cloned().collect(),
                instance: config.instance.clone(),
                client_id: config.client_id.clone(),
                waker: None,
                session_ms,
                seen_ms: now_ms,
                polling: 0,
                is_settled: !events.is_empty(),
                owned,
                revoking: BTreeSet::new(),
                giving_back: BTreeSet::new(),
                events,
            },
        );
        state.reconcile(partitions);
        self.announce(&state);
        id
    }

    /// One look at what happened to a member.
    pub(super) fn poll_once(&self, state: &mut State, id: u64, now_ms: i64, partitions: PartitionsOf<'_>) -> Result<Polled, BrokerError> {
        if state.expire(now_ms) {
            state.reconcile(partitions);
            self.announce(state);
        }
        let Some(member) = state.members.get_mut(&id) else {
            return Err(self.fenced("it has left"));
        };
        match &mut member.standing {
            Standing::Left => return Err(self.fenced("it has left")),
            Standing::Replaced => {
                return Err(self.fenced("another process has joined with its group.instance.id"));
            }
            Standing::Expired { told } => {
                if !*told {
                    *told = true;
                    let lost: Vec<_> = member.owned.difference(&member.giving_back).cloned().collect();
                    if !lost.is_empty() {
                        return Ok(Polled::Event(GroupEvent::Lost(lost)));
                    }
                }
                if member.owned.is_empty() {
                    member.standing = Standing::Joined;
                    member.seen_ms = now_ms;
                    state.reconcile(partitions);
                    self.announce(state);
                }
            }
            Standing::Joined => member.seen_ms = now_ms,
        }
        let event = state.members.get_mut(&id).and_then(Member::next_event);
        Ok(match event {
            Some(event) => Polled::Event(event),
            None => Polled::Nothing { next_expiry_ms: state.next_expiry_ms(id) },
        })
    }

    pub(super) fn acknowledge(&self, id: u64, given: &[TopicPartition], partitions: PartitionsOf<'_>) {
        let mut state = self.lock();
        let Some(member) = state.members.get_mut(&id) else {
            return;
        };
        for partition in given {
            member.giving_back.remove(partition);
            // A partition that nobody asked back stays where it is.
            if !member.is_joined() || member.revoking.remove(partition) {
                member.owned.remove(partition);
            }
        }
        state.reconcile(partitions);
        self.announce(&state);
    }

    /// An error unless the member may commit these partitions.
    pub(super) fn check_commit(
        &self,
        state: &mut State,
        id: u64,
        now_ms: i64,
        offsets: &[CommitOffset],
        partitions: PartitionsOf<'_>,
    ) -> Result<(), BrokerError> {
        if state.expire(now_ms) {
            state.reconcile(partitions);
            self.announce(state);
        }
        match state.members.get(&id).map(|m| &m.standing) {
            Some(Standing::Joined) => {}
            Some(Standing::Expired { .. }) => {
                return Err(self.fenced("it did not poll within its session timeout"));
            }
            Some(Standing::Replaced) => {
                return Err(self.fenced("another process has joined with its group.instance.id"));
            }
            Some(Standing::Left) | None => return Err(self.fenced("it has left")),
        }
        for offset in offsets {
            let others = state.members.iter().filter(|(other, _)| **other != id);
            for (_, other) in others {
                if other.is_joined() && other.owned.contains(&offset.partition) {
                    let reason = format!("{} belongs to another member now", offset.partition);
                    return Err(self.fenced(&reason));
                }
            }
        }
        Ok(())
    }

    pub(super) fn subscribe(&self, id: u64, topics: &[String], partitions: PartitionsOf<'_>) -> Result<(), BrokerError> {
        let mut state = self.lock();
        let Some(member) = state.members.get_mut(&id) else {
            return Err(self.fenced("it has left"));
        };
        member.topics = topics.iter().cloned().collect();
        state.reconcile(partitions);
        self.announce(&state);
        Ok(())
    }

    /// Gives everything back at once.
    pub(super) fn leave(&self, id: u64, partitions: PartitionsOf<'_>) {
        let mut state = self.lock();
        if let Some(member) = state.members.get_mut(&id) {
            member.standing = Standing::Left;
            member.owned.clear();
            member.revoking.clear();
            member.events.clear();
        }
        state.reconcile(partitions);
        self.announce(&state);
    }

    /// Says that something happened to some member.
    fn announce(&self, state: &State) {
        self.changed.notify_all();
        for member in state.members.values() {
            if let Some(waker) = member.waker.as_ref().filter(|_| member.has_news()) {
                waker.wake();
            }
        }
    }

    /// The handle of a member is gone. It stays in the group until its session ends, as a process
    /// that died would.
    pub(super) fn forget(&self, id: u64) {
        let mut state = self.lock();
        if state.members.get(&id).is_some_and(|m| !m.is_joined()) {
            state.members.remove(&id);
        }
    }

    /// Topics were made.
    pub(super) fn topics_changed(&self, partitions: PartitionsOf<'_>) {
        let mut state = self.lock();
        state.reconcile(partitions);
        self.announce(&state);
    }
}

impl State {
    pub(super) fn set_waker(&mut self, id: u64, waker: Waker) {
        if let Some(member) = self.members.get_mut(&id) {
            if member.has_news() {
                waker.wake();
            }
            member.waker = Some(waker);
        }
    }

    /// The `client.id` of each member that takes part.
    pub(super) fn client_ids(&self) -> Vec<String> {
        self.members.values().filter(|member| member.is_joined()).map(|member| member.client_id.clone()).collect()
    }

    pub(super) fn set_polling(&mut self, id: u64, polling: bool) {
        if let Some(member) = self.members.get_mut(&id) {
            member.polling = if polling { member.polling + 1 } else { member.polling.saturating_sub(1) };
        }
    }

    /// The member was heard of.
    pub(super) fn touch(&mut self, id: u64, now_ms: i64) {
        if let Some(member) = self.members.get_mut(&id) {
            member.seen_ms = now_ms;
        }
    }

    /// Throws out whoever was not heard of for its session timeout.
    fn expire(&mut self, now_ms: i64) -> bool {
        let mut any = false;
        for member in self.members.values_mut() {
            let silent_ms = now_ms.saturating_sub(member.seen_ms);
            if member.is_joined() && member.polling == 0 && silent_ms > member.session_ms {
                member.standing = Standing::Expired { told: false };
                member.revoking.clear();
                member.events.clear();
                // What it had not heard of yet is gone.
                member.is_settled = false;
                any = true;
            }
        }
        any
    }

    /// When the next session of another member ends if it stays silent.
    fn next_expiry_ms(&self, id: u64) -> Option<i64> {
        self.members
            .iter()
            .filter(|(other, m)| **other != id && m.is_joined() && m.polling == 0)
            .map(|(_, m)| m.seen_ms.saturating_add(m.session_ms).saturating_add(1))
            .min()
    }

    /// Computes who should own what, asks back what has to move, and hands out what is free.
    fn reconcile(&mut self, partitions: PartitionsOf<'_>) {
        let candidates: BTreeMap<u64, Candidate> = self
            .members
            .iter()
            .filter(|(_, m)| m.is_joined())
            .map(|(&id, m)| {
                let candidate = Candidate { topics: m.topics.clone(), keeps: m.owned.difference(&m.revoking).cloned().collect() };
                (id, candidate)
            })
            .collect();
        let target = assign(&candidates, partitions);

        let mut taken: BTreeSet<TopicPartition> = BTreeSet::new();
        for (id, candidate) in &candidates {
            let moving: Vec<_> = candidate.keeps.difference(&target[id]).cloned().collect();
            let Some(member) = self.members.get_mut(id) else {
                continue;
            };
            taken.extend(member.owned.iter().cloned());
            if !moving.is_empty() {
                member.revoking.extend(moving.iter().cloned());
                member.events.push_back(GroupEvent::Revoked(moving));
            }
        }
        for (id, wanted) in target {
            let free: Vec<_> = wanted.difference(&taken).cloned().collect();
            let Some(member) = self.members.get_mut(&id) else {
                continue;
            };
            // A member for whom nothing is left hears that too, once: it need not wait any more.
            let nothing_to_come = wanted.is_empty() && !member.is_settled;
            if !free.is_empty() || nothing_to_come {
                member.is_settled = true;
                member.owned.extend(free.iter().cloned());
                member.events.push_back(GroupEvent::Assigned(free));
            }
        }
    }
}
