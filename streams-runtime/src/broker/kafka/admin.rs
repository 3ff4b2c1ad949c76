//! Topics and offsets: everything that is asked now and then.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic as NativeNewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::client::Client;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::types::RDKafkaType;
use rdkafka::{Offset, TopicPartitionList};

use super::context::Context;
use super::detached::Detached;
use super::error::{self, Words};
use super::raw;
use super::settings::{Kind, Settings};
use crate::broker::{BrokerError, Isolation, NewTopic, OffsetAt, TopicInfo, TopicPartition};

/// Between two looks at something that is about to change.
const PAUSE: Duration = Duration::from_millis(20);

/// From so many names on, one request for all topics is cheaper than one for each.
const MANY_TOPICS: usize = 16;

/// See the [module](self).
pub(super) struct Admin {
    /// A consumer by type, since producers make the topics they ask for where the broker allows it. Belongs to no group.
    client: Detached<Client<Context>>,
    /// For changes; made when the first is asked for.
    changes: Mutex<Option<Arc<AdminClient<Context>>>>,
    settings: Settings,
    client_id: String,
    limit: Duration,
}

impl Admin {
    pub(super) fn new(settings: Settings, client_id: &str, limit: Duration) -> Result<Self, BrokerError> {
        let config = settings.client(
            Kind::Admin,
            &[("reconnect.backoff.max.ms", "1000".into())],
            &[("client.id", client_id.to_owned()), ("allow.auto.create.topics", "false".into())],
        );
        let client = config
            .create_native_config()
            .and_then(|native| {
                let context = Context::new(client_id);
                Client::new(&config, native, RDKafkaType::RD_KAFKA_CONSUMER, context)
            })
            .map_err(|e| super::creation("make a client for look-ups", &e))?;
        Ok(Admin { client: Detached::new(client), changes: Mutex::new(None), settings, client_id: client_id.to_owned(), limit })
    }

    /// How long a request may take.
    pub(super) fn limit(&self) -> Duration {
        self.limit
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    fn words(&self) -> Words<'_> {
        // What the client says of its connections is wanted in the error, and waits until someone looks.
        raw::serve_main_queue(self.client.get());
        Words { address: self.settings.bootstrap(), context: self.client.get().context(), limit: self.limit }
    }

    /// The client for changes.
    fn changes(&self) -> Result<Arc<AdminClient<Context>>, BrokerError> {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = &*changes {
            return Ok(client.clone());
        }
        let client = self
            .settings
            .client(Kind::Admin, &[("reconnect.backoff.max.ms", "1000".into())], &[("client.id", self.client_id.clone())])
            .create_with_context::<_, AdminClient<Context>>(Context::new(&self.client_id))
            .map_err(|e| super::creation("make a client for changes of topics", &e))?;
        Ok(changes.insert(Arc::new(client)).clone())
    }

    fn options(&self) -> AdminOptions {
        AdminOptions::new().request_timeout(Some(self.limit)).operation_timeout(Some(self.limit))
    }

    /// Waits for the answer to a change, with the same limit as for everything else.
    fn change<T, F>(&self, what: &str, ask: impl FnOnce(&AdminClient<Context>, &AdminOptions) -> F) -> Result<T, BrokerError>
    where
        F: Future<Output = Result<T, KafkaError>>,
    {
        let client = self.changes()?;
        let answer = ask(&client, &self.options());
        // librdkafka keeps the limit itself; the second is for its own answer, which says more, to come first.
        let result = block_on(answer, self.limit + Duration::from_secs(1));
        raw::serve_main_queue(client.inner());
        let words = Words { address: self.settings.bootstrap(), context: client.inner().context(), limit: self.limit };
        match result {
            None => Err(words.timed_out(what)),
            Some(Ok(answer)) => Ok(answer),
            Some(Err(error)) => Err(words.request(what, error::code_of(&error))),
        }
    }

    pub(super) fn topics(&self, names: &[&str]) -> Result<Vec<Option<TopicInfo>>, BrokerError> {
        if names.len() >= MANY_TOPICS {
            let all: BTreeMap<Arc<str>, TopicInfo> = self.all_topics()?.into_iter().map(|info| (info.name.clone(), info)).collect();
            return Ok(names.iter().map(|name| all.get(*name).cloned()).collect());
        }
        names.iter().map(|name| self.look_up(name)).collect()
    }

    fn look_up(&self, name: &str) -> Result<Option<TopicInfo>, BrokerError> {
        if error::check_name(name).is_err() {
            return Ok(None);
        }
        let what = format!("look up topic `{name}`");
        let until = Instant::now() + self.limit;
        loop {
            let metadata =
                self.client.get().fetch_metadata(Some(name), self.limit).map_err(|e| self.words().request(&what, error::code_of(&e)))?;
            let Some(topic) = metadata.topics().iter().find(|t| t.name() == name) else {
                return Ok(None);
            };
            match topic.error().map(Code::from) {
                None => {
                    return Ok(Some(TopicInfo { name: name.into(), partitions: topic.partitions().len() as i32 }));
                }
                Some(Code::UnknownTopicOrPartition | Code::UnknownTopic | Code::InvalidTopic) => {
                    return Ok(None);
                }
                // Being made just now.
                Some(Code::LeaderNotAvailable) if Instant::now() < until => {
                    std::thread::sleep(PAUSE);
                }
                Some(code) => return Err(self.words().topic(&what, name, code)),
            }
        }
    }

    pub(super) fn all_topics(&self) -> Result<Vec<TopicInfo>, BrokerError> {
        let metadata =
            self.client.get().fetch_metadata(None, self.limit).map_err(|e| self.words().request("list topics", error::code_of(&e)))?;
        Ok(metadata
            .topics()
            .iter()
            .filter(|topic| topic.error().is_none())
            .map(|topic| TopicInfo { name: topic.name().into(), partitions: topic.partitions().len() as i32 })
            .collect())
    }

    pub(super) fn create_topic(&self, topic: &NewTopic) -> Result<(), BrokerError> {
        let what = format!("create topic `{}` with {} partitions and replication {}", topic.name, topic.partitions, topic.replication);
        let invalid = |reason: &str| BrokerError::Other { what: what.clone(), reason: reason.to_owned(), fatal: false };
        if error::check_name(&topic.name).is_err() {
            return Err(invalid("not a valid topic name"));
        }
        let replication = TopicReplication::Fixed(i32::from(topic.replication));
        let mut wanted = NativeNewTopic::new(&topic.name, topic.partitions, replication);
        for (name, value) in &topic.config {
            wanted = wanted.set(name, value);
        }
        let results = self.change(&what, |client, options| client.create_topics([&wanted], options))?;
        for result in results {
            if let Err((_, code)) = result {
                return Err(match code {
                    Code::TopicAlreadyExists => BrokerError::TopicExists { topic: topic.name.clone() },
                    _ => self.words().request(&what, code),
                });
            }
        }
        self.wait_for_leaders(topic, &what)
    }

    /// Waits until every partition's leader answers for it. An idempotent producer that writes before may lose: the
    /// broker refuses its first batch and takes the second as the first of an unknown producer.
    fn wait_for_leaders(&self, topic: &NewTopic, what: &str) -> Result<(), BrokerError> {
        let until = Instant::now() + self.limit;
        let mut partitions = Vec::new();
        loop {
            if partitions.is_empty() {
                let found = self.look_up(&topic.name)?;
                partitions = (0..found.map_or(0, |f| f.partitions)).map(|p| TopicPartition::new(topic.name.as_str(), p)).collect();
            }
            let answered = !partitions.is_empty() && self.offsets_once(&partitions, OffsetAt::Latest, Isolation::ReadUncommitted).is_ok();
            if answered {
                return Ok(());
            }
            if Instant::now() >= until {
                return Err(self.words().timed_out(what));
            }
            std::thread::sleep(PAUSE);
        }
    }

    pub(super) fn topic_config(&self, topic: &str) -> Result<BTreeMap<String, String>, BrokerError> {
        error::check_name(topic)?;
        let what = format!("read the settings of topic `{topic}`");
        let wanted = ResourceSpecifier::Topic(topic);
        let results = self.change(&what, |client, options| client.describe_configs([&wanted], options))?;
        let mut config = BTreeMap::new();
        for result in results {
            let resource = result.map_err(|code| self.words().topic(&what, topic, code))?;
            for entry in resource.entries {
                if let Some(value) = entry.value {
                    config.insert(entry.name, value);
                }
            }
        }
        // rdkafka shows a topic that is not there as one without settings.
        if config.is_empty() && self.look_up(topic)?.is_none() {
            return Err(BrokerError::UnknownTopic { topic: topic.to_owned() });
        }
        Ok(config)
    }

    pub(super) fn offsets(&self, partitions: &[TopicPartition], at: OffsetAt, isolation: Isolation) -> Result<Vec<i64>, BrokerError> {
        let until = Instant::now() + self.limit;
        loop {
            match self.offsets_once(partitions, at, isolation) {
                Ok(mut found) => {
                    // A time after the last record: the end.
                    if found.contains(&-1) && at != OffsetAt::Latest {
                        let ends = self.offsets(partitions, OffsetAt::Latest, isolation)?;
                        for (offset, end) in found.iter_mut().zip(ends) {
                            if *offset == -1 {
                                *offset = end;
                            }
                        }
                    }
                    return Ok(found);
                }
                // A leader that moves is there again in a moment.
                Err((code, _)) if error::is_connection(code) && Instant::now() < until => {
                    std::thread::sleep(PAUSE);
                    if error::is_stale_leader(code) {
                        // The client would ask again with the same old epoch for minutes; looking the topics up renews what it knows.
                        let _ = self.check_all_there(partitions);
                    }
                }
                Err((code, at)) => {
                    // Of what is missing librdkafka says only that something is.
                    self.check_all_there(partitions)?;
                    return Err(match at {
                        Some(at) => self.words().partition("read offsets", &at, code),
                        None => self.words().request("read offsets", code),
                    });
                }
            }
        }
    }

    /// An error that names the first topic or partition that does not exist.
    fn check_all_there(&self, partitions: &[TopicPartition]) -> Result<(), BrokerError> {
        let mut names: Vec<&str> = partitions.iter().map(|p| &*p.topic).collect();
        names.sort_unstable();
        names.dedup();
        let found = self.topics(&names)?;
        for partition in partitions {
            let at = names.binary_search(&&*partition.topic).unwrap_or_default();
            match found.get(at).and_then(Option::as_ref) {
                None => {
                    return Err(BrokerError::UnknownTopic { topic: partition.topic.to_string() });
                }
                Some(info) if !(0..info.partitions).contains(&partition.partition) => {
                    return Err(BrokerError::UnknownPartition { partition: partition.clone() });
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// One attempt; a failure with its partition, if it has one.
    fn offsets_once(
        &self,
        partitions: &[TopicPartition],
        at: OffsetAt,
        isolation: Isolation,
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
        let found = raw::list_offsets(self.client.get(), &list, isolation, self.limit).map_err(|code| (code, None))?;
        partitions
            .iter()
            .map(|partition| match found.get(&(partition.topic.to_string(), partition.partition)) {
                Some(Ok(offset)) => Ok(*offset),
                Some(Err(code)) => Err((*code, Some(partition.clone()))),
                None => Err((Code::UnknownPartition, Some(partition.clone()))),
            })
            .collect()
    }

    pub(super) fn delete_records(&self, before: &[(TopicPartition, i64)]) -> Result<(), BrokerError> {
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
        let results = self.change(what, |client, options| client.delete_records(&list, options))?;
        for element in results.elements() {
            if let Err(error) = element.error() {
                let partition = TopicPartition::new(element.topic(), element.partition());
                let what = format!("delete processed records of {partition}");
                return Err(self.words().partition(&what, &partition, error::code_of(&error)));
            }
        }
        Ok(())
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future on this thread. rdkafka's futures are woken by its own thread and need no runtime.
fn block_on<F: Future>(future: F, limit: Duration) -> Option<F::Output> {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = std::task::Context::from_waker(&waker);
    let mut future = pin!(future);
    let until = Instant::now() + limit;
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut context) {
            return Some(result);
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        std::thread::park_timeout(left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_future_that_never_ends_is_given_up() {
        let never = std::future::pending::<()>();
        assert_eq!(block_on(never, Duration::from_millis(5)), None);
        assert_eq!(block_on(async { 7 }, Duration::ZERO), Some(7));
    }
}
