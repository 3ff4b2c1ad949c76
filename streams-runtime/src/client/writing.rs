//! The thread that writes what producers send: the broker's calls block, and async code does not wait for them.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::error::SendError;
use super::producer::Sent;
use crate::broker::{ANY_PARTITION, Broker, BrokerError, ProducerConfig, Writer};
use crate::partition::partition_for_key;
use crate::record::RecordBatch;
use crate::time::clock::Clock;

/// Records that wait for the thread; more make `send` wait.
const QUEUED: usize = 10_000;

/// A record and where to tell what became of it.
pub(super) struct Outgoing {
    pub(super) topic: Arc<str>,
    /// One record.
    pub(super) record: RecordBatch,
    pub(super) place: Place,
    pub(super) answer: oneshot::Sender<Result<Sent, SendError>>,
}

/// Which partition a record goes to.
pub(super) enum Place {
    Partition(i32),
    /// The part of the key's bytes that decides; without a key any partition.
    ByKey(Option<Vec<u8>>),
    /// What a partitioner says, given the number of partitions; else by the key.
    Chosen {
        by_key: Option<Vec<u8>>,
        choose: Box<dyn FnOnce(u32) -> Option<Vec<u32>> + Send>,
    },
}

enum Command {
    Write(Outgoing),
    Flush(oneshot::Sender<Result<(), SendError>>),
}

/// Failures of records that nobody waits for any more, for the next flush.
pub(super) type Unclaimed = Arc<Mutex<Option<SendError>>>;

/// What a client is made of, when its first record is sent.
pub(crate) struct ClientConfig {
    pub(crate) broker: Arc<dyn Broker>,
    pub(crate) config: ProducerConfig,
    pub(crate) clock: Arc<dyn Clock>,
}

/// The way to the thread. When the last producer is dropped, the thread writes what it has taken and ends.
pub(crate) struct Client {
    config: ClientConfig,
    commands: OnceLock<mpsc::Sender<Command>>,
    unclaimed: Unclaimed,
}

impl Client {
    pub(crate) fn new(config: ClientConfig) -> Self {
        Client { config, commands: OnceLock::new(), unclaimed: Unclaimed::default() }
    }

    pub(super) fn now_ms(&self) -> i64 {
        self.config.clock.now_ms()
    }

    /// The way to the thread, which is started for the first record.
    fn commands(&self) -> Result<&mpsc::Sender<Command>, SendError> {
        if let Some(commands) = self.commands.get() {
            return Ok(commands);
        }
        let (commands, queue) = mpsc::channel(QUEUED);
        let (broker, config) = (Arc::clone(&self.config.broker), self.config.config.clone());
        let unclaimed = Arc::clone(&self.unclaimed);
        if self.commands.set(commands).is_ok() {
            std::thread::Builder::new()
                .name(config.client_id.clone())
                .spawn(move || Writing { broker, config, writer: None, unclaimed }.run(queue))
                .map_err(|error| BrokerError::Other {
                    what: "start the thread of a producer".to_owned(),
                    reason: error.to_string(),
                    fatal: true,
                })?;
        }
        self.commands.get().ok_or_else(|| SendError::Closed { topic: String::new() })
    }

    pub(super) async fn send(&self, outgoing: Outgoing) -> Result<(), SendError> {
        let topic = Arc::clone(&outgoing.topic);
        let sent = self.commands()?.send(Command::Write(outgoing)).await;
        sent.map_err(|_| SendError::Closed { topic: topic.to_string() })
    }

    /// Where failures are kept that nobody waits for.
    pub(super) fn unclaimed(&self) -> Unclaimed {
        Arc::clone(&self.unclaimed)
    }

    pub(super) async fn flush(&self, topic: &str) -> Result<(), SendError> {
        let (answer, answered) = oneshot::channel();
        let closed = || SendError::Closed { topic: topic.to_owned() };
        self.commands()?.send(Command::Flush(answer)).await.map_err(|_| closed())?;
        answered.await.unwrap_or_else(|_| Err(closed()))
    }
}

struct Writing {
    broker: Arc<dyn Broker>,
    config: ProducerConfig,
    writer: Option<Box<dyn Writer>>,
    unclaimed: Unclaimed,
}

impl Writing {
    fn run(mut self, mut queue: mpsc::Receiver<Command>) {
        while let Some(command) = queue.blocking_recv() {
            self.take(command);
            // What came meanwhile goes out together.
            for _ in 0..QUEUED {
                let Ok(command) = queue.try_recv() else { break };
                self.take(command);
            }
            if let Some(writer) = &mut self.writer {
                writer.settle();
            }
        }
        if let Err(error) = self.flush() {
            tracing::warn!(%error, "records of a producer that was dropped are not written");
        }
    }

    fn take(&mut self, command: Command) {
        match command {
            Command::Write(outgoing) => self.write(outgoing),
            Command::Flush(answer) => {
                let flushed = self.flush();
                if let Err(Err(error)) = answer.send(flushed) {
                    keep(&self.unclaimed, error);
                }
            }
        }
    }

    fn write(&mut self, outgoing: Outgoing) {
        let Outgoing { topic, record, place, answer } = outgoing;
        let unclaimed = Arc::clone(&self.unclaimed);
        let answer = move |result: Result<Sent, SendError>| {
            if let Err(Err(error)) = answer.send(result) {
                keep(&unclaimed, error);
            }
        };
        let partition = match self.partition(&topic, place) {
            Ok(partition) => partition,
            Err(error) => return answer(Err(error)),
        };
        if let (Some(writer), Some(record)) = (&mut self.writer, record.get(0)) {
            let acknowledged = move |result: Result<(i32, i64), BrokerError>| {
                answer(result.map(|(partition, offset)| Sent { partition, offset }).map_err(SendError::from));
            };
            writer.write(&topic, partition, record, Box::new(acknowledged));
        }
    }

    /// The partition that a record goes to. Connects if that was not done yet.
    fn partition(&mut self, topic: &str, place: Place) -> Result<i32, SendError> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            none => none.insert(self.broker.writer(&self.config)?),
        };
        let partitions = writer.partitions(topic)?;
        let unknown = |partition| SendError::UnknownPartition { topic: topic.to_owned(), partition, partitions };
        let by_key = |key: Option<Vec<u8>>| key.map_or(ANY_PARTITION, |key| partition_for_key(&key, partitions));
        match place {
            Place::Partition(partition) if (0..partitions).contains(&partition) => Ok(partition),
            Place::Partition(partition) => Err(unknown(partition.into())),
            Place::ByKey(key) => Ok(by_key(key)),
            Place::Chosen { by_key: key, choose } => match choose(partitions.max(0) as u32).as_deref() {
                None => Ok(by_key(key)),
                Some([partition]) => match i32::try_from(*partition) {
                    Ok(chosen) if chosen < partitions => Ok(chosen),
                    _ => Err(unknown((*partition).into())),
                },
                Some(several) => Err(SendError::Partitioner { topic: topic.to_owned(), chosen: several.len() }),
            },
        }
    }

    /// Waits for all acknowledgements. What failed without anybody being told is the error.
    fn flush(&mut self) -> Result<(), SendError> {
        if let Some(writer) = &mut self.writer {
            // The client gives up each record by then.
            writer.flush(self.config.delivery_timeout + Duration::from_secs(5))?;
        }
        let mut unclaimed = self.unclaimed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        unclaimed.take().map_or(Ok(()), Err)
    }
}

pub(super) fn keep(unclaimed: &Unclaimed, error: SendError) {
    tracing::warn!(%error, "a record was not written, and nobody waits for it any more");
    unclaimed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert(error);
}
