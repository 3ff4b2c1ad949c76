//! State back from the changelogs: only what the store does not have yet.

use super::error::Error;
use super::opening::Committed;
use crate::broker::{Broker, BrokerError, Consumer, Isolation, OffsetAt, PartitionSlot, TopicPartition};
use crate::plan::changelog_topic;
use crate::record::RecordBatch;
use crate::task::Task;

/// Records of one changelog read at a time.
const PIECE_RECORDS: usize = 10_000;

/// A partition that a store comes back from.
pub(super) struct Changelog {
    store: String,
    pub(super) partition: TopicPartition,
    /// It is the topic that a table is read from.
    pub(super) is_source: bool,
}

/// What there is of a changelog.
pub(super) struct ChangelogRange {
    earliest: i64,
    end: i64,
}

impl ChangelogRange {
    /// The ranges of all partitions, in their order. Beside each stands whether a table is read
    /// from it: then what comes after its committed offset is yet to be processed.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub(super) async fn ask(
        broker: &dyn Broker,
        partitions: &[(TopicPartition, bool)],
        committed: &Committed,
    ) -> Result<Vec<Self>, BrokerError> {
        if partitions.is_empty() {
            return Ok(Vec::new());
        }
        let asked: Vec<TopicPartition> = partitions.iter().map(|(partition, _)| partition.clone()).collect();
        let earliest = broker.offsets(&asked, OffsetAt::Earliest, Isolation::ReadCommitted);
        let latest = broker.offsets(&asked, OffsetAt::Latest, Isolation::ReadCommitted);
        let ends = earliest.await?.into_iter().zip(latest.await?);
        let ranges = ends.zip(partitions).map(|((earliest, end), (partition, is_source))| {
            let processed = committed.get(partition).map_or(earliest, |committed| committed.offset);
            ChangelogRange { earliest, end: if *is_source { end.min(processed) } else { end } }
        });
        Ok(ranges.collect())
    }
}

/// The restoration of one task.
pub(crate) struct Restore {
    stores: Vec<StoreRestore>,
    batch: RecordBatch,
}

struct StoreRestore {
    store: String,
    partition: TopicPartition,
    slot: PartitionSlot,
    end: i64,
    records: i64,
}

impl StoreRestore {
    /// The head of the changelog is gone, as that of a topic with `cleanup.policy` =
    /// `compact,delete` may be at any time. A row that was read from there and never written again
    /// would stay for good.
    #[cold]
    fn begin_anew(&mut self, earliest: i64, task: &mut Task, consumer: &mut dyn Consumer) -> Result<(), Error> {
        let id = task.id();
        tracing::warn!(task = %id, store = self.store, earliest, "the head of the changelog was deleted meanwhile; restoring all of it");
        if let Some(store) = task.each_store().find(|store| store.name() == self.store) {
            store.clear_for_restore().map_err(|source| Error::restore(id, source))?;
        }
        consumer.unassign(self.slot)?;
        self.slot = consumer.assign(&self.partition, earliest)?;
        Ok(())
    }
}

impl Restore {
    /// The partitions that the stores of a task come back from.
    pub(super) fn changelogs(task: &mut Task, application_id: &str) -> Vec<Changelog> {
        let partition = task.id().partition;
        let stores = task.each_store().filter(|s| s.changelog().is_some() || s.source().is_some());
        let changelogs = stores.map(|store| {
            let name = store.name().to_owned();
            let topic = store.source().map_or_else(|| changelog_topic(application_id, &name), str::to_owned);
            Changelog { store: name, partition: TopicPartition::new(topic, partition), is_source: store.source().is_some() }
        });
        changelogs.collect()
    }

    /// Begins to read what each store lacks.
    pub(super) fn begin(
        task: &mut Task,
        changelogs: Vec<(Changelog, ChangelogRange)>,
        consumer: &mut dyn Consumer,
    ) -> Result<Restore, Error> {
        let id = task.id();
        let mut stores = Vec::new();
        for (Changelog { store: name, partition, .. }, ChangelogRange { earliest, end }) in changelogs {
            let Some(store) = task.each_store().find(|store| store.name() == name) else { continue };
            let from = match store.position() {
                Some(position) if position >= earliest && position <= end => position,
                Some(position) => {
                    tracing::warn!(task = %id, store = name, position, earliest, end, "the changelog does not fit the store; restoring all of it");
                    store.clear_for_restore().map_err(|source| Error::restore(id, source))?;
                    earliest
                }
                None => earliest,
            };
            if from < end {
                let slot = consumer.assign(&partition, from)?;
                stores.push(StoreRestore { store: name, partition, slot, end, records: end - from });
            }
        }
        Ok(Restore { stores, batch: RecordBatch::default() })
    }

    /// Offsets to be read, an upper bound of the records.
    pub(crate) fn records_to_read(&self) -> i64 {
        self.stores.iter().map(|s| s.records).sum()
    }

    /// Whether every store is complete.
    pub(crate) fn is_over(&self) -> bool {
        self.stores.is_empty()
    }

    /// Reads a piece of each changelog; whether there was anything.
    pub(crate) fn step(&mut self, task: &mut Task, consumer: &mut dyn Consumer) -> Result<bool, Error> {
        let id = task.id();
        let mut busy = false;
        let mut index = 0;
        while let Some(reading) = self.stores.get_mut(index) {
            self.batch.clear();
            match consumer.fetch(reading.slot, PIECE_RECORDS, &mut self.batch) {
                Ok(_) => {}
                Err(BrokerError::OffsetOutOfRange { earliest, .. }) => {
                    reading.begin_anew(earliest, task, consumer)?;
                    busy = true;
                }
                Err(error) if error.is_retriable() => tracing::debug!(%error, "restore"),
                Err(error) => return Err(error.into()),
            }
            let position = consumer.position(reading.slot);
            if !self.batch.is_empty() {
                busy = true;
                if let Some(store) = task.each_store().find(|s| s.name() == reading.store) {
                    let end = reading.end;
                    let mut records = self.batch.iter().filter(|r| r.offset < end);
                    store.restore(&mut records, position.min(end)).map_err(|source| Error::restore(id, source))?;
                }
            }
            if position >= reading.end {
                consumer.unassign(reading.slot)?;
                let done = self.stores.swap_remove(index);
                tracing::info!(task = %id, store = done.store, up_to = done.end, "restored");
            } else {
                index += 1;
            }
        }
        Ok(busy)
    }

    /// Stops half way.
    pub(crate) fn abandon(self, consumer: &mut dyn Consumer) -> Result<(), Error> {
        for store in self.stores {
            consumer.unassign(store.slot)?;
        }
        Ok(())
    }
}
