//! Global tables: read whole before the first task starts, then followed for as long as the
//! application runs. A machine, as workers are.

use std::sync::Arc;
use std::time::Duration;

use super::environment::Environment;
use super::error::Error;
use super::layout::Layout;
use super::message::{Command, Part, Report};
use super::now::{Now, Wake};
use super::silence::Silence;
use crate::broker::{Answer, BrokerError, Consumer, ConsumerConfig, Isolation, OffsetAt, PartitionSlot, TopicPartition, Waker};
use crate::record::RecordBatch;

/// Records of one partition read at a time.
const PIECE_RECORDS: usize = 5_000;

/// The longest wait for records.
const WAIT: Duration = Duration::from_millis(100);

/// Reads the topics of all global tables.
pub(crate) struct GlobalReader {
    env: Arc<Environment>,
    consumer: Box<dyn Consumer>,
    answers: std::task::Waker,
    partitions: Vec<Reading>,
    batch: RecordBatch,
    silence: Silence,
}

struct Reading {
    table: String,
    partition: TopicPartition,
    from: From,
    /// The end at the start.
    end: i64,
}

/// Where a partition is read.
enum From {
    Slot(PartitionSlot),
    /// Its head is gone; the earliest offset is asked for.
    Lost(Answer<Vec<i64>>),
}

impl Part for GlobalReader {
    fn step(&mut self, now: Now, commands: &mut dyn Iterator<Item = Command>, out: &mut Vec<Report>) -> Wake {
        let mut is_told_to_stop = false;
        for command in commands {
            is_told_to_stop |= matches!(command, Command::Stop);
        }
        let ended = match self.read(now, out) {
            Ok(_) if is_told_to_stop => Ok(()),
            Ok(true) => return Wake::Again,
            Ok(false) => return Wake::At(now.mono + WAIT),
            Err(error) => Err(error),
        };
        out.push(Report::Ended(ended));
        Wake::Ended
    }

    fn wait(&mut self, timeout: Duration) {
        self.consumer.wait(timeout);
    }
}

impl GlobalReader {
    /// A reader; `None` without global tables.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub(crate) async fn open(env: &Arc<Environment>, layout: &Layout) -> Result<Option<GlobalReader>, Error> {
        if env.plan.global_tables.is_empty() {
            return Ok(None);
        }
        let mut places = Vec::new();
        for table in &env.plan.global_tables {
            for partition in 0..layout.partitions.get(&table.topic).copied().unwrap_or(0) {
                places.push((table.name.clone(), TopicPartition::new(table.topic.as_str(), partition)));
            }
        }
        let asked: Vec<TopicPartition> = places.iter().map(|(_, partition)| partition.clone()).collect();
        let starts = env.broker.offsets(&asked, OffsetAt::Earliest, Isolation::ReadCommitted).await?;
        let ends = env.broker.offsets(&asked, OffsetAt::Latest, Isolation::ReadCommitted).await?;
        let mut consumer = env.broker.consumer(&ConsumerConfig {
            client_id: env.client_id("global"),
            isolation: Isolation::ReadCommitted,
            fetch_ahead_bytes: env.config.fetch_ahead_bytes,
        })?;
        let mut partitions = Vec::new();
        for (((table, partition), start), end) in places.into_iter().zip(starts).zip(ends) {
            let slot = consumer.assign(&partition, start)?;
            partitions.push(Reading { table, partition, from: From::Slot(slot), end });
        }
        let answers = consumer.waker().task();
        let (env, batch, silence) = (Arc::clone(env), RecordBatch::default(), Silence::default());
        Ok(Some(GlobalReader { env, consumer, answers, partitions, batch, silence }))
    }

    /// Wakes the thread that waits in [`wait`](Part::wait).
    pub(crate) fn waker(&self) -> Waker {
        self.consumer.waker()
    }

    /// Whether everything is read that the topics had when the reader was made.
    pub(crate) fn is_full(&self) -> bool {
        self.partitions.iter().all(|reading| match reading.from {
            From::Slot(slot) => self.consumer.position(slot) >= reading.end,
            From::Lost(_) => false,
        })
    }

    /// Reads what is there; whether there was anything.
    ///
    /// # Errors
    /// When a record cannot be taken in.
    pub(crate) fn read(&mut self, now: Now, out: &mut Vec<Report>) -> Result<bool, Error> {
        let mut any = false;
        self.env.globals.tick(now.wall_ms);
        let handler = &self.env.config.handlers.decode;
        let mut positions = Vec::new();
        for Reading { table, partition, from, .. } in &mut self.partitions {
            let slot = match from {
                From::Slot(slot) => *slot,
                From::Lost(answer) => match answer.try_take(&self.answers) {
                    None => continue,
                    Some(found) => {
                        let earliest = found.map(|offsets| offsets.first().copied().unwrap_or(0));
                        match earliest {
                            Ok(offset) => *from = From::Slot(self.consumer.assign(partition, offset)?),
                            Err(error) => {
                                self.silence.goes_on(now.mono, "the topic of a global table", error)?;
                                let asked = std::slice::from_ref(partition);
                                *from = From::Lost(self.env.broker.offsets(asked, OffsetAt::Earliest, Isolation::ReadCommitted));
                            }
                        }
                        continue;
                    }
                },
            };
            self.batch.clear();
            match self.consumer.fetch(slot, PIECE_RECORDS, &mut self.batch) {
                Ok(fetched) => any |= fetched > 0,
                Err(BrokerError::OffsetOutOfRange { .. }) => {
                    tracing::warn!(table, %partition, "records of a global table were deleted before they were read");
                    self.consumer.unassign(slot)?;
                    let asked = std::slice::from_ref(partition);
                    *from = From::Lost(self.env.broker.offsets(asked, OffsetAt::Earliest, Isolation::ReadCommitted));
                    continue;
                }
                Err(error) if error.is_retriable() => tracing::debug!(%error, "global table"),
                Err(error) => return Err(error.into()),
            }
            for record in self.batch.iter() {
                let applied = self.env.globals.apply(table, partition, record, handler);
                applied.map_err(|source| Error::GlobalTable { table: table.clone(), source: source.into() })?;
            }
            positions.push((partition.clone(), self.consumer.position(slot)));
        }
        if any {
            out.push(Report::GlobalRead(positions));
        }
        Ok(any)
    }
}
