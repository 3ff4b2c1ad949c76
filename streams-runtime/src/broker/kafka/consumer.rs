//! Reading: manual assignment, one queue per partition.

use std::ffi::CString;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::{Offset, TopicPartitionList};

use super::admin::Admin;
use super::context::Context;
use super::detached::Detached;
use super::error::{self, Words};
use super::leaders::{Found, Leaders};
use super::raw::{self, PartitionQueue, Scratch};
use super::settings::Kind;
use super::signal::{Ready, Signal};
use crate::broker::{Answer, BrokerError, Consumer, ConsumerConfig, Isolation, OffsetAt, PartitionSlot, TopicPartition, Waker};
use crate::record::RecordBatch;

/// Log lines and errors of the client wait in its common queue; so often somebody looks.
const SERVE_EVERY: Duration = Duration::from_millis(500);

/// What librdkafka adds to a record that waits to be read, about. It does not count that itself, and small records would
/// take several times the memory that was asked for.
const BYTES_PER_RECORD: usize = 320;

struct Slot {
    partition: TopicPartition,
    name: CString,
    queue: PartitionQueue,
    /// Where the next record is looked for.
    position: i64,
    /// The end, while nothing was found there since. Under `read_committed` the client tells no
    /// other that is right.
    eof: Option<i64>,
    /// An error that came after records: those first.
    error: Option<RDKafkaErrorCode>,
    /// Whether the partition is known to exist.
    exists: bool,
    /// The first offset, which is asked for an error.
    earliest: Option<Answer<Vec<i64>>>,
}

/// See the [module](self).
pub(super) struct KafkaConsumer {
    /// Before the client: they hold it, and are to go first.
    slots: Vec<Option<Slot>>,
    scratch: Scratch,
    leaders: Arc<Leaders>,
    isolation: Isolation,
    signal: Arc<Signal>,
    client: Detached<BaseConsumer<Context>>,
    admin: Arc<Admin>,
    served: Instant,
    fetches: u32,
}

impl KafkaConsumer {
    pub(super) fn new(config: &ConsumerConfig, admin: &Arc<Admin>) -> Result<Self, BrokerError> {
        let kib = (config.fetch_ahead_bytes / 1024).clamp(1, 2_097_151);
        let records = (config.fetch_ahead_bytes / BYTES_PER_RECORD).clamp(1000, 10_000_000);
        let client_config = admin.settings().client(
            Kind::Consumer,
            &[
                ("queued.min.messages", records.to_string()),
                ("queued.max.messages.kbytes", kib.to_string()),
                // The default of 1000 leaves a fast reader idle nine tenths of the time: a full queue is looked at again only then.
                ("fetch.queue.backoff.ms", "1".into()),
                // A partition that is added waits for the request under way to come back. What that
                // costs is said in `kafka`.
                ("fetch.wait.max.ms", "100".into()),
                ("reconnect.backoff.max.ms", "1000".into()),
                ("socket.nagle.disable", "true".into()),
            ],
            &[
                ("client.id", config.client_id.clone()),
                // No member of any group; librdkafka does not assign without a name.
                ("group.id", config.client_id.clone()),
                ("enable.auto.commit", "false".into()),
                ("enable.auto.offset.store", "false".into()),
                ("auto.offset.reset", "error".into()),
                ("enable.partition.eof", "true".into()),
                ("allow.auto.create.topics", "false".into()),
                (
                    "isolation.level",
                    match config.isolation {
                        Isolation::ReadUncommitted => "read_uncommitted",
                        Isolation::ReadCommitted => "read_committed",
                    }
                    .into(),
                ),
            ],
        );
        let client = client_config
            .create_with_context::<_, BaseConsumer<Context>>(Context::new(&config.client_id))
            .map_err(|e| super::creation("make a consumer", &e))?;
        let signal = Arc::<Signal>::default();
        Ok(KafkaConsumer {
            slots: Vec::new(),
            scratch: Scratch::default(),
            leaders: Arc::new(Leaders::new(signal.clone())),
            isolation: config.isolation,
            signal,
            client: Detached::new(client),
            admin: admin.clone(),
            served: Instant::now(),
            fetches: 0,
        })
    }

    fn words(&self) -> Words<'_> {
        Words { address: self.admin.settings().bootstrap(), context: self.client.get().context(), limit: self.admin.limit() }
    }

    fn slot(&self, slot: PartitionSlot) -> Option<&Slot> {
        self.slots.get(slot.0 as usize)?.as_ref()
    }

    /// Has the client ask who leads the topic's partitions. By itself it would ask up to a second
    /// later.
    fn learn(&self, topic: &Arc<str>) {
        Leaders::learn(&self.leaders, topic, self.client.shared(), &self.admin);
    }

    /// Looks whether the partition is there; an error if it is known not to be.
    fn look(&mut self, slot: PartitionSlot) -> Result<(), BrokerError> {
        let Some(s) = self.slots.get_mut(slot.0 as usize).and_then(Option::as_mut) else { return Ok(()) };
        let at = s.partition.clone();
        let (found, old) = self.leaders.found(&at.topic);
        let missing = match found {
            Found::Partitions(count) if (0..count).contains(&at.partition) => {
                s.exists = true;
                return Ok(());
            }
            Found::Unknown => None,
            Found::Partitions(_) => Some(BrokerError::UnknownPartition { partition: at.clone() }),
            Found::NoTopic => Some(BrokerError::UnknownTopic { topic: at.topic.to_string() }),
        };
        if old {
            self.learn(&at.topic);
        }
        missing.map_or(Ok(()), Err)
    }

    /// Serves the client's log lines and errors. Records never come this way: every partition has its own queue.
    fn serve(&mut self) {
        self.served = Instant::now();
        while let Some(result) = self.client.get().poll(Duration::ZERO) {
            if let Ok(message) = result {
                use rdkafka::Message;
                tracing::error!(
                    topic = message.topic(),
                    partition = message.partition(),
                    offset = message.offset(),
                    "a record came through the common queue of a consumer; this is a bug"
                );
            }
        }
    }

    fn serve_now_and_then(&mut self) {
        // Looking at the clock for every fetch would cost more than the fetch of an empty queue.
        self.fetches = self.fetches.wrapping_add(1);
        if self.fetches.is_multiple_of(64) && self.served.elapsed() >= SERVE_EVERY {
            self.serve();
        }
    }

    /// That the position is out of range, once the first offset is there.
    fn out_of_range(&mut self, slot: PartitionSlot) -> Option<BrokerError> {
        let waker = self.waker().task();
        let s = self.slots.get_mut(slot.0 as usize)?.as_mut()?;
        let answer = s.earliest.as_mut()?.try_take(&waker)?;
        s.earliest = None;
        let earliest = answer.ok().and_then(|offsets| offsets.first().copied()).unwrap_or(-1);
        Some(BrokerError::OffsetOutOfRange { partition: s.partition.clone(), offset: s.position, earliest })
    }

    /// What an error in a partition's queue means to the reader; `None` if the client gets over it by itself.
    fn judge(&mut self, slot: PartitionSlot, code: RDKafkaErrorCode) -> Option<BrokerError> {
        let s = self.slots.get_mut(slot.0 as usize)?.as_mut()?;
        let at = s.partition.clone();
        match code {
            RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange => {
                let isolation = self.isolation;
                let asked = vec![at];
                let ask = |admin: Arc<Admin>, by| async move { admin.offsets(&asked, OffsetAt::Earliest, isolation, by).await };
                s.earliest = Some(self.admin.ask("read the first offset", ask));
                self.out_of_range(slot)
            }
            // A topic that is deleted, and perhaps made again: what is there now is asked.
            RDKafkaErrorCode::UnknownTopicOrPartition
            | RDKafkaErrorCode::UnknownTopic
            | RDKafkaErrorCode::UnknownPartition
            | RDKafkaErrorCode::NoEnt => {
                tracing::debug!(partition = %at, %code, "looking whether it is there");
                s.exists = false;
                self.leaders.forget(&at.topic);
                self.learn(&at.topic);
                None
            }
            _ if error::is_connection(code) => {
                tracing::debug!(partition = %at, %code, "reading goes on when the broker is back");
                None
            }
            _ => Some(self.words().partition(&format!("read {at}"), &at, code)),
        }
    }
}

impl Consumer for KafkaConsumer {
    fn assign(&mut self, partition: &TopicPartition, offset: i64) -> Result<PartitionSlot, BrokerError> {
        error::check_name(&partition.topic)?;
        let what = format!("assign {partition} at offset {offset}");
        let refuse = |reason: &str| BrokerError::Other { what: what.clone(), reason: reason.to_owned(), fatal: false };
        if offset < 0 {
            return Err(refuse("an offset is not negative"));
        }
        if self.slots.iter().flatten().any(|s| s.partition == *partition) {
            return Err(refuse("it is assigned already"));
        }
        let name = CString::new(&*partition.topic).map_err(|_| refuse("bad topic name"))?;
        let ready = Arc::new(Ready::new(self.signal.clone()));
        let queue = PartitionQueue::split(self.client.shared(), &name, partition.partition, ready)
            .ok_or_else(|| refuse("the client has no queue for it"))?;
        let list = one(partition, Some(offset)).map_err(|e| refuse(&e.to_string()))?;
        self.client.get().incremental_assign(&list).map_err(|e| self.words().partition(&what, partition, error::code_of(&e)))?;
        let slot =
            Slot { partition: partition.clone(), name, queue, position: offset, eof: None, error: None, exists: false, earliest: None };
        self.learn(&partition.topic);
        let free = self.slots.iter().position(Option::is_none);
        let index = free.unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        });
        self.slots[index] = Some(slot);
        Ok(PartitionSlot(index as u32))
    }

    fn unassign(&mut self, slot: PartitionSlot) -> Result<(), BrokerError> {
        let Some(gone) = self.slots.get_mut(slot.0 as usize).and_then(Option::take) else {
            return Ok(());
        };
        let what = format!("unassign {}", gone.partition);
        let list = one(&gone.partition, None).map_err(|e| super::creation(&what, &e))?;
        self.client.get().incremental_unassign(&list).map_err(|e| self.words().request(&what, error::code_of(&e)))
    }

    fn fetch(&mut self, slot: PartitionSlot, max_records: usize, into: &mut RecordBatch) -> Result<usize, BrokerError> {
        self.serve_now_and_then();
        if self.slot(slot).is_some_and(|s| s.earliest.is_some()) {
            return self.out_of_range(slot).map_or(Ok(0), Err);
        }
        let Some(s) = self.slots.get_mut(slot.0 as usize).and_then(Option::as_mut) else {
            return Err(BrokerError::Other { what: "read a partition".to_owned(), reason: "it is not assigned".to_owned(), fatal: false });
        };
        let mut error = s.error.take();
        let mut records = 0;
        if error.is_none() && s.queue.ready().take() {
            let drained = s.queue.drain(max_records, &mut self.scratch, into);
            records = drained.records;
            if let Some(next) = drained.next_offset {
                s.position = s.position.max(next);
                s.eof = drained.eof;
            }
            if drained.more {
                s.queue.ready().set();
            }
            error = drained.error;
        }
        let exists = s.exists;
        if let Some(code) = error {
            if records > 0 {
                s.error = Some(code);
                s.queue.ready().set();
            } else if let Some(error) = self.judge(slot, code) {
                return Err(error);
            }
        }
        if records == 0 && !exists {
            self.look(slot)?;
        }
        Ok(records)
    }

    fn position(&self, slot: PartitionSlot) -> i64 {
        self.slot(slot).map_or(-1, |s| s.position)
    }

    fn known_end(&self, slot: PartitionSlot) -> Option<i64> {
        let s = self.slot(slot)?;
        // The client tells the high watermark, behind which transactions may be open. What is
        // decided ends where it found no more.
        if self.isolation == Isolation::ReadCommitted && s.eof == Some(s.position) {
            return s.eof;
        }
        raw::cached_watermarks(self.client.get(), &s.name, s.partition.partition).map(|(_, high)| high)
    }

    fn wait(&mut self, timeout: Duration) {
        let until = Instant::now() + timeout;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if self.signal.wait(left.min(SERVE_EVERY)) {
                break;
            }
            self.serve();
            if left <= SERVE_EVERY {
                break;
            }
        }
        if self.served.elapsed() >= SERVE_EVERY {
            self.serve();
        }
    }

    fn waker(&self) -> Waker {
        let signal = self.signal.clone();
        Waker::new(move || signal.raise())
    }
}

/// A list of one partition.
fn one(partition: &TopicPartition, offset: Option<i64>) -> Result<TopicPartitionList, rdkafka::error::KafkaError> {
    let mut list = TopicPartitionList::with_capacity(1);
    let mut element = list.add_partition(&partition.topic, partition.partition);
    if let Some(offset) = offset {
        element.set_offset(Offset::Offset(offset))?;
    }
    Ok(list)
}
