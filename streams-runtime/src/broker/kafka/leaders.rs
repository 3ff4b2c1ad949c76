//! Which partitions the topics of a reader have, asked on the helper's thread. The client learns
//! their leaders by that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::RDKafkaErrorCode as Code;

use super::admin::Admin;
use super::context::Context;
use super::error;
use super::signal::Signal;

/// For one look.
const LIMIT: Duration = Duration::from_secs(2);

/// An answer that does not please is asked for again after so long.
const OLD: Duration = Duration::from_millis(200);

/// What is known of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing yet.
    Unknown,
    /// It is not there.
    NoTopic,
    /// How many partitions it has.
    Partitions(i32),
}

struct Topic {
    found: Found,
    /// When that was; `None`: it is being asked.
    at: Option<Instant>,
}

/// See the [module](self).
pub(super) struct Leaders {
    topics: Mutex<HashMap<Arc<str>, Topic>>,
    /// Ends the wait of the reader when there is an answer.
    signal: Arc<Signal>,
}

impl Leaders {
    pub(super) fn new(signal: Arc<Signal>) -> Self {
        Leaders { topics: Mutex::default(), signal }
    }

    fn topics(&self) -> MutexGuard<'_, HashMap<Arc<str>, Topic>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of a topic, and whether it is time to ask again.
    pub(super) fn found(&self, topic: &str) -> (Found, bool) {
        self.topics().get(topic).map_or((Found::Unknown, true), |t| (t.found, t.at.is_some_and(|at| at.elapsed() >= OLD)))
    }

    /// What was known does not hold any more.
    pub(super) fn forget(&self, topic: &str) {
        if let Some(known) = self.topics().get_mut(topic) {
            known.found = Found::Unknown;
        }
    }

    /// Asks for a topic, unless its partitions are known or being asked for.
    pub(super) fn learn(this: &Arc<Self>, topic: &Arc<str>, client: &Arc<BaseConsumer<Context>>, admin: &Admin) {
        {
            let mut topics = this.topics();
            let known = topics.entry(topic.clone()).or_insert(Topic { found: Found::Unknown, at: Some(Instant::now()) });
            if known.at.is_none() || matches!(known.found, Found::Partitions(_)) && known.at.is_some_and(|at| at.elapsed() < OLD) {
                return;
            }
            known.at = None;
        }
        let (this, topic, client) = (this.clone(), topic.clone(), Arc::downgrade(client));
        admin.helper().push(Box::new(move || {
            let found = client.upgrade().map_or(Found::Unknown, |client| ask(&client, &topic));
            if let Some(known) = this.topics().get_mut(&topic) {
                *known = Topic { found, at: Some(Instant::now()) };
            }
            this.signal.raise();
        }));
    }
}

fn ask(client: &BaseConsumer<Context>, name: &str) -> Found {
    let metadata = match client.fetch_metadata(Some(name), LIMIT) {
        Ok(metadata) => metadata,
        Err(error) => {
            tracing::debug!(topic = name, code = %error::code_of(&error), "the leaders of the topic are not known yet");
            return Found::Unknown;
        }
    };
    let topic = metadata.topics().iter().find(|topic| topic.name() == name);
    match topic.map(|topic| (topic.error().map(Code::from), topic.partitions().len() as i32)) {
        None | Some((Some(Code::UnknownTopicOrPartition | Code::UnknownTopic | Code::InvalidTopic), _)) => Found::NoTopic,
        Some((None, partitions)) => Found::Partitions(partitions),
        Some((Some(_), _)) => Found::Unknown,
    }
}
