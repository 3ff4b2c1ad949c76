//! Writing with an answer for each record.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::ClientContext;
use rdkafka::Message;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Header, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer as _, ProducerContext, ThreadedProducer};

use super::admin::Admin;
use super::context::Context;
use super::detached::Detached;
use super::error;
use super::producer::client_config;
use super::settings::Settings;
use crate::broker::{ANY_PARTITION, Acknowledged, BrokerError, ProducerConfig, Writer};
use crate::record::RecordRef;

/// The number of a topic's partitions is asked for again after so long: it can grow.
const PARTITIONS_KNOWN_FOR: Duration = Duration::from_secs(300);

/// How long to wait for room in a full buffer before looking again.
const FULL_WAIT: Duration = Duration::from_millis(10);

/// A record under way.
struct Sent {
    topic: Arc<str>,
    acknowledged: Acknowledged,
}

/// Hands acknowledgements on; called on the client's own thread.
struct WriterContext {
    context: Context,
    address: String,
    delivery_timeout: Duration,
}

impl WriterContext {
    fn failure(&self, topic: &str, partition: i32, code: RDKafkaErrorCode) -> BrokerError {
        let mut reason = error::produce_reason(code);
        if code == RDKafkaErrorCode::MessageTimedOut {
            let (after_ms, address) = (self.delivery_timeout.as_millis(), &self.address);
            reason = format!("not acknowledged within the delivery timeout of {after_ms} ms; is the broker at {address} up?");
            if let Some((_, complaint)) = self.context.recent_error(self.delivery_timeout) {
                reason = format!("{reason} ({complaint})");
            }
        }
        let partition = (partition >= 0).then_some(partition);
        BrokerError::Produce { topic: topic.to_owned(), partition, reason, permanent: error::is_about_the_record(code) }
    }
}

impl ClientContext for WriterContext {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.context.log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.context.error(error, reason);
    }
}

impl ProducerContext for WriterContext {
    type DeliveryOpaque = Box<Sent>;

    fn delivery(&self, result: &DeliveryResult<'_>, sent: Box<Sent>) {
        let Sent { topic, acknowledged } = *sent;
        acknowledged(match result {
            Ok(message) => Ok((message.partition(), message.offset())),
            Err((error, message)) => Err(self.failure(&topic, message.partition(), error::code_of(error))),
        });
    }
}

/// See the [module](self).
pub(super) struct KafkaWriter {
    client: Detached<ThreadedProducer<WriterContext>>,
    admin: Arc<Admin>,
    /// The number of partitions by topic, and when it was asked for.
    topics: HashMap<String, (i32, Instant)>,
    delivery_timeout: Duration,
}

impl KafkaWriter {
    pub(super) fn new(settings: &Settings, config: &ProducerConfig, admin: Arc<Admin>) -> Result<Self, BrokerError> {
        let context = WriterContext {
            context: Context::new(&config.client_id),
            address: settings.bootstrap().to_owned(),
            delivery_timeout: config.delivery_timeout,
        };
        let client = client_config(settings, config)
            .create_with_context::<_, ThreadedProducer<WriterContext>>(context)
            .map_err(|e| super::creation("make a producer", &e))?;
        Ok(KafkaWriter { client: Detached::new(client), admin, topics: HashMap::new(), delivery_timeout: config.delivery_timeout })
    }
}

impl Writer for KafkaWriter {
    fn partitions(&mut self, topic: &str) -> Result<i32, BrokerError> {
        if let Some((partitions, asked)) = self.topics.get(topic)
            && asked.elapsed() < PARTITIONS_KNOWN_FOR
        {
            return Ok(*partitions);
        }
        error::check_name(topic)?;
        // Asked with a client that never makes topics: the producer's own question would, where the broker allows it.
        let found = self.admin.ask_topics(&[topic]).wait()?.into_iter().next().flatten();
        let partitions = found.ok_or_else(|| BrokerError::UnknownTopic { topic: topic.to_owned() })?.partitions;
        self.topics.insert(topic.to_owned(), (partitions, Instant::now()));
        Ok(partitions)
    }

    fn write(&mut self, topic: &Arc<str>, partition: i32, record: RecordRef<'_>, acknowledged: Acknowledged) {
        let mut sent = Box::new(Sent { topic: Arc::clone(topic), acknowledged });
        let full_until = Instant::now() + self.delivery_timeout;
        loop {
            let mut base = BaseRecord::with_opaque_to(topic, sent);
            base.key = record.key;
            base.payload = record.value;
            base.partition = (partition != ANY_PARTITION).then_some(partition);
            // librdkafka takes 0 for "now".
            base.timestamp = Some(if record.timestamp_ms == 0 { 1 } else { record.timestamp_ms });
            base.headers = headers(&record);
            let client = self.client.get();
            let Err((error, base)) = client.send::<[u8], [u8]>(base) else { return };
            sent = base.delivery_opaque;
            let code = error::code_of(&error);
            if code != RDKafkaErrorCode::QueueFull || Instant::now() >= full_until {
                let failure = client.context().failure(topic, partition, code);
                return (sent.acknowledged)(Err(failure));
            }
            std::thread::sleep(FULL_WAIT);
        }
    }

    /// The client sends by itself, after its linger.
    fn settle(&mut self) {}

    fn flush(&mut self, timeout: Duration) -> Result<(), BrokerError> {
        let client = self.client.get();
        client.flush(timeout).map_err(|_| BrokerError::TimedOut {
            what: format!("{} records that were not acknowledged yet", client.in_flight_count()),
            after_ms: timeout.as_millis() as u64,
            address: client.context().address.clone(),
        })
    }
}

fn headers(record: &RecordRef<'_>) -> Option<OwnedHeaders> {
    if record.headers.is_empty() {
        return None;
    }
    let mut headers = OwnedHeaders::new_with_capacity(record.headers.len());
    for header in record.headers.iter() {
        headers = headers.insert(Header { key: &header.name(), value: header.value });
    }
    Some(headers)
}
