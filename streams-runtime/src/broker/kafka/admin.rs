//! Topics and offsets: everything that is asked now and then.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::client::Client;
use rdkafka::error::RDKafkaErrorCode as Code;
use rdkafka::types::RDKafkaType;
use rdkafka::{Offset, TopicPartitionList};

use super::context::Context;
use super::detached::Detached;
use super::error::{self, Words};
use super::helper::Helper;
use super::later::{begin, sleep, until};
use super::nudge::Nudger;
use super::raw::{self, Native};
use super::settings::{Kind, Settings};
use crate::broker::{Answer, BrokerError, Isolation, NewTopic, OffsetAt, TopicInfo, TopicPartition};

/// Between two looks at something that is about to change.
const PAUSE: Duration = Duration::from_millis(20);

/// librdkafka keeps to the time limit itself; ours is a little longer, so that its own answer,
/// which says more, comes first.
const MARGIN: Duration = Duration::from_millis(250);

/// For news of a topic's leaders.
const LEADERS: Duration = Duration::from_secs(2);

/// See the [module](self).
pub(super) struct Admin {
    /// A consumer by type (see [`client`]), since producers make the topics they ask for where the
    /// broker allows it. Belongs to no group.
    client: Arc<Detached<Client<Context>>>,
    /// For what librdkafka has only blocking.
    helper: Helper,
    nudger: Nudger,
    settings: Settings,
    client_id: String,
    limit: Duration,
}

fn client(settings: &Settings, client_id: &str) -> Result<Client<Context>, BrokerError> {
    let config = settings.client(
        Kind::Admin,
        &[("reconnect.backoff.max.ms", "1000".into())],
        &[("client.id", client_id.to_owned()), ("allow.auto.create.topics", "false".into())],
    );
    let native = config.create_native_config();
    let made = native.and_then(|native| Client::new(&config, native, RDKafkaType::RD_KAFKA_CONSUMER, Context::new(client_id)));
    made.map_err(|e| super::creation("make a client for look-ups", &e))
}

impl Admin {
    pub(super) fn new(settings: Settings, client_id: &str, limit: Duration) -> Result<Self, BrokerError> {
        let client = Arc::new(Detached::new(client(&settings, client_id)?));
        Ok(Admin { client, helper: Helper::default(), nudger: Nudger::default(), settings, client_id: client_id.to_owned(), limit })
    }

    /// How long a request may take.
    pub(super) fn limit(&self) -> Duration {
        self.limit
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Runs what librdkafka has only blocking.
    pub(super) fn helper(&self) -> &Helper {
        &self.helper
    }

    /// The client, as the questions take it.
    pub(super) fn client(&self) -> Arc<dyn Native> {
        self.client.clone()
    }

    pub(super) fn words(&self) -> Words<'_> {
        // What the client says of its connections is wanted in the error, and waits until someone
        // looks.
        raw::serve_main_queue(self.client.get());
        Words { address: self.settings.bootstrap(), context: self.client.get().context(), limit: self.limit }
    }

    /// Asks, with the time limit that all requests have. `what` is asked, for the error.
    pub(super) fn ask<T, F>(self: &Arc<Self>, what: &str, ask: impl FnOnce(Arc<Self>, Instant) -> F) -> Answer<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, BrokerError>> + Send + 'static,
    {
        let by = Instant::now() + self.limit;
        let (this, what) = (self.clone(), what.to_owned());
        let asked = self.nudger.nudged(self.client.clone(), Box::pin(ask(self.clone(), by)));
        begin(until(by + MARGIN, asked, move || this.words().request(&what, Code::OperationTimedOut)))
    }

    /// [`topics`](Self::topics) with the time limit.
    pub(super) fn ask_topics(self: &Arc<Self>, names: &[&str]) -> Answer<Vec<Option<TopicInfo>>> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        self.ask("look up topics", |admin, by| async move { admin.topics(&names, by).await })
    }

    /// The named topics. One request, whatever their number.
    pub(super) async fn topics(&self, names: &[String], by: Instant) -> Result<Vec<Option<TopicInfo>>, BrokerError> {
        let mut asked: Vec<String> = names.iter().filter(|name| error::check_name(name).is_ok()).cloned().collect();
        asked.sort_unstable();
        asked.dedup();
        if asked.is_empty() {
            return Ok(vec![None; names.len()]);
        }
        let what = || format!("look up {}", asked.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "));
        loop {
            let found = raw::describe_topics(self.client(), &asked, left(by)).await;
            let found = found.map_err(|code| self.words().request(&what(), code))?;
            let mut infos = BTreeMap::new();
            let mut being_made = false;
            for (name, partitions) in found {
                match partitions {
                    Ok(partitions) => {
                        infos.insert(name.clone(), TopicInfo { name: name.as_str().into(), partitions });
                    }
                    Err(Code::UnknownTopicOrPartition | Code::UnknownTopic | Code::InvalidTopic) => {}
                    Err(Code::LeaderNotAvailable) if Instant::now() < by => being_made = true,
                    Err(code) => return Err(self.words().topic(&format!("look up topic `{name}`"), &name, code)),
                }
            }
            if !being_made {
                return Ok(names.iter().map(|name| infos.get(name).cloned()).collect());
            }
            sleep(PAUSE).await;
        }
    }

    async fn look_up(&self, name: &str, by: Instant) -> Result<Option<TopicInfo>, BrokerError> {
        Ok(self.topics(&[name.to_owned()], by).await?.into_iter().next().flatten())
    }

    pub(super) async fn all_topics(&self) -> Result<Vec<TopicInfo>, BrokerError> {
        let (client, limit) = (self.client.clone(), self.limit);
        let asked = self.helper.run(move || client.get().fetch_metadata(None, limit).map_err(|e| error::code_of(&e)));
        let metadata = asked.await.unwrap_or(Err(Code::Fail)).map_err(|code| self.words().request("list topics", code))?;
        Ok(metadata
            .topics()
            .iter()
            .filter(|topic| topic.error().is_none())
            .map(|topic| TopicInfo { name: topic.name().into(), partitions: topic.partitions().len() as i32 })
            .collect())
    }

    pub(super) async fn create_topic(&self, topic: &NewTopic, by: Instant) -> Result<(), BrokerError> {
        let what = creating(topic);
        if error::check_name(&topic.name).is_err() {
            return Err(BrokerError::Other { what, reason: "not a valid topic name".to_owned(), fatal: false });
        }
        if let Err(raw::Refused { code, reason }) = raw::create_topic(self.client(), topic, left(by)).await {
            return Err(match code {
                Code::TopicAlreadyExists => BrokerError::TopicExists { topic: topic.name.clone() },
                _ if error::is_connection(code) => self.words().request(&what, code),
                _ => BrokerError::Other { what, reason, fatal: false },
            });
        }
        self.wait_for_leaders(topic, by).await
    }

    /// Waits until every partition's leader answers for it. An idempotent producer that writes before may lose: the
    /// broker refuses its first batch and takes the second as the first of an unknown producer.
    async fn wait_for_leaders(&self, topic: &NewTopic, by: Instant) -> Result<(), BrokerError> {
        let mut partitions = Vec::new();
        loop {
            if partitions.is_empty() {
                let found = self.look_up(&topic.name, by).await?;
                partitions = (0..found.map_or(0, |f| f.partitions)).map(|p| TopicPartition::new(topic.name.as_str(), p)).collect();
            }
            let isolation = Isolation::ReadUncommitted;
            if !partitions.is_empty() && self.offsets_once(&partitions, OffsetAt::Latest, isolation, by).await.is_ok() {
                return Ok(());
            }
            if Instant::now() >= by {
                return Err(self.words().timed_out(&creating(topic)));
            }
            sleep(PAUSE).await;
        }
    }

    pub(super) async fn topic_config(&self, topic: &str, by: Instant) -> Result<BTreeMap<String, String>, BrokerError> {
        error::check_name(topic)?;
        let what = format!("read the settings of topic `{topic}`");
        let asked = raw::topic_config(self.client(), topic, left(by)).await;
        let config = asked.map_err(|code| self.words().topic(&what, topic, code))?;
        // A topic that is not there may come as one without settings.
        if config.is_empty() && self.look_up(topic, by).await?.is_none() {
            return Err(BrokerError::UnknownTopic { topic: topic.to_owned() });
        }
        Ok(config)
    }

    pub(super) async fn offsets(
        &self,
        partitions: &[TopicPartition],
        at: OffsetAt,
        isolation: Isolation,
        by: Instant,
    ) -> Result<Vec<i64>, BrokerError> {
        let mut found = self.offsets_found(partitions, at, isolation, by).await?;
        // A time after the last record: the end.
        if found.contains(&-1) && at != OffsetAt::Latest {
            let ends = self.offsets_found(partitions, OffsetAt::Latest, isolation, by).await?;
            for (offset, end) in found.iter_mut().zip(ends) {
                if *offset == -1 {
                    *offset = end;
                }
            }
        }
        Ok(found)
    }

    /// Offsets, -1 where no record is that late.
    async fn offsets_found(
        &self,
        partitions: &[TopicPartition],
        at: OffsetAt,
        isolation: Isolation,
        by: Instant,
    ) -> Result<Vec<i64>, BrokerError> {
        loop {
            let (code, at) = match self.offsets_once(partitions, at, isolation, by).await {
                Ok(found) => return Ok(found),
                Err(failure) => failure,
            };
            // A leader that moves is there again in a moment.
            if error::is_connection(code) && Instant::now() < by {
                if error::is_stale_leader(code) {
                    // The client would ask again with the same old epoch for minutes.
                    self.renew_leaders(partitions).await;
                }
                sleep(PAUSE).await;
                continue;
            }
            // Of what is missing librdkafka says only that something is.
            self.check_all_there(partitions, by).await?;
            // All is there: a broker that has just come back knows its topics a moment later.
            let passes = matches!(code, Code::NoEnt | Code::UnknownTopic | Code::UnknownTopicOrPartition | Code::UnknownPartition);
            if passes && Instant::now() < by {
                sleep(PAUSE).await;
                continue;
            }
            return Err(match at {
                _ if passes => {
                    BrokerError::Unavailable { address: self.settings.bootstrap().to_owned(), reason: format!("read offsets: {code}") }
                }
                Some(at) => self.words().partition("read offsets", &at, code),
                None => self.words().request("read offsets", code),
            });
        }
    }

    /// Has the client ask who leads these partitions now.
    async fn renew_leaders(&self, partitions: &[TopicPartition]) {
        let mut names: Vec<Arc<str>> = partitions.iter().map(|p| p.topic.clone()).collect();
        names.dedup();
        for name in names {
            let client = self.client.clone();
            // Whether it was answered shows with the next question.
            let _ = self.helper.run(move || client.get().fetch_metadata(Some(&name), LEADERS).is_ok()).await;
        }
    }

    /// An error that names the first topic or partition that does not exist.
    async fn check_all_there(&self, partitions: &[TopicPartition], by: Instant) -> Result<(), BrokerError> {
        let names: Vec<String> = partitions.iter().map(|p| p.topic.to_string()).collect();
        let found = self.topics(&names, by).await?;
        for (partition, info) in partitions.iter().zip(found) {
            match info {
                None => return Err(BrokerError::UnknownTopic { topic: partition.topic.to_string() }),
                Some(info) if !(0..info.partitions).contains(&partition.partition) => {
                    return Err(BrokerError::UnknownPartition { partition: partition.clone() });
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// One attempt; a failure with its partition, if it has one.
    async fn offsets_once(
        &self,
        partitions: &[TopicPartition],
        at: OffsetAt,
        isolation: Isolation,
        by: Instant,
    ) -> Result<Vec<i64>, (Code, Option<TopicPartition>)> {
        if partitions.is_empty() {
            return Ok(Vec::new());
        }
        let offset = match at {
            OffsetAt::Earliest => Offset::Beginning,
            OffsetAt::Latest => Offset::End,
            OffsetAt::Timestamp(ms) => Offset::Offset(ms.max(0)),
        };
        let mut list = TopicPartitionList::with_capacity(partitions.len());
        for partition in partitions {
            if error::check_name(&partition.topic).is_err() {
                return Err((Code::UnknownTopic, Some(partition.clone())));
            }
            // Each once: librdkafka refuses repetitions.
            let seen = list.find_partition(&partition.topic, partition.partition);
            if seen.is_none() {
                let mut element = list.add_partition(&partition.topic, partition.partition);
                element.set_offset(offset).map_err(|e| (error::code_of(&e), Some(partition.clone())))?;
            }
        }
        let found = raw::list_offsets(self.client(), &list, isolation, left(by)).await.map_err(|code| (code, None))?;
        partitions
            .iter()
            .map(|partition| match found.get(&(partition.topic.to_string(), partition.partition)) {
                Some(Ok(offset)) => Ok(*offset),
                Some(Err(code)) => Err((*code, Some(partition.clone()))),
                None => Err((Code::UnknownPartition, Some(partition.clone()))),
            })
            .collect()
    }

    pub(super) async fn delete_records(&self, before: &[(TopicPartition, i64)], by: Instant) -> Result<(), BrokerError> {
        if before.is_empty() {
            return Ok(());
        }
        let what = "delete processed records";
        let mut list = TopicPartitionList::with_capacity(before.len());
        for (partition, offset) in before {
            error::check_name(&partition.topic)?;
            list.add_partition(&partition.topic, partition.partition)
                .set_offset(Offset::Offset((*offset).max(0)))
                .map_err(|e| self.words().request(what, error::code_of(&e)))?;
        }
        raw::delete_records(self.client(), list, left(by)).await.map_err(|(code, at)| match at {
            Some(at) => self.words().partition(&format!("{what} of {at}"), &at, code),
            None => self.words().request(what, code),
        })
    }
}

impl Admin {
    /// The members that a group has now.
    pub(super) async fn members(&self, group: &str) -> Result<Vec<raw::Member>, BrokerError> {
        let client = Arc::new(Detached::fleeting(client(&self.settings, &self.client_id)?));
        let asked = raw::members(client.clone(), group).await;
        let words = Words { address: self.settings.bootstrap(), context: client.get().context(), limit: self.limit };
        asked.map_err(|code| words.request(&format!("list the members of group `{group}`"), code))
    }

    /// The first of these topics that is not there.
    pub(super) async fn missing_of(&self, topics: Vec<String>, by: Instant) -> Result<Option<String>, BrokerError> {
        let found = self.topics(&topics, by).await?;
        Ok(topics.into_iter().zip(found).find_map(|(name, info)| info.is_none_or(|info| info.partitions == 0).then_some(name)))
    }
}

fn creating(topic: &NewTopic) -> String {
    format!("create topic `{}` with {} partitions and replication {}", topic.name, topic.partitions, topic.replication)
}

/// How much time is left.
fn left(by: Instant) -> Duration {
    by.saturating_duration_since(Instant::now()).max(Duration::from_millis(1))
}
