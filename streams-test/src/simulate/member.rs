//! A member of the group: its client beats by itself, and what the coordinator says comes later.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use streams_runtime::broker::{Answer, Broker, BrokerError, CommitOffset, GroupConfig, GroupEvent, GroupMember, TopicPartition, Waker};

use super::link::Link;
use super::net::{Net, Target, lock};
use super::plan::{MS, Micros};

#[derive(Default)]
struct State {
    /// The membership itself; none before the coordinator has heard of it.
    inner: Option<Arc<dyn GroupMember>>,
    inbox: VecDeque<Result<GroupEvent, BrokerError>>,
    waker: Option<Waker>,
    /// When the last message to the coordinator arrives, and the last one from it: neither is
    /// overtaken.
    sent: Micros,
    received: Micros,
    has_left: bool,
}

struct Shared {
    link: Arc<Link>,
    beat: Micros,
    state: Mutex<State>,
}

/// A membership.
pub(super) struct SimMember(Arc<Shared>);

impl SimMember {
    pub(super) fn join(link: &Arc<Link>, config: &GroupConfig) -> Arc<dyn GroupMember> {
        link.set_leads(&config.topics);
        let beat = (link.net.plan.session_timeout_ms * MS / 10).max(20 * MS);
        let shared = Arc::new(Shared { link: Arc::clone(link), beat, state: Mutex::default() });
        let (joining, config) = (Arc::clone(&shared), config.clone());
        joining.reach("join", move |shared, net| match net.log().join_group(&config) {
            Ok(inner) => {
                lock(&shared.state).inner = Some(inner);
                shared.beat();
            }
            Err(error) => shared.deliver(Err(error)),
        });
        Arc::new(SimMember(shared))
    }

    fn later<T: Send + 'static>(
        &self,
        what: &'static str,
        does: impl Fn(&Arc<Shared>, &Arc<Net>, &Arc<dyn GroupMember>) -> Result<T, BrokerError> + Send + 'static,
    ) -> Answer<T> {
        let shared = Arc::clone(&self.0);
        let not_before = lock(&self.0.state).sent;
        let (answer, arrives) = self.0.link.ask(what, Target::Coordinator, not_before, move |net| {
            let inner = lock(&shared.state).inner.clone();
            match inner {
                Some(inner) => does(&shared, net, &inner),
                None => Err(shared.link.unavailable("no coordinator yet")),
            }
        });
        let mut state = lock(&self.0.state);
        state.sent = state.sent.max(arrives);
        answer
    }
}

impl Shared {
    /// Something that the client says to the coordinator until it has arrived.
    fn reach(self: Arc<Self>, what: &'static str, does: impl FnOnce(&Arc<Shared>, &Arc<Net>) + Send + 'static) {
        let at = {
            let mut state = lock(&self.state);
            state.sent = state.sent.max(self.link.net.now() + self.link.delay(what));
            state.sent
        };
        let net = Arc::clone(&self.link.net);
        net.at(at, move |net| {
            let away = self.link.away_until(&Target::Coordinator);
            let lost = away.is_some() || self.link.goes_wrong("message lost", net.plan.rates.lost_requests);
            if !lost {
                does(&self, net);
                return;
            }
            let again = away.unwrap_or(net.now() + 100 * MS);
            let link = Arc::clone(&self.link);
            link.at(again, move |_| self.reach(what, does));
        });
    }

    /// A heartbeat, and the next one.
    fn beat(self: &Arc<Self>) {
        let link = Arc::clone(&self.link);
        let now = link.net.now();
        let shared = Arc::clone(self);
        let arrives = {
            let mut state = lock(&self.state);
            if state.has_left {
                return;
            }
            state.sent = state.sent.max(now + link.delay("heartbeat"));
            state.sent
        };
        link.net.at(arrives, move |net| shared.heard(net));
        let shared = Arc::clone(self);
        link.at(now + self.beat, move |_| shared.beat());
    }

    /// The coordinator hears of the member, and says what is new.
    fn heard(self: &Arc<Self>, net: &Arc<Net>) {
        if self.link.away_until(&Target::Coordinator).is_some() {
            return;
        }
        let (inner, has_left) = {
            let state = lock(&self.state);
            (state.inner.clone(), state.has_left)
        };
        let Some(inner) = inner.filter(|_| !has_left) else { return };
        loop {
            match inner.poll(Duration::ZERO) {
                Ok(None) => return,
                Ok(Some(event)) => {
                    match &event {
                        GroupEvent::Assigned(partitions) => net.set_owner(partitions, self.link.number),
                        GroupEvent::Lost(partitions) => net.drop_owner(partitions, self.link.number),
                        GroupEvent::Revoked(_) => {}
                    }
                    self.deliver(Ok(event));
                }
                Err(error) => {
                    self.deliver(Err(error));
                    return;
                }
            }
        }
    }

    fn deliver(self: &Arc<Self>, message: Result<GroupEvent, BrokerError>) {
        let at = {
            let mut state = lock(&self.state);
            state.received = state.received.max(self.link.net.now() + self.link.delay("group event"));
            state.received
        };
        let shared = Arc::clone(self);
        self.link.at(at, move |_| {
            let waker = {
                let mut state = lock(&shared.state);
                state.inbox.push_back(message);
                state.waker.clone()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        });
    }
}

impl GroupMember for SimMember {
    fn poll(&self, _: Duration) -> Result<Option<GroupEvent>, BrokerError> {
        let link = &self.0.link;
        if !link.enter() {
            return Ok(None);
        }
        let Some(message) = lock(&self.0.state).inbox.pop_front() else { return Ok(None) };
        link.note("group", i64::from(message.is_ok()), || match &message {
            Ok(event) => format!("{event:?}"),
            Err(error) => error.to_string(),
        });
        match &message {
            Ok(GroupEvent::Assigned(partitions)) => link.assigned(partitions),
            Ok(GroupEvent::Lost(partitions)) => link.loses(partitions),
            Ok(GroupEvent::Revoked(_)) => {}
            Err(error) => link.excuse(error.to_string()),
        }
        message.map(Some)
    }

    fn acknowledge_revoked(&self, partitions: &[TopicPartition]) -> Result<(), BrokerError> {
        let link = &self.0.link;
        if !link.enter() {
            return Ok(());
        }
        link.note("gives back", partitions.len() as i64, || format!("{partitions:?}"));
        let are_lost = link.confirms(partitions);
        link.gives_back(partitions, are_lost);
        let partitions = partitions.to_vec();
        Arc::clone(&self.0).reach("acknowledge", move |shared, net| {
            let inner = lock(&shared.state).inner.clone();
            net.drop_owner(&partitions, shared.link.number);
            if let Some(Err(error)) = inner.map(|inner| inner.acknowledge_revoked(&partitions)) {
                shared.deliver(Err(error));
            }
            shared.heard(net);
        });
        Ok(())
    }

    fn committed(&self, partitions: &[TopicPartition]) -> Answer<Vec<Option<CommitOffset>>> {
        self.0.link.count_question();
        let partitions = partitions.to_vec();
        self.later("committed", move |_, _, inner| inner.committed(&partitions).wait())
    }

    fn commit(&self, offsets: &[CommitOffset]) -> Answer<()> {
        self.0.link.begins_commit();
        self.0.link.check_commit(offsets.iter().map(|offset| &offset.partition));
        self.0.link.note("commit", offsets.iter().map(|offset| offset.offset).sum(), || {
            let each = |offset: &CommitOffset| format!("{}@{}", offset.partition, offset.offset);
            offsets.iter().map(each).collect::<Vec<_>>().join(" ")
        });
        let offsets = offsets.to_vec();
        let partitions: Vec<TopicPartition> = offsets.iter().map(|offset| offset.partition.clone()).collect();
        let (link, refused) = (Arc::clone(&self.0.link), partitions.clone());
        let answer = self.later("commit", move |shared, net, inner| {
            let before = net.committed(&partitions);
            net.on_medium(|medium| medium.tries_commit(&offsets));
            inner.commit(&offsets).wait()?;
            net.on_medium(|medium| medium.committed(&offsets));
            for (offset, before) in offsets.iter().zip(before) {
                let told = lock(&net.watch).committed(&offset.partition, offset.offset);
                if let Err(finding) = told {
                    shared.link.find(finding);
                }
                if before.is_some_and(|before| before > offset.offset) {
                    shared.link.find(format_args!("commits {} at {}, before {before:?}", offset.partition, offset.offset));
                }
                let end = net.log().end_offset(&offset.partition.topic, offset.partition.partition).unwrap_or(0);
                if offset.offset > end {
                    shared.link.find(format_args!("commits {} at {}, behind the end {end}", offset.partition, offset.offset));
                }
            }
            Ok(())
        });
        Answer::later(async move {
            let answer = answer.await;
            if let Err(BrokerError::Fenced { .. }) = &answer {
                link.refuses(refused);
            }
            answer
        })
    }

    fn subscribe(&self, topics: &[String]) -> Result<(), BrokerError> {
        if self.0.link.enter() {
            self.0.link.set_leads(topics);
            let topics = topics.to_vec();
            Arc::clone(&self.0).reach("subscribe", move |shared, _| {
                let inner = lock(&shared.state).inner.clone();
                if let Some(Err(error)) = inner.map(|inner| inner.subscribe(&topics)) {
                    shared.deliver(Err(error));
                }
            });
        }
        Ok(())
    }

    fn leave(&self) -> Answer<()> {
        self.0.link.note("leave", 0, String::new);
        self.0.link.leaves();
        self.later("leave", |shared, net, inner| {
            lock(&shared.state).has_left = true;
            net.forget_owner(shared.link.number);
            inner.leave().wait()
        })
    }

    fn members(&self) -> Answer<Vec<String>> {
        self.later("members", |_, _, inner| inner.members().wait())
    }

    fn wake(&self, waker: Waker) {
        let mut state = lock(&self.0.state);
        if !state.inbox.is_empty() {
            waker.wake();
        }
        state.waker = Some(waker);
    }
}
