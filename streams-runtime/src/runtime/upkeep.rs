//! What is done for topics now and then: processed records of repartition topics are deleted, and
//! topics are looked at, which may have been added or have grown.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::environment::Environment;
use super::error::Error;
use super::layout::Layout;
use super::now::later;
use super::silence::MISSING_PATIENCE;
use super::startup;
use crate::broker::{Answer, BrokerError, TopicPartition};

/// Deletes processed records of repartition topics.
pub(super) struct Purge {
    committed: BTreeMap<TopicPartition, i64>,
    purged: BTreeMap<TopicPartition, i64>,
    next: Duration,
    under_way: Option<(Vec<(TopicPartition, i64)>, Answer<()>)>,
}

impl Purge {
    pub(super) fn new(next: Duration) -> Self {
        Purge { committed: BTreeMap::new(), purged: BTreeMap::new(), next, under_way: None }
    }

    /// Records before these offsets are processed, and that is committed.
    pub(super) fn note(&mut self, processed: Vec<(TopicPartition, i64)>) {
        self.committed.extend(processed);
    }

    /// Goes as far as it can; when it wants to be asked again.
    pub(super) fn step(&mut self, mono: Duration, env: &Environment, waker: &std::task::Waker) -> Duration {
        if let Some((before, answer)) = &mut self.under_way {
            match answer.try_take(waker) {
                None => return self.next,
                Some(Ok(())) => self.purged.extend(std::mem::take(before)),
                Some(Err(error)) => {
                    tracing::debug!(%error, "processed records of repartition topics are not deleted; trying again later");
                }
            }
            self.under_way = None;
        }
        if mono < self.next {
            return self.next;
        }
        self.next = later(mono, env.config.purge_interval);
        let is_new = |(partition, offset): &(&TopicPartition, &i64)| self.purged.get(partition) != Some(*offset);
        let before: Vec<(TopicPartition, i64)> = self.committed.iter().filter(is_new).map(|(p, o)| (p.clone(), *o)).collect();
        if !before.is_empty() {
            let answer = env.broker.delete_records(&before);
            self.under_way = Some((before, answer));
        }
        self.next
    }
}

type Look = Pin<Box<dyn Future<Output = Result<Looked, Error>> + Send>>;

/// How soon a topic that is gone is looked for again.
const GONE_PAUSE: Duration = Duration::from_secs(2);

/// Looks at the topics.
pub(super) struct Topics {
    next: Duration,
    under_way: Option<Look>,
    gone_since: Option<Duration>,
    /// Topics that were gone at some look since all were there.
    gone: BTreeSet<String>,
}

/// What has changed since the last look.
#[derive(Default)]
pub(super) struct Change {
    pub(super) layout: Option<Layout>,
    /// Topics that were deleted and made again: all of their records are new.
    pub(super) made_again: BTreeSet<String>,
}

impl Topics {
    pub(super) fn new(next: Duration) -> Self {
        Topics { next, under_way: None, gone_since: None, gone: BTreeSet::new() }
    }

    /// Looks at once: the group knows of partitions that are not known here.
    pub(super) fn look_now(&mut self, mono: Duration) {
        self.next = self.next.min(mono);
    }

    /// Goes as far as it can: what has changed, and when it wants to be asked again.
    ///
    /// # Errors
    /// When the application cannot run on the topics as they are now.
    pub(super) fn step(
        &mut self,
        mono: Duration,
        env: &Arc<Environment>,
        now: &Arc<Layout>,
        waker: &std::task::Waker,
    ) -> Result<(Change, Duration), Error> {
        if self.under_way.is_none() && mono >= self.next {
            self.next = later(mono, env.config.topic_refresh);
            self.under_way = Some(Box::pin(startup::look_again(Arc::clone(env), Arc::clone(now))));
        }
        let Some(look) = &mut self.under_way else { return Ok((Change::default(), self.next)) };
        let Poll::Ready(found) = look.as_mut().poll(&mut Context::from_waker(waker)) else {
            return Ok((Change::default(), self.next));
        };
        self.under_way = None;
        let layout = match found {
            Ok(Looked::Same) => None,
            Ok(Looked::Changed(layout)) => Some(layout.follows(now)?),
            Ok(Looked::Gone(topic)) => {
                let since = *self.gone_since.get_or_insert(mono);
                if mono.saturating_sub(since) >= MISSING_PATIENCE {
                    return Err(Error::SourceGone(BrokerError::UnknownTopic { topic }));
                }
                tracing::warn!(topic = topic.as_str(), "the topic is gone; waiting whether it is made again");
                self.gone.insert(topic);
                self.next = later(mono, GONE_PAUSE);
                return Ok((Change::default(), self.next));
            }
            Err(Error::Broker(error)) if error.is_retriable() => {
                tracing::warn!(%error, "no look at the topics; trying again later");
                return Ok((Change::default(), self.next));
            }
            Err(error) => return Err(Error::TopicsChanged(Arc::new(error))),
        };
        self.gone_since = None;
        Ok((Change { layout, made_again: std::mem::take(&mut self.gone) }, self.next))
    }
}

/// What a look at the topics has found.
pub(super) enum Looked {
    Same,
    Changed(Layout),
    /// This topic is not there.
    Gone(String),
}
