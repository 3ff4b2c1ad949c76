//! The tests' own way to Kafka: plain clients, and Kafka's own tools.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rdkafka::admin::{AdminClient, AdminOptions, NewPartitions};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, Headers, Message, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use streams_runtime::broker::kafka::KafkaBroker;
use streams_runtime::broker::{Broker, NewTopic};
use tests::process::{PATIENCE, Pipeline};

/// A request to a broker that is up.
const REQUEST: Duration = Duration::from_secs(20);

thread_local! {
    /// The broker of a test that has one of its own.
    static OWN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// From now on this thread means another broker.
pub(crate) fn go_to(address: &str) {
    OWN.set(Some(address.to_owned()));
}

/// Where the broker is.
pub(crate) fn address() -> String {
    if let Some(own) = OWN.with_borrow(Clone::clone) {
        return own;
    }
    std::env::var("STREAMS_TEST_KAFKA")
        .expect("STREAMS_TEST_KAFKA is not set: these tests need a Kafka broker at host:port; run them with `cargo xtask e2e`")
}

/// A name that no other run and no other test has.
pub(crate) fn fresh(name: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("clock").as_millis();
    format!("{name}-{now:x}-{n}")
}

/// A pipeline on the broker: `topology name=value …`.
pub(crate) fn start(name: &str, args: &[&str]) -> Pipeline {
    let mut args: Vec<String> = args.iter().map(|a| (*a).to_owned()).collect();
    if !args.iter().any(|a| a.starts_with("brokers=")) {
        args.push(format!("brokers={}", address()));
    }
    Pipeline::start(env!("CARGO_BIN_EXE_pipelines"), name, &args)
}

/// The same where the arguments are many: the topics by their roles, and what else is set.
pub(crate) fn start_with(name: &str, topology: &str, topics: &[(&str, &String)], settings: &[&str]) -> Pipeline {
    let topics: Vec<String> = topics.iter().map(|(role, topic)| format!("{role}={topic}")).collect();
    let args: Vec<&str> = [topology].into_iter().chain(topics.iter().map(String::as_str)).chain(settings.iter().copied()).collect();
    start(name, &args)
}

/// Makes a topic.
pub(crate) fn create(topic: &str, partitions: i32) {
    create_with(topic, partitions, &[]);
}

/// Makes a topic with settings.
pub(crate) fn create_with(topic: &str, partitions: i32, config: &[(&str, &str)]) {
    let config = config.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let broker = KafkaBroker::new(address(), BTreeMap::new()).expect("settings");
    broker.create_topic(&NewTopic { name: topic.to_owned(), partitions, replication: 1, config }).wait().expect("create topic");
}

fn admin() -> AdminClient<DefaultClientContext> {
    ClientConfig::new().set("bootstrap.servers", address()).create().expect("admin client")
}

fn wait<F: Future>(answer: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime").block_on(answer)
}

/// Gives a topic more partitions: so many in all.
pub(crate) fn grow(topic: &str, partitions: usize) {
    let done = wait(admin().create_partitions(&[NewPartitions::new(topic, partitions)], &AdminOptions::new()));
    assert!(done.as_ref().is_ok_and(|topics| topics.iter().all(Result::is_ok)), "{done:?}");
}

/// Deletes a topic; when this returns, nobody sees it any more.
pub(crate) fn delete(topic: &str) {
    let done = wait(admin().delete_topics(&[topic], &AdminOptions::new()));
    assert!(done.as_ref().is_ok_and(|topics| topics.iter().all(Result::is_ok)), "{done:?}");
    let is_gone = || wait(KafkaBroker::new(address(), BTreeMap::new()).expect("settings").topics(&[topic])).expect("topics")[0].is_none();
    tests::process::eventually("the topic is gone", is_gone);
}

/// A record to be written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Send {
    /// `None`: by the key, as Kafka's own producer would.
    pub(crate) partition: Option<i32>,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) timestamp_ms: i64,
    pub(crate) headers: Vec<(String, Option<Vec<u8>>)>,
}

impl Send {
    /// With a key that says which partition it goes to.
    pub(crate) fn keyed(key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>, timestamp_ms: i64) -> Self {
        Send { key: Some(key.into()), value: Some(value.into()), timestamp_ms, ..Send::default() }
    }
}

/// Writes records and waits until the broker has them.
pub(crate) fn produce(topic: &str, records: impl IntoIterator<Item = Send>) {
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", address())
        .set("partitioner", "murmur2_random")
        .set("enable.idempotence", "true")
        .set("queue.buffering.max.messages", "200000")
        .create()
        .expect("producer");
    for record in records {
        let headers = record
            .headers
            .iter()
            .fold(OwnedHeaders::new(), |headers, (name, value)| headers.insert(Header { key: name, value: value.as_ref() }));
        let mut next: BaseRecord<'_, Vec<u8>, Vec<u8>> = BaseRecord::to(topic).timestamp(record.timestamp_ms);
        next.partition = record.partition;
        next.key = record.key.as_ref();
        next.payload = record.value.as_ref();
        if !record.headers.is_empty() {
            next = next.headers(headers);
        }
        loop {
            match producer.send(next) {
                Ok(()) => break,
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), again)) => {
                    producer.poll(Duration::from_millis(20));
                    next = again;
                }
                Err((error, _)) => panic!("{error}"),
            }
        }
    }
    producer.flush(PATIENCE).expect("flush");
}

/// A record that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Got {
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) timestamp_ms: i64,
    pub(crate) headers: Vec<(String, Option<Vec<u8>>)>,
}

impl Got {
    pub(crate) fn key_text(&self) -> String {
        String::from_utf8(self.key.clone().expect("a key")).expect("text")
    }

    pub(crate) fn value_text(&self) -> String {
        String::from_utf8(self.value.clone().expect("a value")).expect("text")
    }

    /// The value as Kafka's Long.
    pub(crate) fn number(&self) -> u64 {
        u64::from_be_bytes(self.value.as_deref().expect("a value").try_into().expect("8 bytes"))
    }
}

fn client(group: &str) -> BaseConsumer {
    ClientConfig::new()
        .set("bootstrap.servers", address())
        .set("group.id", group)
        .set("enable.auto.commit", "false")
        .set("fetch.queue.backoff.ms", "1")
        .set("queued.max.messages.kbytes", "16384")
        .create()
        .expect("consumer")
}

/// First offset and end of each partition.
pub(crate) fn bounds(topic: &str) -> Vec<(i64, i64)> {
    let consumer = client("bounds");
    let metadata = consumer.fetch_metadata(Some(topic), REQUEST).expect("metadata");
    let partitions = metadata.topics()[0].partitions().len() as i32;
    (0..partitions).map(|p| consumer.fetch_watermarks(topic, p, REQUEST).expect("watermarks")).collect()
}

/// The end of each partition.
pub(crate) fn ends(topic: &str) -> Vec<i64> {
    bounds(topic).into_iter().map(|(_, end)| end).collect()
}

/// All that the topic holds now, partition by partition.
pub(crate) fn read(topic: &str) -> Vec<Vec<Got>> {
    let bounds = bounds(topic);
    let consumer = client("reader");
    let mut list = TopicPartitionList::new();
    for (partition, (from, to)) in bounds.iter().enumerate() {
        if from < to {
            list.add_partition_offset(topic, partition as i32, Offset::Offset(*from)).expect("offset");
        }
    }
    consumer.assign(&list).expect("assign");
    let mut records: Vec<Vec<Got>> = bounds.iter().map(|_| Vec::new()).collect();
    let mut open = list.count();
    let until = Instant::now() + PATIENCE;
    while open > 0 {
        assert!(Instant::now() < until, "{topic}: {open} partitions are not read to their ends");
        let Some(message) = consumer.poll(Duration::from_millis(100)) else { continue };
        let message = match message {
            Ok(message) => message,
            Err(error) => panic!("{topic}: {error}"),
        };
        let (partition, offset) = (message.partition(), message.offset());
        let end = bounds[partition as usize].1;
        if offset < end {
            records[partition as usize].push(Got {
                partition,
                offset,
                key: message.key().map(<[u8]>::to_vec),
                value: message.payload().map(<[u8]>::to_vec),
                timestamp_ms: message.timestamp().to_millis().expect("a timestamp"),
                headers: message
                    .headers()
                    .map(|all| all.iter().map(|h| (h.key.to_owned(), h.value.map(<[u8]>::to_vec))).collect())
                    .unwrap_or_default(),
            });
        }
        if offset == end - 1 {
            open -= 1;
        }
    }
    records
}

/// The committed offset of each partition of a topic; 0 where there is none.
pub(crate) fn committed(group: &str, topic: &str) -> Vec<i64> {
    let consumer = client(group);
    let mut list = TopicPartitionList::new();
    let metadata = consumer.fetch_metadata(Some(topic), REQUEST).expect("metadata");
    list.add_partition_range(topic, 0, metadata.topics()[0].partitions().len() as i32 - 1);
    let until = Instant::now() + REQUEST;
    let found = loop {
        match consumer.committed_offsets(list.clone(), REQUEST) {
            Ok(found) => break found,
            // A broker that has just started makes its topic of offsets with the first group.
            Err(KafkaError::MetadataFetch(RDKafkaErrorCode::NotCoordinator | RDKafkaErrorCode::CoordinatorLoadInProgress))
                if Instant::now() < until =>
            {
                std::thread::sleep(Duration::from_millis(100));
            }
            Err(error) => panic!("committed offsets: {error}"),
        }
    };
    found.elements().iter().map(|e| e.offset().to_raw().filter(|&o| o >= 0).unwrap_or(0)).collect()
}

/// Whether the group has committed all that the topic holds.
pub(crate) fn is_done(group: &str, topic: &str) -> bool {
    committed(group, topic) == ends(topic)
}

fn tool_command(args: &[&str]) -> Command {
    let tool =
        std::env::var("STREAMS_TEST_KAFKA_TOOL").expect("STREAMS_TEST_KAFKA_TOOL is not set; run these tests with `cargo xtask e2e`");
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{tool} \"$@\"")).arg("tool").args(args);
    command
}

/// Runs one of Kafka's own tools and gives what it prints.
pub(crate) fn tool(args: &[&str]) -> String {
    let output = tool_command(args).output().expect("sh");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{args:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

/// Starts one of Kafka's own tools, to be fed.
pub(crate) fn tool_with_input(args: &[&str]) -> Child {
    tool_command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("sh")
}

/// What was set for each internal topic of an application, as Kafka's own tool shows it: `name=value`. What comes from the broker is not there.
pub(crate) fn internal_settings(id: &str) -> BTreeMap<String, BTreeSet<String>> {
    // All topics at once, because the tool takes seconds to start.
    let text = tool(&["configs", "--describe", "--entity-type", "topics"]);
    let mut topics: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut topic = "";
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("Dynamic configs for topic ") {
            topic = rest.split_whitespace().next().unwrap_or_default();
            topics.entry(topic).or_default();
        } else if line.starts_with("  ") {
            topics.entry(topic).or_default().insert(line.split_whitespace().next().unwrap_or_default().to_owned());
        }
    }
    let own = format!("{id}-");
    topics.into_iter().filter(|(name, _)| name.starts_with(&own)).map(|(name, set)| (name.to_owned(), set)).collect()
}
