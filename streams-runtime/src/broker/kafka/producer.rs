//! Writing: cached topic handles, acknowledgements by the batch.

use std::collections::VecDeque;
use std::ffi::CString;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::producer::{BaseProducer, Producer as _};

use super::admin::Admin;
use super::context::Context;
use super::detached::Detached;
use super::error::{self, Words};
use super::mending::{Mending, Parcel, Step};
use super::on_the_way::{Kept, OnTheWay};
use super::raw::{Report, Reports, Sent, TopicHandle};
use super::settings::{Kind, Settings};
use crate::broker::{BrokerError, Flushed, ProduceBatch, Producer, ProducerConfig, RefusedRecord, ResultOrigin, TopicSlot};
use crate::record::{NewRecord, RecordBatch, RecordRef};

/// So many kinds of failure are kept; a kind is a partition and a reason.
const MAX_FAILURES: usize = 1000;

struct Topic {
    name: String,
    partitions: i32,
    /// The offset after the last acknowledged record, per partition; -1 is none.
    ends: Vec<i64>,
}

/// Records of one partition that failed for one reason.
struct Failure {
    slot: usize,
    partition: i32,
    code: RDKafkaErrorCode,
    records: u64,
}

/// What acknowledgements told.
#[derive(Default)]
struct Told {
    topics: Vec<Topic>,
    failures: VecDeque<Failure>,
    on_the_way: OnTheWay,
    mending: Mending,
    /// Records at fault whose origins are known.
    refused: VecDeque<Parcel>,
}

impl Told {
    /// Takes a report in; whether acknowledgements are to be reported one by one from here on.
    fn report(&mut self, slot: usize, partition: i32, report: Report<'_>) -> bool {
        match report {
            Report::Acknowledged { end } => self.acknowledged(slot, partition, end),
            Report::AcknowledgedOne { end, sent } => {
                self.acknowledged(slot, partition, end);
                let kept = self.on_the_way.take(sent.mark());
                if self.mending.follows(slot, partition, sent.key()) {
                    self.mending.refused(parcel(slot, partition, &sent, kept, RDKafkaErrorCode::NoError));
                }
            }
            Report::Failed { code, sent } => {
                let kept = self.on_the_way.take(sent.mark());
                if error::is_about_a_batch(code) {
                    self.mending.refused(parcel(slot, partition, &sent, kept, code));
                } else if error::is_about_the_record(code) && kept.origin.is_some() {
                    self.refused.push_back(parcel(slot, partition, &sent, kept, code));
                } else {
                    self.failed(slot, partition, code);
                }
            }
        }
        self.mending.watches()
    }

    fn acknowledged(&mut self, slot: usize, partition: i32, end: i64) {
        if let Some(topic) = self.topics.get_mut(slot)
            && let Ok(partition) = usize::try_from(partition)
        {
            if topic.ends.len() <= partition {
                topic.ends.resize(partition + 1, -1);
            }
            let known = &mut topic.ends[partition];
            *known = end.max(*known);
        }
    }

    /// A record is at fault.
    fn at_fault(&mut self, parcel: Parcel) {
        if parcel.origin.is_some() {
            self.refused.push_back(parcel);
        } else {
            self.failed(parcel.slot, parcel.partition, parcel.code);
        }
    }

    /// A broker that is away fails all records of a partition at once; that is one failure, not thousands.
    fn failed(&mut self, slot: usize, partition: i32, code: RDKafkaErrorCode) {
        let same = |f: &&mut Failure| (f.slot, f.partition, f.code) == (slot, partition, code);
        if let Some(failure) = self.failures.iter_mut().find(same) {
            failure.records += 1;
        } else if self.failures.len() < MAX_FAILURES {
            self.failures.push_back(Failure { slot, partition, code, records: 1 });
        }
    }
}

fn parcel(slot: usize, partition: i32, sent: &Sent<'_>, kept: Kept, code: RDKafkaErrorCode) -> Parcel {
    let Kept { timestamp_ms, origin } = kept;
    let (key, value) = (sent.key().map(<[u8]>::to_vec), sent.value().map(<[u8]>::to_vec));
    Parcel { slot, partition, key, value, headers: sent.headers(), timestamp_ms, origin, code }
}

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
            ("queue.buffering.max.messages", "100000".into()),
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
        let reports = Reports::new(client.shared()).ok_or_else(|| BrokerError::Other {
            what: "make a producer".to_owned(),
            reason: "the client has no queue".to_owned(),
            fatal: true,
        })?;
        Ok(KafkaProducer {
            handles: Vec::new(),
            reports,
            told: Told::default(),
            client,
            admin,
            address: settings.bootstrap().to_owned(),
            delivery_timeout: config.delivery_timeout,
        })
    }

    /// Takes in acknowledgements, waiting up to `timeout` for the first.
    fn serve(&mut self, timeout: Duration) {
        let told = &mut self.told;
        self.reports.serve(timeout, &self.handles, told.mending.watches(), |slot, partition, report| told.report(slot, partition, report));
    }

    /// Puts a record into the client's buffer.
    fn produce(&mut self, slot: usize, partition: i32, record: &RecordRef<'_>, origin: Option<&ResultOrigin>) {
        let mut full_since: Option<Instant> = None;
        loop {
            let mark = self.told.on_the_way.mark(record.timestamp_ms, origin);
            let code = match self.handles[slot].produce(partition, record, mark) {
                Ok(()) => return,
                Err(code) => code,
            };
            let Kept { timestamp_ms, origin } = self.told.on_the_way.take(mark);
            let waited = full_since.get_or_insert_with(Instant::now).elapsed();
            if code == RDKafkaErrorCode::QueueFull && waited < self.delivery_timeout {
                self.serve(Duration::from_millis(10));
                continue;
            }
            // The other records are taken all the same: this one's fate is not theirs.
            if error::is_about_the_record(code) {
                let (key, value) = (record.key.map(<[u8]>::to_vec), record.value.map(<[u8]>::to_vec));
                let headers = record.headers.into();
                self.told.at_fault(Parcel { slot, partition, key, value, headers, timestamp_ms, origin, code });
            } else {
                self.told.failed(slot, partition, code);
            }
            return;
        }
    }

    /// Everything that was sent is reported: sends again what was refused together with others. Whether there is something to wait for.
    fn mend(&mut self) -> bool {
        loop {
            match self.told.mending.next() {
                Step::Done => return false,
                Step::AtFault(parcel) => self.told.at_fault(parcel),
                Step::Send(parcels) => {
                    let mut batch = RecordBatch::default();
                    for Parcel { key, value, headers, timestamp_ms, .. } in &parcels {
                        let (key, value) = (key.as_deref(), value.as_deref());
                        batch.push(NewRecord { key, value, timestamp_ms: *timestamp_ms, offset: 0 });
                        headers.iter_bytes().for_each(|(name, value)| batch.push_header(name, value));
                    }
                    for (parcel, record) in parcels.iter().zip(batch.iter()) {
                        self.produce(parcel.slot, parcel.partition, &record, parcel.origin.as_ref());
                    }
                    return true;
                }
            }
        }
    }

    /// Waits until everything that was sent is acknowledged, refused or failed.
    fn drain(&mut self, timeout: Duration) -> Result<(), BrokerError> {
        let until = Instant::now() + timeout;
        loop {
            let done = self.reports.flush_step();
            self.serve(Duration::ZERO);
            self.failure()?;
            if done && !self.mend() {
                return self.failure();
            }
            if Instant::now() >= until {
                return Err(BrokerError::TimedOut {
                    what: format!("{} records that were not acknowledged yet", self.client.get().in_flight_count()),
                    after_ms: timeout.as_millis() as u64,
                    address: self.address.clone(),
                });
            }
        }
    }

    /// The oldest failure that was not returned yet.
    fn failure(&mut self) -> Result<(), BrokerError> {
        let Some(failure) = self.told.failures.pop_front() else {
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
            reason = format!(
                "not acknowledged within the delivery timeout of {} ms; is the broker at {} up?",
                self.delivery_timeout.as_millis(),
                self.address
            );
            let recent = self.client.get().client().context().recent_error(self.delivery_timeout);
            if let Some((_, complaint)) = recent {
                reason = format!("{reason} ({complaint})");
            }
        }
        if failure.records > 1 {
            reason = format!("{reason} ({} records)", failure.records);
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
    fn topic(&mut self, name: &str) -> Result<TopicSlot, BrokerError> {
        if let Some(known) = self.told.topics.iter().position(|t| t.name == name) {
            return Ok(TopicSlot(known as u32));
        }
        error::check_name(name)?;
        let unknown = || BrokerError::UnknownTopic { topic: name.to_owned() };
        // Asked with a client that never makes topics: the producer's own question would, where the broker allows it.
        let found = self.admin.ask_topics(&[name]).wait()?.into_iter().next().flatten();
        found.ok_or_else(unknown)?;
        let c_name = CString::new(name).map_err(|_| unknown())?;
        let handle = TopicHandle::new(self.client.shared(), &c_name).ok_or_else(unknown)?;
        // The handle is there, so that the answer is kept with it and the first record need not wait for one.
        let limit = self.admin.limit();
        let client = self.client.get().client();
        let words = Words { address: &self.address, context: client.context(), limit };
        let what = format!("look up topic `{name}`");
        let metadata = client.fetch_metadata(Some(name), limit).map_err(|e| words.topic(&what, name, error::code_of(&e)))?;
        let topic = metadata.topics().iter().find(|t| t.name() == name).ok_or_else(unknown)?;
        if let Some(code) = topic.error() {
            return Err(words.topic(&what, name, code.into()));
        }
        self.handles.push(handle);
        self.told.topics.push(Topic { name: name.to_owned(), partitions: topic.partitions().len() as i32, ends: Vec::new() });
        Ok(TopicSlot(self.told.topics.len() as u32 - 1))
    }

    fn partitions(&self, topic: TopicSlot) -> i32 {
        self.told.topics.get(topic.0 as usize).map_or(0, |t| t.partitions)
    }

    fn send(&mut self, batch: &ProduceBatch) -> Result<(), BrokerError> {
        self.serve(Duration::ZERO);
        if !self.told.mending.is_done() {
            // What was refused comes before what follows.
            self.drain(self.delivery_timeout)?;
        }
        for (index, (slot, partition, record)) in batch.iter().enumerate() {
            let slot = slot.0 as usize;
            if slot >= self.handles.len() {
                return Err(BrokerError::Other {
                    what: "write a record".to_owned(),
                    reason: "its topic belongs to another producer".to_owned(),
                    fatal: false,
                });
            }
            self.produce(slot, partition, &record, batch.origin(index));
        }
        self.serve(Duration::ZERO);
        self.failure()
    }

    fn poll(&mut self) -> Result<(), BrokerError> {
        self.serve(Duration::ZERO);
        self.failure()
    }

    fn flush_step(&mut self) -> Result<Flushed, BrokerError> {
        let done = self.reports.flush_step();
        self.serve(Duration::ZERO);
        self.failure()?;
        if done && !self.mend() {
            self.failure()?;
            return Ok(Flushed::Done);
        }
        Ok(Flushed::Waiting)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_of_one_kind_are_one_failure() {
        let mut told = Told::default();
        for partition in [0, 1, 0, 0] {
            told.failed(0, partition, RDKafkaErrorCode::MessageTimedOut);
        }
        let counts: Vec<_> = told.failures.iter().map(|f| f.records).collect();
        assert_eq!(counts, [3, 1]);
    }

    #[test]
    fn the_acknowledged_end_never_goes_back() {
        let mut told = Told::default();
        told.topics.push(Topic { name: "t".into(), partitions: 3, ends: Vec::new() });
        told.report(0, 2, Report::Acknowledged { end: 7 });
        told.report(0, 2, Report::Acknowledged { end: 5 });
        assert_eq!(told.topics[0].ends, [-1, -1, 7]);
    }
}
