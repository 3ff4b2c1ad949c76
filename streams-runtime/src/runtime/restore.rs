//! State back from the changelogs: only what the store does not have yet.

use super::config::Config;
use super::error::Error;
use super::worker::retry;
use crate::broker::{Broker, Consumer, GroupMember, Isolation, OffsetAt, PartitionSlot, TopicPartition};
use crate::plan::changelog_topic;
use crate::record::RecordBatch;
use crate::task::Task;

/// Records of one changelog read at a time.
const PIECE_RECORDS: usize = 10_000;

/// The restoration of one task.
pub(crate) struct Restore {
    stores: Vec<StoreRestore>,
    batch: RecordBatch,
}

struct StoreRestore {
    store: String,
    slot: PartitionSlot,
    end: i64,
    records: i64,
}

impl Restore {
    /// Finds out what each store lacks, and begins to read it.
    pub(crate) fn begin(
        task: &mut Task,
        config: &Config,
        broker: &dyn Broker,
        consumer: &mut dyn Consumer,
        member: &dyn GroupMember,
    ) -> Result<Restore, Error> {
        let id = task.id();
        let mut stores = Vec::new();
        for store in task.each_store().filter(|s| s.changelog().is_some() || s.source().is_some()) {
            let name = store.name().to_owned();
            let topic = store.source().map_or_else(|| changelog_topic(&config.application_id, &name), str::to_owned);
            let partition = [TopicPartition::new(topic, id.partition)];
            let offset = |at| retry(|| broker.offsets(&partition, at, Isolation::ReadCommitted)).map(|o| o.first().copied().unwrap_or(0));
            let (earliest, mut end) = (offset(OffsetAt::Earliest)?, offset(OffsetAt::Latest)?);
            if store.source().is_some() {
                // What comes after the committed offset is yet to be processed.
                let committed = retry(|| member.committed(&partition))?.into_iter().next().flatten();
                end = end.min(committed.map_or(earliest, |committed| committed.offset));
            }
            let from = match store.position() {
                Some(position) if position >= earliest && position <= end => position,
                Some(position) => {
                    tracing::warn!(task = %id, store = name, position, earliest, end, "the changelog does not fit the store; restoring all of it");
                    store.clear_for_restore().map_err(|source| Error::Restore { task: id.to_string(), source })?;
                    earliest
                }
                None => earliest,
            };
            if from < end {
                let slot = consumer.assign(&partition[0], from)?;
                stores.push(StoreRestore { store: name, slot, end, records: end - from });
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
        while let Some(reading) = self.stores.get(index) {
            self.batch.clear();
            match consumer.fetch(reading.slot, PIECE_RECORDS, &mut self.batch) {
                Ok(_) => {}
                Err(error) if error.is_retriable() => tracing::debug!(%error, "restore"),
                Err(error) => return Err(error.into()),
            }
            let position = consumer.position(reading.slot);
            if !self.batch.is_empty() {
                busy = true;
                if let Some(store) = task.each_store().find(|s| s.name() == reading.store) {
                    let end = reading.end;
                    let mut records = self.batch.iter().filter(|r| r.offset < end);
                    store.restore(&mut records, position.min(end)).map_err(|source| Error::Restore { task: id.to_string(), source })?;
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
