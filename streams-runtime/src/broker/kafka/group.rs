//! Membership in a group, apart from reading.
//!
//! The member subscribes to lead topics and answers every rebalance with an *empty* list: it takes part in the group and
//! fetches nothing. What a revocation asks for is given back only when the owner acknowledged, so that it can still commit.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::{Offset, TopicPartitionList};

use super::admin::Admin;
use super::detached::Detached;
use super::error::{self, Words};
use super::helper::Helper;
use super::later::{begin, until};
use super::missing::Missing;
use super::raw;
use super::rebalance::{GroupContext, give_back};
use super::settings::Kind;
use crate::broker::{Answer, BrokerError, CommitOffset, GroupConfig, GroupEvent, GroupMember, TopicPartition, Waker};

/// Leaving takes no longer than this: who stops does not wait for a broker that is away.
const LEAVE_LIMIT: Duration = Duration::from_secs(5);

/// See the [module](self).
pub(super) struct KafkaGroupMember(Arc<Membership>);

/// What outlives the member while an answer is waited for.
pub(super) struct Membership {
    pub(super) client: Arc<Detached<BaseConsumer<GroupContext>>>,
    pub(super) admin: Arc<Admin>,
    /// For committed offsets: what librdkafka has for them without blocking may end the process
    /// (`raw::members`).
    helper: Helper,
    pub(super) group: String,
    topics: Mutex<Vec<String>>,
    missing: Missing,
    pub(super) left: AtomicBool,
    pub(super) instance: Option<String>,
    pub(super) newer_protocol: bool,
}

impl KafkaGroupMember {
    pub(super) fn new(config: &GroupConfig, admin: &Arc<Admin>) -> Result<Self, BrokerError> {
        let settings = admin.settings();
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
        let mut defaults = vec![
            ("reconnect.backoff.max.ms", "1000".to_owned()),
            ("socket.nagle.disable", "true".into()),
            // The group hands out partitions that were added when a member sees them; the default
            // is five minutes.
            ("topic.metadata.refresh.interval.ms", "5000".into()),
        ];
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
        let bell = context.bell.clone();
        let mut client = settings
            .client(Kind::Group, &defaults, &fixed)
            .create_with_context::<_, BaseConsumer<GroupContext>>(context)
            .map_err(|e| super::creation("make a member of the group", &e))?;
        client.set_nonempty_callback(move || bell.ring());
        let member = Membership {
            client: Arc::new(Detached::new(client)),
            admin: admin.clone(),
            helper: Helper::default(),
            group: config.group.clone(),
            topics: Mutex::default(),
            missing: Missing::new(probe.get("topic.metadata.propagation.max.ms")),
            left: AtomicBool::new(false),
            instance: config.instance.clone(),
            newer_protocol,
        };
        member.subscribe(&config.topics)?;
        Ok(KafkaGroupMember(Arc::new(member)))
    }
}

impl Membership {
    fn topics(&self) -> MutexGuard<'_, Vec<String>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn context(&self) -> &GroupContext {
        self.client.get().context()
    }

    pub(super) fn words(&self) -> Words<'_> {
        Words { address: self.admin.settings().bootstrap(), context: &self.context().base, limit: self.admin.limit() }
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
        self.0.poll(timeout)
    }

    fn acknowledge_revoked(&self, partitions: &[TopicPartition]) -> Result<(), BrokerError> {
        self.0.acknowledge_revoked(partitions)
    }

    fn committed(&self, partitions: &[TopicPartition]) -> Answer<Vec<Option<CommitOffset>>> {
        let (member, partitions) = (self.0.clone(), partitions.to_vec());
        let what = format!("read the offsets of group `{}`", member.group);
        self.0.admin.ask(&what, |_, _| async move { member.committed(&partitions).await })
    }

    fn commit(&self, offsets: &[CommitOffset]) -> Answer<()> {
        let (member, offsets) = (self.0.clone(), offsets.to_vec());
        let asked = async move { member.commit(&offsets).await };
        let member = self.0.clone();
        // librdkafka itself sets no limit here.
        begin(until(Instant::now() + self.0.admin.limit(), asked, move || {
            member.words().request(&member.committing(), Code::OperationTimedOut)
        }))
    }

    fn subscribe(&self, topics: &[String]) -> Result<(), BrokerError> {
        self.0.subscribe(topics)
    }

    fn leave(&self) -> Answer<()> {
        let by = Instant::now() + self.0.admin.limit().min(LEAVE_LIMIT);
        let member = self.0.clone();
        let asked = async move { member.leave().await };
        let member = self.0.clone();
        begin(until(by, asked, move || member.words().request(&member.leaving(), Code::OperationTimedOut)))
    }

    fn members(&self) -> Answer<Vec<String>> {
        let group = self.0.group.clone();
        let asked = self.0.admin.ask("list the members of the group", |admin, _| async move { admin.members(&group).await });
        asked.map(|members| members.into_iter().map(|member| member.client_id).collect())
    }

    fn wake(&self, waker: Waker) {
        self.0.context().bell.set(waker);
    }
}

impl Drop for KafkaGroupMember {
    fn drop(&mut self) {
        // The client, which goes next, polls itself closed and must not wait for anybody's
        // acknowledgement.
        self.0.stop_deferring();
    }
}

impl Membership {
    fn poll(&self, timeout: Duration) -> Result<Option<GroupEvent>, BrokerError> {
        let until = Instant::now() + timeout;
        self.look_for_missing()?;
        loop {
            if let Some(event) = self.next_event() {
                return Ok(Some(event));
            }
            let left = until.saturating_duration_since(Instant::now());
            if self.left.load(Ordering::Acquire) {
                // Who leaves hears of nothing more; the answer to leaving serves the client.
                std::thread::sleep(left);
                return Ok(None);
            }
            match self.client.get().poll(left) {
                Some(Err(error)) => self.judge(&error)?,
                Some(Ok(_)) => {
                    tracing::error!("a member of a group got a record; this is a bug");
                }
                // Nothing, or something that was dealt with on the way.
                None if Instant::now() >= until && raw::events_waiting(self.client.get().client()) == 0 => {
                    return Ok(self.next_event());
                }
                None => {}
            }
        }
    }

    fn next_event(&self) -> Option<GroupEvent> {
        let mut state = self.context().state();
        let event = state.events.pop_front()?;
        drop(state);
        // librdkafka calls again only when its queue was empty, so who looks once for each call
        // would miss what is behind.
        self.context().bell.ring();
        Some(event)
    }

    /// What an error in the member's queue means; `Ok` if it passes, or comes back as an event.
    fn judge(&self, error: &KafkaError) -> Result<(), BrokerError> {
        let fatal = matches!(error, KafkaError::MessageConsumptionFatal(_));
        let code = error::code_of(error);
        match code {
            Code::FencedInstanceId | Code::UnknownMemberId if fatal => Err(self.fenced(code.to_string())),
            Code::UnknownTopic | Code::UnknownTopicOrPartition | Code::NoEnt if !fatal => {
                self.missing.note(&self.last_complaint(code));
                Ok(())
            }
            Code::PollExceeded | Code::PartitionEOF | Code::Fail if !fatal => Ok(()),
            _ if !fatal && error::is_connection(code) => Ok(()),
            _ => {
                let what = format!("take part in group `{}`", self.group);
                Err(BrokerError::Other { what, reason: self.last_complaint(code), fatal })
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
                drop(state);
                self.context().bell.ring();
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

    async fn committed(&self, partitions: &[TopicPartition]) -> Result<Vec<Option<CommitOffset>>, BrokerError> {
        if partitions.is_empty() {
            return Ok(Vec::new());
        }
        let what = format!("read the offsets of group `{}`", self.group);
        let (client, list, limit) = (self.client.clone(), self.list(partitions)?, self.admin.limit());
        let asked = self.helper.run(move || client.get().committed_offsets(list, limit).map_err(|e| error::code_of(&e)));
        let found = asked.await.unwrap_or(Err(Code::Fail)).map_err(|code| self.words().request(&what, code))?;
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

    async fn commit(&self, offsets: &[CommitOffset]) -> Result<(), BrokerError> {
        if offsets.is_empty() {
            return Ok(());
        }
        let what = self.committing();
        let mut list = TopicPartitionList::with_capacity(offsets.len());
        for commit in offsets {
            error::check_name(&commit.partition.topic)?;
            let mut element = list.add_partition(&commit.partition.topic, commit.partition.partition);
            element.set_offset(Offset::Offset(commit.offset.max(0))).map_err(|e| super::creation(&what, &e))?;
            if !commit.metadata.is_empty() {
                element.set_metadata(&commit.metadata);
            }
        }
        if let Some(reason) = self.may_not_commit() {
            return Err(self.fenced(reason));
        }
        match raw::commit(self.client.clone(), list).await {
            Ok(()) => Ok(()),
            Err(
                code @ (Code::UnknownMemberId | Code::FencedInstanceId | Code::Fenced | Code::FencedMemberEpoch | Code::AssignmentLost),
            ) => Err(self.fenced(code.to_string())),
            // What we own stays ours until we give it back, so the next generation will do.
            Err(Code::IllegalGeneration | Code::RebalanceInProgress | Code::StaleMemberEpoch) => {
                Err(BrokerError::Rebalancing { group: self.group.clone() })
            }
            Err(code) => Err(self.words().request(&what, code)),
        }
    }

    fn committing(&self) -> String {
        format!("commit offsets of group `{}`", self.group)
    }

    /// Subscribes again when topics that were missing are there: the client itself would look only minutes later.
    fn look_for_missing(&self) -> Result<(), BrokerError> {
        if !self.missing.is_noted() {
            return Ok(());
        }
        let ask = || {
            let topics = self.topics().clone();
            self.admin.ask("look for topics", |admin, by| async move { admin.missing_of(topics, by).await })
        };
        if self.missing.look(ask, &self.context().bell.task())? {
            let topics = self.topics().clone();
            self.subscribe(&topics)?;
        }
        Ok(())
    }

    /// From now on everything the group asks for is given back at once.
    pub(super) fn stop_deferring(&self) {
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
