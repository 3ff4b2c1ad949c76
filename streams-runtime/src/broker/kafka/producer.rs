//! Writing: cached topic handles, acknowledgements by the batch.

use std::ffi::CString;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::producer::{BaseProducer, Producer as _, PurgeConfig};

use super::admin::Admin;
use super::context::Context;
use super::detached::Detached;
use super::error;
use super::growth::Growth;
use super::mending::{Parcel, Step};
use super::on_the_way::Kept;
use super::outbox::Outbox;
use super::raw::{Reports, TopicHandle};
use super::settings::{Kind, Settings};
use super::signal::Bell;
use super::told::{Told, Topic};
use super::window::{self, Window};
use crate::broker::{BrokerError, Flushed, ProduceBatch, Producer, ProducerConfig, RefusedRecord, ResultOrigin, TopicSlot, Waker};
use crate::record::{NewRecord, RecordBatch, RecordRef};

/// The configuration of a client that writes.
pub(super) fn client_config(settings: &Settings, config: &ProducerConfig) -> ClientConfig {
    let kib = (config.buffer_bytes / 1024).clamp(1, 2_147_483_647);
    settings.client(
        Kind::Producer,
        &[
            ("linger.ms", config.linger.as_millis().to_string()),
            ("batch.size", config.batch_bytes.clamp(1, 2_147_483_647).to_string()),
            // Batches are bounded by bytes.
            ("batch.num.messages", "100000".into()),
            ("queue.buffering.max.kbytes", kib.to_string()),
            ("queue.buffering.max.messages", window::FULL.to_string()),
            // As Kafka's own clients place keys, for records whose partition is left to the client.
            ("partitioner", "murmur2_random".into()),
            ("reconnect.backoff.max.ms", "1000".into()),
            ("socket.nagle.disable", "true".into()),
        ],
        &[
            ("client.id", config.client_id.clone()),
            ("acks", "all".into()),
            ("enable.idempotence", "true".into()),
            ("delivery.report.only.error", "false".into()),
            ("message.timeout.ms", config.delivery_timeout.as_millis().max(1).to_string()),
        ],
    )
}

/// See the [module](self).
pub(super) struct KafkaProducer {
    /// Before the client: they hold it, and are to go first.
    handles: Vec<TopicHandle>,
    reports: Reports,
    told: Told,
    /// What found no room in the client.
    outbox: Outbox,
    window: Window,
    /// Records that were refused together with others are sent again; others wait meanwhile.
    mending: bool,
    /// What was sent before is given up; whether the client has done so.
    purged: Option<Arc<AtomicBool>>,
    growth: Growth,
    bell: Arc<Bell>,
    client: Detached<BaseProducer<Context>>,
    admin: Arc<Admin>,
    address: String,
    delivery_timeout: Duration,
}

impl KafkaProducer {
    pub(super) fn new(settings: &Settings, config: &ProducerConfig, admin: Arc<Admin>) -> Result<Self, BrokerError> {
        let client = client_config(settings, config)
            .create_with_context::<_, BaseProducer<Context>>(Context::new(&config.client_id))
            .map_err(|e| super::creation("make a producer", &e))?;
        let client = Detached::new(client);
        let bell = Arc::new(Bell::default());
        let reports = Reports::new(client.shared(), &bell).ok_or_else(|| BrokerError::Other {
            what: "make a producer".to_owned(),
            reason: "the client has no queue".to_owned(),
            fatal: true,
        })?;
        Ok(KafkaProducer {
            handles: Vec::new(),
            reports,
            told: Told::default(),
            outbox: Outbox::default(),
            window: Window::default(),
            mending: false,
            purged: None,
            growth: Growth::default(),
            bell,
            client,
            admin,
            address: settings.bootstrap().to_owned(),
            delivery_timeout: config.delivery_timeout,
        })
    }

    /// Takes in the acknowledgements that are there.
    fn serve(&mut self) {
        let told = &mut self.told;
        self.reports.serve(&self.handles, told.mending.watches(), |slot, partition, report| told.report(slot, partition, report));
        self.mending |= !told.mending.is_done();
    }

    /// Whether a record may go to the client: nothing waits that goes first.
    fn is_open(&self) -> bool {
        self.outbox.is_empty() && !self.mending && self.purged.is_none()
    }

    /// Whether everything that the client has is reported.
    fn all_reported(&self) -> bool {
        self.client.get().in_flight_count() == 0
    }

    /// Puts a record into the client's buffer; whether that was done, or the record's fate is
    /// known. Otherwise it has to wait.
    fn produce(&mut self, slot: usize, partition: i32, record: &RecordRef<'_>, origin: Option<&ResultOrigin>) -> bool {
        let mark = self.told.on_the_way.mark(record.timestamp_ms, origin);
        let Err(code) = self.handles[slot].produce(partition, record, mark) else {
            return true;
        };
        let Kept { timestamp_ms, origin } = self.told.on_the_way.take(mark);
        match code {
            RDKafkaErrorCode::QueueFull => return false,
            RDKafkaErrorCode::UnknownPartition if self.growth.is_awaited(slot, partition, &self.told.topics, self.delivery_timeout) => {
                self.growth.learn(slot, &self.told.topics, self.client.shared(), &self.admin, &self.bell);
                return false;
            }
            // The other records are taken all the same: this one's fate is not theirs.
            _ if error::is_about_the_record(code) => {
                let (key, value) = (record.key.map(<[u8]>::to_vec), record.value.map(<[u8]>::to_vec));
                let headers = record.headers.into();
                self.told.at_fault(Parcel { slot, partition, key, value, headers, timestamp_ms, origin, code });
            }
            _ => self.told.failed(slot, partition, code),
        }
        true
    }

    /// Goes on with what waits: the end of a purge, records that were refused together with others,
    /// those that found no room.
    fn go_on(&mut self) {
        self.serve();
        if let Some(purged) = &self.purged {
            if !(purged.load(Ordering::Acquire) && self.all_reported()) {
                return;
            }
            self.serve();
            self.purged = None;
            self.told.all_reported();
        }
        // What was refused comes before what follows.
        while self.mending {
            if !self.all_reported() {
                return;
            }
            match self.told.mending.next() {
                Step::Done => self.mending = false,
                Step::AtFault(parcel) => self.told.at_fault(parcel),
                Step::Send(parcels) => self.send_again(parcels),
            }
        }
        let mut outbox = std::mem::take(&mut self.outbox);
        while let Some((slot, partition, record, origin)) = outbox.first() {
            if !self.produce(slot.0 as usize, partition, &record, origin) {
                break;
            }
            outbox.remove_first();
        }
        self.outbox = outbox;
    }

    fn send_again(&mut self, mut parcels: Vec<Parcel>) {
        let mut batch = RecordBatch::default();
        for Parcel { key, value, headers, timestamp_ms, .. } in &parcels {
            let (key, value) = (key.as_deref(), value.as_deref());
            batch.push(NewRecord { key, value, timestamp_ms: *timestamp_ms, offset: 0 });
            headers.iter_bytes().for_each(|(name, value)| batch.push_header(name, value));
        }
        let mut sent = 0;
        for (parcel, record) in parcels.iter().zip(batch.iter()) {
            if !self.produce(parcel.slot, parcel.partition, &record, parcel.origin.as_ref()) {
                break;
            }
            sent += 1;
        }
        let rest = parcels.split_off(sent);
        self.told.mending.put_back(rest);
    }

    /// The oldest failure.
    fn failure(&self) -> Result<(), BrokerError> {
        let Some(failure) = self.told.failure() else {
            return Ok(());
        };
        let topic = self.told.topics.get(failure.slot).map_or_else(String::new, |t| t.name.clone());
        if let Some((code, reason)) = self.client.get().client().fatal_error() {
            return Err(BrokerError::Other {
                what: format!("write to {topic}-{}", failure.partition),
                reason: format!("{reason} ({code})"),
                fatal: true,
            });
        }
        let mut reason = error::produce_reason(failure.code);
        if failure.code == RDKafkaErrorCode::MessageTimedOut {
            reason = format!("not acknowledged within {} ms; is the broker at {} up?", self.delivery_timeout.as_millis(), self.address);
            let recent = self.client.get().client().context().recent_error(self.delivery_timeout);
            if let Some((_, complaint)) = recent {
                reason = format!("{reason} ({complaint})");
            }
        }
        if failure.records > 1 {
            reason = format!("{reason} ({} records)", failure.records);
        }
        if failure.code == RDKafkaErrorCode::MessageTimedOut {
            let partition = (failure.partition >= 0).then_some(failure.partition);
            return Err(BrokerError::Undelivered { topic, partition, reason });
        }
        Err(BrokerError::Produce {
            topic,
            partition: (failure.partition >= 0).then_some(failure.partition),
            reason,
            permanent: error::is_about_the_record(failure.code),
        })
    }
}

impl Producer for KafkaProducer {
    fn declare(&mut self, name: &str, partitions: i32) -> Result<TopicSlot, BrokerError> {
        if let Some(known) = self.told.topics.iter().position(|t| t.name == name) {
            self.told.topics[known].partitions = partitions;
            return Ok(TopicSlot(known as u32));
        }
        error::check_name(name)?;
        let unknown = || BrokerError::UnknownTopic { topic: name.to_owned() };
        let c_name = CString::new(name).map_err(|_| unknown())?;
        self.handles.push(TopicHandle::new(self.client.shared(), &c_name).ok_or_else(unknown)?);
        self.told.topics.push(Topic { name: name.to_owned(), partitions, ends: Vec::new() });
        let slot = self.told.topics.len() - 1;
        // The client asks for the leaders only when it is connected, and then up to a second later.
        self.growth.learn(slot, &self.told.topics, self.client.shared(), &self.admin, &self.bell);
        Ok(TopicSlot(slot as u32))
    }

    fn topic(&mut self, name: &str) -> Result<TopicSlot, BrokerError> {
        if let Some(known) = self.told.topics.iter().position(|t| t.name == name) {
            return Ok(TopicSlot(known as u32));
        }
        // Asked with a client that never makes topics: the producer's own question would, where the
        // broker allows it.
        let found = self.admin.ask_topics(&[name]).wait()?.into_iter().next().flatten();
        let found = found.ok_or_else(|| BrokerError::UnknownTopic { topic: name.to_owned() })?;
        self.declare(name, found.partitions)
    }

    fn partitions(&self, topic: TopicSlot) -> i32 {
        self.told.topics.get(topic.0 as usize).map_or(0, |t| t.partitions)
    }

    fn send(&mut self, batch: &ProduceBatch) -> Result<(), BrokerError> {
        if batch.to.iter().any(|(slot, _)| slot.0 as usize >= self.handles.len()) {
            return Err(BrokerError::Other {
                what: "write a record".to_owned(),
                reason: "its topic belongs to another producer".to_owned(),
                fatal: false,
            });
        }
        self.go_on();
        let mut taken = 0;
        if self.is_open() {
            for (index, (slot, partition, record)) in batch.iter().enumerate() {
                if !self.produce(slot.0 as usize, partition, &record, batch.origin(index)) {
                    break;
                }
                taken += 1;
            }
        }
        self.outbox.append(batch, taken);
        self.serve();
        self.failure()
    }

    fn has_room(&self) -> bool {
        self.is_open() && self.window.has_room(|| self.client.get().in_flight_count())
    }

    fn is_settled(&self) -> bool {
        self.is_open() && self.all_reported()
    }

    fn poll(&mut self) -> Result<(), BrokerError> {
        self.go_on();
        self.failure()
    }

    fn flush_step(&mut self) -> Result<Flushed, BrokerError> {
        self.go_on();
        self.reports.flush_step();
        self.go_on();
        self.failure()?;
        if !self.is_settled() {
            return Ok(Flushed::Waiting);
        }
        self.window.open();
        Ok(Flushed::Done)
    }

    fn purge(&mut self) {
        if self.told.has_expired() {
            self.window.close();
        }
        self.outbox = Outbox::default();
        self.told.give_up();
        self.mending = false;
        if self.purged.is_some() {
            return;
        }
        // The client waits for its threads there. Until they are done a new record could be purged
        // with the old ones.
        let purged = Arc::new(AtomicBool::new(false));
        let (client, done, bell) = (self.client.shared().clone(), purged.clone(), self.bell.clone());
        let purge = move || {
            client.purge(PurgeConfig::default().queue().inflight());
            drop(client);
            done.store(true, Ordering::Release);
            bell.ring();
        };
        self.purged = Some(purged);
        if let Err(error) = std::thread::Builder::new().name("kafka-purge".to_owned()).spawn(purge) {
            tracing::error!(%error, "no thread to give up records on: they are waited for instead");
            self.purged = Some(Arc::new(AtomicBool::new(true)));
        }
    }

    fn wake(&mut self, waker: Waker) {
        self.bell.set(waker);
    }

    fn take_refused(&mut self) -> Option<RefusedRecord> {
        let Parcel { slot, partition, key, value, headers, timestamp_ms, origin, code } = self.told.refused.pop_front()?;
        let origin = origin?;
        let topic = self.told.topics.get(slot).map_or_else(String::new, |t| t.name.clone());
        let partition = (partition >= 0).then_some(partition);
        let error = BrokerError::Produce { topic: topic.clone(), partition, reason: error::produce_reason(code), permanent: true };
        let kind = error::produce_kind(code);
        Some(RefusedRecord { origin, topic, partition, key, value, headers, timestamp_ms, kind, error })
    }

    fn acknowledged_end(&self, topic: TopicSlot, partition: i32) -> Option<i64> {
        let topic = self.told.topics.get(topic.0 as usize)?;
        let end = *topic.ends.get(usize::try_from(partition).ok()?)?;
        (end >= 0).then_some(end)
    }
}
