//! Apache Kafka through rdkafka (librdkafka).
//!
//! # Settings
//!
//! [`KafkaBroker::new`] takes any setting of librdkafka by its own name, such as `security.protocol` or
//! `socket.timeout.ms`. With the prefix `consumer.`, `producer.`, `admin.` or `group.` it is for the clients of one kind
//! alone (readers, writers, look-ups and changes of topics, membership in the group) and goes before the general one.
//!
//! What the runtime itself depends on cannot be given: `bootstrap.servers`, `client.id`, `group.id`,
//! `group.instance.id`, `session.timeout.ms`, `partition.assignment.strategy`, `enable.auto.commit`,
//! `auto.commit.interval.ms`, `enable.auto.offset.store`, `auto.offset.reset`, `isolation.level`, `enable.partition.eof`,
//! `allow.auto.create.topics`, `acks`, `enable.idempotence`, `transactional.id`, `message.timeout.ms`,
//! `delivery.report.only.error`, nor any of their other names. The error says what each is for.
//!
//! `group.protocol` = `consumer` chooses the newer group protocol (brokers from 4.0).
//!
//! # Good to know
//!
//! - Readers belong to no group, but librdkafka wants a name from them: their `group.id` is their client id. Where
//!   access is restricted, allow groups by the prefix of the application id.
//! - The timestamp 0 is sent as 1 ms: librdkafka takes 0 for "now".
//! - A reader asks each broker that leads its partitions ten times a second
//!   (`consumer.fetch.wait.max.ms` = `100`), also when nothing comes: 0.1 % of a core for each such
//!   broker. A partition that is added waits for the question under way, twice if its topic is new
//!   to the reader, and so does what is known of the end of a transaction. `500` costs a fifth of
//!   that.
//! - librdkafka says nothing to a reader whose topic is deleted; looking the topic up does.
//! - A static member (`instance`) that leaves stays in the group until its session timeout, so that a restart moves nothing.

mod admin;
mod consumer;
mod context;
mod detached;
mod error;
mod features;
mod group;
mod growth;
mod helper;
mod later;
mod leaders;
mod leaving;
mod mending;
mod missing;
mod nudge;
mod on_the_way;
mod outbox;
mod producer;
mod raw;
mod rebalance;
mod settings;
mod signal;
mod told;
mod window;
mod writer;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::error::KafkaError;

use self::admin::Admin;
use self::consumer::KafkaConsumer;
use self::group::KafkaGroupMember;
use self::producer::KafkaProducer;
use self::settings::Settings;
use self::writer::KafkaWriter;
use crate::broker::{
    Answer, Broker, BrokerError, Consumer, ConsumerConfig, GroupConfig, GroupMember, Isolation, NewTopic, OffsetAt, Producer,
    ProducerConfig, TopicInfo, TopicPartition, Writer,
};

/// How long one request may take, unless [`KafkaBroker::request_timeout`] says otherwise.
pub const DEFAULT_REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// A Kafka cluster. See the [module](self) for its settings. A clone is another handle of the same cluster.
///
/// ```
/// use std::collections::BTreeMap;
/// use streams_runtime::broker::{BrokerError, kafka::KafkaBroker};
///
/// let settings = BTreeMap::from([("producer.compression.type".to_owned(), "lz4".to_owned())]);
/// assert!(KafkaBroker::new("localhost:9092", settings).is_ok());
///
/// let settings = BTreeMap::from([("enable.auto.commit".to_owned(), "true".to_owned())]);
/// let refused = KafkaBroker::new("localhost:9092", settings);
/// assert!(matches!(refused, Err(BrokerError::Config { name, .. }) if name == "enable.auto.commit"));
/// ```
#[derive(Clone)]
pub struct KafkaBroker {
    admin: Arc<Admin>,
}

impl fmt::Debug for KafkaBroker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Settings hold passwords.
        f.debug_struct("KafkaBroker").field("bootstrap", &self.settings().bootstrap()).finish_non_exhaustive()
    }
}

impl KafkaBroker {
    /// The cluster that these brokers (`host:port,host:port`) belong to. Connects to nothing yet.
    ///
    /// # Errors
    /// [`BrokerError::Config`] for a setting that librdkafka does not know or whose value it does not take, and for one
    /// that the runtime depends on.
    pub fn new(bootstrap: impl Into<String>, settings: BTreeMap<String, String>) -> Result<Self, BrokerError> {
        let settings = Settings::new(&bootstrap.into(), &settings)?;
        let admin = Admin::new(settings, "streams-admin", DEFAULT_REQUEST_TIMEOUT)?;
        Ok(KafkaBroker { admin: Arc::new(admin) })
    }

    /// How long a request (a look-up, a change of a topic, a commit) may take before it is an error.
    ///
    /// # Errors
    /// As [`KafkaBroker::new`].
    pub fn request_timeout(self, limit: Duration) -> Result<Self, BrokerError> {
        let admin = Admin::new(self.settings().clone(), "streams-admin", limit)?;
        Ok(KafkaBroker { admin: Arc::new(admin) })
    }

    fn settings(&self) -> &Settings {
        self.admin.settings()
    }
}

impl Broker for KafkaBroker {
    fn address(&self) -> String {
        self.settings().bootstrap().to_owned()
    }

    fn topics(&self, names: &[&str]) -> Answer<Vec<Option<TopicInfo>>> {
        self.admin.ask_topics(names)
    }

    fn all_topics(&self) -> Answer<Vec<TopicInfo>> {
        self.admin.ask("list topics", |admin, _| async move { admin.all_topics().await })
    }

    fn create_topic(&self, topic: &NewTopic) -> Answer<()> {
        let topic = topic.clone();
        self.admin.ask(&format!("create topic `{}`", topic.name), |admin, by| async move { admin.create_topic(&topic, by).await })
    }

    fn topic_config(&self, topic: &str) -> Answer<BTreeMap<String, String>> {
        let topic = topic.to_owned();
        let what = format!("read the settings of topic `{topic}`");
        self.admin.ask(&what, |admin, by| async move { admin.topic_config(&topic, by).await })
    }

    fn offsets(&self, partitions: &[TopicPartition], at: OffsetAt, isolation: Isolation) -> Answer<Vec<i64>> {
        let partitions = partitions.to_vec();
        self.admin.ask("read offsets", |admin, by| async move { admin.offsets(&partitions, at, isolation, by).await })
    }

    fn delete_records(&self, before: &[(TopicPartition, i64)]) -> Answer<()> {
        let before = before.to_vec();
        self.admin.ask("delete processed records", |admin, by| async move { admin.delete_records(&before, by).await })
    }

    fn join_group(&self, config: &GroupConfig) -> Result<Arc<dyn GroupMember>, BrokerError> {
        let member = KafkaGroupMember::new(config, &self.admin)?;
        Ok(Arc::new(member))
    }

    fn consumer(&self, config: &ConsumerConfig) -> Result<Box<dyn Consumer>, BrokerError> {
        let consumer = KafkaConsumer::new(config, &self.admin)?;
        Ok(Box::new(consumer))
    }

    fn producer(&self, config: &ProducerConfig) -> Result<Box<dyn Producer>, BrokerError> {
        let producer = KafkaProducer::new(self.settings(), config, self.admin.clone())?;
        Ok(Box::new(producer))
    }

    fn writer(&self, config: &ProducerConfig) -> Result<Box<dyn Writer>, BrokerError> {
        let writer = KafkaWriter::new(self.settings(), config, self.admin.clone())?;
        Ok(Box::new(writer))
    }
}

/// A client that could not be made, or a value that it did not take.
fn creation(what: &str, error: &KafkaError) -> BrokerError {
    BrokerError::Other { what: what.to_owned(), reason: error.to_string(), fatal: true }
}
