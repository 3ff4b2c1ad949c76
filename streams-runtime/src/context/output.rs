//! The way out: records for topics.

use super::{Context, Unwritten};
use crate::broker::{ANY_PARTITION, BrokerError, ProduceBatch, ResultOrigin, TopicSlot};
use crate::error::Flow;
use crate::partition::partition_for_key;
use crate::produce_error::ProduceErrorKind;
use crate::record::NewRecord;

/// Results are handed to the producer when so many bytes are waiting.
const HAND_OVER_BYTES: usize = 256 * 1024;

/// A computed topic that is not there is asked for again after so long.
const ASK_AGAIN_MS: i64 = 1_000;
/// So many of them are remembered.
const MAX_NO_TARGETS: usize = 1_000;

/// A topic that a task writes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub(crate) topic: TopicSlot,
    pub(crate) partitions: i32,
}

impl Target {
    /// The partition by a part of the key, as Kafka's default partitioner has it.
    #[inline]
    pub(crate) fn partition_of(self, partitioned_by: Option<&[u8]>) -> i32 {
        partitioned_by.map_or(ANY_PARTITION, |bytes| partition_for_key(bytes, self.partitions))
    }
}

/// Where a result goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Destination<'a> {
    pub(crate) target: Target,
    /// The topic's name.
    pub(crate) topic: &'a str,
    pub(crate) partition: i32,
}

impl Context {
    /// A topic to write to, asked from the broker the first time.
    pub(crate) fn target(&mut self, name: &str) -> Result<Target, BrokerError> {
        if let Some(target) = self.targets.get(name) {
            return Ok(*target);
        }
        match self.no_targets.get(name) {
            Some((error, until_ms)) if self.wall_clock_ms < *until_ms => return Err(error.clone()),
            _ => {}
        }
        let mut producer = self.producer.borrow_mut();
        let found = producer.topic(name).map(|topic| Target { topic, partitions: producer.partitions(topic) });
        drop(producer);
        match found {
            Ok(target) => {
                self.targets.insert(name.to_owned(), target);
                Ok(target)
            }
            Err(error) => Err(self.no_target(name, error)),
        }
    }

    /// A topic that cannot be written: with a handler that goes on, many records may name it, and each question is a request.
    #[cold]
    fn no_target(&mut self, name: &str, error: BrokerError) -> BrokerError {
        if error.refusal().is_some() {
            if self.no_targets.len() >= MAX_NO_TARGETS {
                self.no_targets.clear();
            }
            let until_ms = self.wall_clock_ms.saturating_add(ASK_AGAIN_MS);
            self.no_targets.insert(name.to_owned(), (error.clone(), until_ms));
        }
        error
    }

    /// Takes the buffers that keys and values are encoded into; give them back with [`put_scratch`](Self::put_scratch).
    #[inline]
    pub(crate) fn take_scratch(&mut self) -> (Vec<u8>, Vec<u8>) {
        let mut scratch = (std::mem::take(&mut self.key_scratch), std::mem::take(&mut self.value_scratch));
        scratch.0.clear();
        scratch.1.clear();
        scratch
    }

    #[inline]
    pub(crate) fn put_scratch(&mut self, scratch: (Vec<u8>, Vec<u8>)) {
        (self.key_scratch, self.value_scratch) = scratch;
    }

    /// Writes a record with the time and headers at hand; the partition follows from `partitioned_by`, a part of the key, as Kafka's default
    /// partitioner has it.
    #[inline]
    pub(crate) fn send(
        &mut self,
        target: Target,
        partitioned_by: Option<&[u8]>,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
    ) -> Result<(), BrokerError> {
        let partition = target.partition_of(partitioned_by);
        self.send_to(target, partition, key, value)
    }

    /// Writes a record with the time and headers at hand into a partition.
    #[inline]
    pub(crate) fn send_to(&mut self, target: Target, partition: i32, key: Option<&[u8]>, value: Option<&[u8]>) -> Result<(), BrokerError> {
        if self.timestamp_ms < 0 {
            let topic = self.targets.iter().find(|(_, known)| known.topic == target.topic).map(|(name, _)| name.clone());
            let reason = self.before_1970();
            return Err(BrokerError::Produce { topic: topic.unwrap_or_default(), partition: None, reason, permanent: true });
        }
        self.write(target, partition, key, value);
        self.hand_over_if_large()
    }

    /// Writes a result of the sink `node` with the time and headers at hand. If it cannot be written, the handler is asked.
    #[inline]
    pub(crate) fn send_result(&mut self, node: &'static str, to: Destination<'_>, key: Option<&[u8]>, value: Option<&[u8]>) -> Flow {
        let Destination { target, topic, partition } = to;
        if self.timestamp_ms < 0 {
            let source = self.before_1970().into();
            let kind = ProduceErrorKind::Timestamp;
            return self.fail_result(Unwritten { kind, node, topic, partition: None, key, value, source });
        }
        self.write(target, partition, key, value);
        if self.tracks_results {
            self.out.set_origin(ResultOrigin { node, cause: self.cause.clone() });
        }
        self.hand_over_if_large().map_err(|e| self.produce_error(node, e))
    }

    #[inline]
    fn write(&mut self, target: Target, partition: i32, key: Option<&[u8]>, value: Option<&[u8]>) {
        self.out.push(target.topic, partition, NewRecord { key, value, timestamp_ms: self.timestamp_ms, offset: 0 });
        if !self.record.headers.is_empty() {
            for (name, value) in self.record.headers.iter_bytes() {
                self.out.push_header(name, value);
            }
        }
        self.results_out += 1;
    }

    /// Only a processor can make such a record: what comes with a negative time is left out at its source.
    #[cold]
    fn before_1970(&self) -> String {
        format!("its time is {} ms, and Kafka has none before 1970; give it another with `forward_at`", self.timestamp_ms)
    }

    #[inline]
    pub(crate) fn hand_over_if_large(&mut self) -> Result<(), BrokerError> {
        if self.out.size_bytes() > HAND_OVER_BYTES { self.hand_over() } else { Ok(()) }
    }

    /// Gives all results so far to the producer.
    pub(crate) fn hand_over(&mut self) -> Result<(), BrokerError> {
        if !self.out.is_empty() {
            self.count_out();
            let sent = self.producer.borrow_mut().send(&self.out);
            self.out.clear();
            self.counted_out = 0;
            sent?;
        }
        Ok(())
    }

    /// Exchanges the results that wait with a batch of the caller's, some of whose records may be
    /// those of other tasks.
    pub(crate) fn exchange_out(&mut self, out: &mut ProduceBatch) {
        self.count_out();
        std::mem::swap(&mut self.out, out);
        self.counted_out = self.out.len();
    }

    /// Counts what waits to be handed over and is not counted yet.
    fn count_out(&mut self) {
        let new = self.out.len() - self.counted_out;
        self.metrics.records_out += self.results_out as u64;
        self.metrics.changelog_records += (new - self.results_out) as u64;
        self.results_out = 0;
        self.counted_out = self.out.len();
    }
}
