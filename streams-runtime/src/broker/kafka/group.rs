//! Membership in a group, apart from reading.
//!
//! The member subscribes to lead topics and answers every rebalance with an *empty* list: it takes part in the group and
//! fetches nothing. What a revocation asks for is given back only when the owner acknowledged, so that it can still commit.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::{Offset, TopicPartitionList};

use super::detached::Detached;
use super::error::{self, Words};
use super::missing::Missing;
use super::raw;
use super::rebalance::{GroupContext, give_back};
use super::settings::{Kind, Settings};
use crate::broker::{Answer, BrokerError, CommitOffset, GroupConfig, GroupEvent, GroupMember, TopicPartition, Waker};

/// Before a commit that met a rebalance is tried again.
const PAUSE: Duration = Duration::from_millis(50);

/// For a look at the broker's topics.
const LOOK: Duration = Duration::from_secs(1);

/// See the [module](self).
pub(super) struct KafkaGroupMember {
    client: Detached<BaseConsumer<GroupContext>>,
    group: String,
    address: String,
    limit: Duration,
    topics: Mutex<Vec<String>>,
    missing: Missing,
    left: AtomicBool,
    instance: Option<String>,
    newer_protocol: bool,
}

impl KafkaGroupMember {
    pub(super) fn new(settings: &Settings, config: &GroupConfig, limit: Duration) -> Result<Self, BrokerError> {
        let session_ms = config.session_timeout.as_millis().max(1);
        let mut fixed = vec![
            ("client.id", config.client_id.clone()),
            ("group.id", config.group.clone()),
            ("enable.auto.commit", "false".into()),
            ("enable.auto.offset.store", "false".into()),
            ("auto.offset.reset", "error".into()),
            ("allow.auto.create.topics", "false".into()),
            // Or an offset could be read whose transaction is not decided yet.
            ("isolation.level", "read_committed".into()),
        ];
        if let Some(instance) = &config.instance {
            fixed.push(("group.instance.id", instance.clone()));
        }
        let mut defaults = vec![("reconnect.backoff.max.ms", "1000".to_owned()), ("socket.nagle.disable", "true".into())];
        let probe = settings.client(Kind::Group, &[], &[]);
        let newer_protocol = probe.get("group.protocol") == Some("consumer");
        if !newer_protocol {
            // With the newer protocol the broker decides these.
            fixed.push(("partition.assignment.strategy", "cooperative-sticky".into()));
            fixed.push(("session.timeout.ms", session_ms.to_string()));
            defaults.push(("heartbeat.interval.ms", (session_ms / 3).clamp(1, 3000).to_string()));
            // The control thread polls all the time; what this limits is how long the group waits in a rebalance for a member that is gone.
            defaults.push(("max.poll.interval.ms", session_ms.max(60_000).to_string()));
        }
        let context = GroupContext::new(&config.client_id);
        let client = settings
            .client(Kind::Group, &defaults, &fixed)
            .create_with_context::<_, BaseConsumer<GroupContext>>(context)
            .map_err(|e| super::creation("make a member of the group", &e))?;
        let member = KafkaGroupMember {
            client: Detached::new(client),
            group: config.group.clone(),
            address: settings.bootstrap().to_owned(),
            limit,
            topics: Mutex::default(),
            missing: Missing::new(probe.get("topic.metadata.propagation.max.ms")),
            left: AtomicBool::new(false),
            instance: config.instance.clone(),
            newer_protocol,
        };
        member.subscribe(&config.topics)?;
        Ok(member)
    }

    fn topics(&self) -> MutexGuard<'_, Vec<String>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn context(&self) -> &GroupContext {
        self.client.get().context()
    }

    fn words(&self) -> Words<'_> {
        Words { address: &self.address, context: &self.context().base, limit: self.limit }
    }

    fn fenced(&self, reason: impl Into<String>) -> BrokerError {
        BrokerError::Fenced { group: self.group.clone(), reason: reason.into() }
    }

    /// Why nothing may be committed now, if so.
    fn may_not_commit(&self) -> Option<&'static str> {
        if self.left.load(Ordering::Acquire) {
            return Some("it left");
        }
        let client = self.client.get();
        let state = self.context().state();
        // Until the loss is acknowledged the client does not join again, so there is no newer generation to commit in by mistake.
        if state.lost || client.assignment_lost() {
            return Some("its partitions are lost");
        }
        match raw::member_id(client.client()) {
            // The client would commit as a stranger, which an empty group lets through.
            None => Some("it is no member now"),
            member if state.is_hidden_loss(member.as_deref()) => Some("it was thrown out"),
            _ => None,
        }
    }

    fn list(&self, partitions: &[TopicPartition]) -> Result<TopicPartitionList, BrokerError> {
        let mut list = TopicPartitionList::with_capacity(partitions.len());
        for partition in partitions {
            error::check_name(&partition.topic)?;
            list.add_partition(&partition.topic, partition.partition);
        }
        Ok(list)
    }
}

impl GroupMember for KafkaGroupMember {
    fn poll(&self, timeout: Duration) -> Result<Option<GroupEvent>, BrokerError> {
        let until = Instant::now() + timeout;
        self.look_for_missing()?;
        loop {
            if let Some(event) = self.context().state().events.pop_front() {
                return Ok(Some(event));
            }
            let left = until.saturating_duration_since(Instant::now());
            if self.left.load(Ordering::Acquire) {
                std::thread::sleep(left);
                return Ok(None);
            }
            match self.client.get().poll(left) {
                Some(Err(KafkaError::MessageConsumptionFatal(code))) => {
                    return Err(match code {
                        Code::FencedInstanceId | Code::UnknownMemberId => self.fenced(code.to_string()),
                        _ => BrokerError::Other {
                            what: format!("take part in group `{}`", self.group),
                            reason: self.last_complaint(code),
                            fatal: true,
                        },
                    });
                }
                Some(Err(error)) => {
                    let code = error::code_of(&error);
                    // These pass, or come back as an event.
                    if matches!(code, Code::UnknownTopic | Code::UnknownTopicOrPartition) {
                        self.missing.note(self.last_complaint(code));
                        continue;
                    }
                    let passes = error::is_connection(code) || matches!(code, Code::PollExceeded | Code::PartitionEOF | Code::Fail);
                    if !passes {
                        return Err(BrokerError::Other {
                            what: format!("take part in group `{}`", self.group),
                            reason: self.last_complaint(code),
                            fatal: false,
                        });
                    }
                }
                Some(Ok(_)) => {
                    tracing::error!("a member of a group got a record; this is a bug");
                }
                None => {}
            }
            if Instant::now() >= until {
                return Ok(self.context().state().events.pop_front());
            }
        }
    }

    fn acknowledge_revoked(&self, partitions: &[TopicPartition]) -> Result<(), BrokerError> {
        let client = self.client.get();
        let hidden;
        {
            let mut state = self.context().state();
            if state.pending.is_empty() {
                return Ok(());
            }
            state.pending.retain(|p| !partitions.contains(p));
            if !state.pending.is_empty() {
                return Ok(());
            }
            if state.is_hidden_loss(raw::member_id(client.client()).as_deref()) {
                // Thrown out while the owner was giving back; the rest is gone too.
                state.hidden = true;
                state.lose_all();
                return Ok(());
            }
            hidden = std::mem::take(&mut state.hidden);
            state.lost = false;
        }
        // Not with the lock held: the answer may come with the next callback.
        client
            .incremental_unassign(&TopicPartitionList::new())
            .map_err(|e| self.words().request("give partitions back to the group", error::code_of(&e)))?;
        if hidden {
            let topics = self.topics().clone();
            client.unsubscribe();
            self.subscribe(&topics)?;
        }
        Ok(())
    }

    fn committed(&self, partitions: &[TopicPartition]) -> Answer<Vec<Option<CommitOffset>>> {
        Answer::ready(self.committed_now(partitions))
    }

    fn commit(&self, offsets: &[CommitOffset]) -> Answer<()> {
        Answer::ready(self.commit_now(offsets))
    }

    fn leave(&self) -> Answer<()> {
        Answer::ready(self.leave_now(Duration::from_secs(5)))
    }

    fn members(&self) -> Answer<Vec<String>> {
        Answer::ready(Ok(Vec::new()))
    }

    fn wake(&self, _waker: Waker) {}

    fn subscribe(&self, topics: &[String]) -> Result<(), BrokerError> {
        for topic in topics {
            error::check_name(topic)?;
        }
        *self.topics() = topics.to_vec();
        let names: Vec<&str> = topics.iter().map(String::as_str).collect();
        self.client.get().subscribe(&names).map_err(|e| BrokerError::Other {
            what: format!("subscribe group `{}` to {}", self.group, names.join(", ")),
            reason: e.to_string(),
            fatal: false,
        })
    }
}

impl KafkaGroupMember {
    fn committed_now(&self, partitions: &[TopicPartition]) -> Result<Vec<Option<CommitOffset>>, BrokerError> {
        if partitions.is_empty() {
            return Ok(Vec::new());
        }
        let what = format!("read the offsets of group `{}`", self.group);
        let found = self
            .client
            .get()
            .committed_offsets(self.list(partitions)?, self.limit)
            .map_err(|e| self.words().request(&what, error::code_of(&e)))?;
        partitions
            .iter()
            .map(|partition| {
                let Some(element) = found.find_partition(&partition.topic, partition.partition) else {
                    return Ok(None);
                };
                element.error().map_err(|e| self.words().partition(&what, partition, error::code_of(&e)))?;
                Ok(match element.offset() {
                    Offset::Offset(offset) => {
                        Some(CommitOffset { partition: partition.clone(), offset, metadata: element.metadata().to_owned() })
                    }
                    _ => None,
                })
            })
            .collect()
    }

    fn commit_now(&self, offsets: &[CommitOffset]) -> Result<(), BrokerError> {
        if offsets.is_empty() {
            return Ok(());
        }
        let what = format!("commit offsets of group `{}`", self.group);
        let mut list = TopicPartitionList::with_capacity(offsets.len());
        for commit in offsets {
            error::check_name(&commit.partition.topic)?;
            let mut element = list.add_partition(&commit.partition.topic, commit.partition.partition);
            element.set_offset(Offset::Offset(commit.offset.max(0))).map_err(|e| super::creation(&what, &e))?;
            if !commit.metadata.is_empty() {
                element.set_metadata(&commit.metadata);
            }
        }
        let until = Instant::now() + self.limit;
        loop {
            if let Some(reason) = self.may_not_commit() {
                return Err(self.fenced(reason));
            }
            let left = until.saturating_duration_since(Instant::now());
            let code = match raw::commit(self.client.get().client(), &list, left) {
                Ok(()) => return Ok(()),
                Err(code) => code,
            };
            let over = Instant::now() >= until;
            match code {
                Code::UnknownMemberId | Code::FencedInstanceId | Code::Fenced | Code::FencedMemberEpoch | Code::AssignmentLost => {
                    return Err(self.fenced(code.to_string()));
                }
                // A rebalance is going on; what we own stays ours until we give it back, so the next generation will do.
                Code::IllegalGeneration | Code::RebalanceInProgress | Code::StaleMemberEpoch => {
                    if over {
                        return Err(if code == Code::RebalanceInProgress {
                            self.words().timed_out(&what)
                        } else {
                            self.fenced(code.to_string())
                        });
                    }
                }
                _ if error::is_connection(code) && !over => {}
                _ => return Err(self.words().request(&what, code)),
            }
            std::thread::sleep(PAUSE.min(until.saturating_duration_since(Instant::now())));
        }
    }

    fn leave_now(&self, timeout: Duration) -> Result<(), BrokerError> {
        if self.left.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        let until = Instant::now() + timeout;
        self.stop_deferring();
        let client = self.client.get();
        let what = format!("leave group `{}`", self.group);
        if self.newer_protocol {
            client.close_queue().map_err(|e| self.words().request(&what, error::code_of(&e)))?;
        } else {
            // Not by closing the client: its drop would close it once more, and complain in the log.
            client.unsubscribe();
        }
        let has_left = || match (self.newer_protocol, &self.instance) {
            // There a member keeps its id for life.
            (true, _) => client.closed(),
            // The id goes when the group was told.
            (false, None) => raw::member_id(client.client()).is_none(),
            // A static member tells nothing: its place is kept.
            (false, Some(_)) => true,
        };
        while !has_left() {
            if Instant::now() >= until {
                return Err(BrokerError::TimedOut { what, after_ms: timeout.as_millis() as u64, address: self.address.clone() });
            }
            client.poll(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Subscribes again when topics that were missing are there: the client itself would look only minutes later.
    fn look_for_missing(&self) -> Result<(), BrokerError> {
        if !self.missing.is_due() {
            return Ok(());
        }
        let topics = self.topics().clone();
        let is_there = |topic: &String| {
            let found = self.client.get().fetch_metadata(Some(topic), LOOK).ok();
            found.is_some_and(|found| found.topics().iter().all(|t| t.error().is_none() && !t.partitions().is_empty()))
        };
        let all_there = topics.iter().all(is_there);
        self.missing.looked(all_there).map_err(|reason| BrokerError::Other {
            what: format!("take part in group `{}`", self.group),
            reason,
            fatal: false,
        })?;
        if all_there { self.subscribe(&topics) } else { Ok(()) }
    }

    /// From now on everything the group asks for is given back at once.
    fn stop_deferring(&self) {
        self.context().leaving.store(true, Ordering::Release);
        let pending = {
            let mut state = self.context().state();
            state.events.clear();
            state.owned.clear();
            std::mem::take(&mut state.pending)
        };
        if !pending.is_empty() {
            give_back(self.client.get());
        }
    }

    /// What the client said with an error: its code alone leaves out the topic.
    fn last_complaint(&self, code: Code) -> String {
        match self.context().base.recent_error(Duration::from_secs(5)) {
            Some((same, reason)) if same == code => reason,
            _ => code.to_string(),
        }
    }
}

impl Drop for KafkaGroupMember {
    fn drop(&mut self) {
        // The client, which goes next, polls itself closed and must not wait for anybody's acknowledgement.
        self.stop_deferring();
    }
}
