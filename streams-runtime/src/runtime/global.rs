//! Global tables: read whole before the first task starts, then kept up to date by a thread of their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::error::Error;
use super::shared::{Shared, lock};
use crate::broker::{BrokerError, Consumer, ConsumerConfig, Isolation, OffsetAt, PartitionSlot, TopicPartition};
use crate::record::RecordBatch;

/// Records of one partition read at a time.
const PIECE_RECORDS: usize = 5_000;

/// Reads the topics of all global tables.
pub(crate) struct GlobalReader {
    shared: Arc<Shared>,
    consumer: Box<dyn Consumer>,
    partitions: Vec<Reading>,
    batch: RecordBatch,
}

struct Reading {
    table: String,
    partition: TopicPartition,
    slot: PartitionSlot,
    /// The end at the start.
    end: i64,
}

impl GlobalReader {
    /// A reader; `None` without global tables.
    pub(crate) fn new(shared: &Arc<Shared>) -> Result<Option<GlobalReader>, Error> {
        if shared.plan.global_tables.is_empty() {
            return Ok(None);
        }
        let mut consumer = shared.broker.consumer(&ConsumerConfig {
            client_id: format!("{}-global", shared.config.application_id),
            isolation: Isolation::ReadCommitted,
            fetch_ahead_bytes: shared.config.fetch_ahead_bytes,
        })?;
        let mut partitions = Vec::new();
        for table in &shared.plan.global_tables {
            for partition in 0..shared.layout().partitions.get(&table.topic).copied().unwrap_or(0) {
                let partition = TopicPartition::new(table.topic.as_str(), partition);
                let asked = std::slice::from_ref(&partition);
                let offset = |at| retry(|| shared.broker.offsets(asked, at, Isolation::ReadCommitted).wait());
                let from = offset(OffsetAt::Earliest)?.first().copied().unwrap_or(0);
                let end = offset(OffsetAt::Latest)?.first().copied().unwrap_or(0);
                let slot = consumer.assign(&partition, from)?;
                lock(&shared.global_positions).insert(partition.clone(), from);
                partitions.push(Reading { table: table.name.clone(), partition, slot, end });
            }
        }
        Ok(Some(GlobalReader { shared: Arc::clone(shared), consumer, partitions, batch: RecordBatch::default() }))
    }

    /// Reads what the topics had when the reader was made.
    pub(crate) fn fill(&mut self, stop: &AtomicBool) -> Result<(), Error> {
        while self.partitions.iter().any(|r| self.consumer.position(r.slot) < r.end) && !stop.load(Ordering::Relaxed) {
            if !self.step()? {
                self.consumer.wait(Duration::from_millis(100));
            }
        }
        Ok(())
    }

    /// Follows the topics until told to stop.
    pub(crate) fn follow(mut self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            match self.step() {
                Ok(true) => {}
                Ok(false) => self.consumer.wait(Duration::from_millis(100)),
                Err(error) => return self.shared.fail(error),
            }
        }
    }

    fn step(&mut self) -> Result<bool, Error> {
        let mut any = false;
        self.shared.globals.tick(self.shared.config.clock.now_ms());
        let handler = &self.shared.config.handlers.decode;
        for Reading { table, partition, slot, .. } in &self.partitions {
            self.batch.clear();
            match self.consumer.fetch(*slot, PIECE_RECORDS, &mut self.batch) {
                Ok(fetched) => any |= fetched > 0,
                Err(error) if error.is_retriable() => tracing::debug!(%error, "global table"),
                Err(error) => return Err(error.into()),
            }
            for record in self.batch.iter() {
                self.shared
                    .globals
                    .apply(table, partition, record, handler)
                    .map_err(|source| Error::GlobalTable { table: table.clone(), source: source.into() })?;
            }
            if !self.batch.is_empty() {
                lock(&self.shared.global_positions).insert(partition.clone(), self.consumer.position(*slot));
            }
        }
        Ok(any)
    }
}

/// Tries again while the broker is away, for as long as a broker may take to come back.
fn retry<R>(mut call: impl FnMut() -> Result<R, BrokerError>) -> Result<R, BrokerError> {
    const TRIES: u32 = 60;
    for _ in 0..TRIES {
        match call() {
            Err(error) if error.is_retriable() => {
                tracing::warn!(%error, "the broker is away; trying again");
                std::thread::sleep(Duration::from_millis(500));
            }
            other => return other,
        }
    }
    call()
}
