//! What becomes of records that fail or are left out, and the errors that say so.

use std::sync::Arc;

use super::Context;
use crate::broker::{ANY_PARTITION, BrokerError};
use crate::dropped::{DropReason, DroppedRecord, OnDropped};
use crate::error::{BoxError, ErrorKind, Flow, OnError, TaskError};
use crate::partition::partition_for_key;
use crate::processor::{ProcessorWrapper, WrapProcessors};
use crate::record::NewRecord;
use crate::stores::StoreError;

/// How records that fail are handled, and what stands around processors.
#[derive(Clone, Debug, Default)]
pub struct Handlers {
    /// Bytes that are not of the type that the topology reads.
    pub decode: OnError,
    /// `Err` of a `try_` operator or of a processor.
    pub process: OnError,
    /// Records that the semantics of an operator leave out.
    pub dropped: OnDropped,
    /// What stands around the code of processors.
    pub wrap_processors: WrapProcessors,
}

impl Handlers {
    pub(super) fn needs_raw_records(&self) -> bool {
        let quiet = |handler: &OnError| matches!(handler, OnError::Fail | OnError::Continue);
        !(quiet(&self.decode) && quiet(&self.process) && self.dropped.is_continue())
    }
}

impl Context {
    /// What stands around this processor.
    pub(crate) fn wrapper(&self, node: &str) -> Option<Box<dyn ProcessorWrapper>> {
        self.handlers.wrap_processors.wrapper(node)
    }

    /// Counts a record that the semantics of an operator leave out, and offers it to the handler. `node`: the operator or its state.
    #[inline]
    pub(crate) fn drop_record(&mut self, node: &str, reason: DropReason) -> Flow {
        self.metrics.dropped += 1;
        if self.handlers.dropped.is_continue() { Ok(()) } else { self.offer_dropped(node, reason) }
    }

    #[cold]
    fn offer_dropped(&mut self, node: &str, reason: DropReason) -> Flow {
        let record = DroppedRecord {
            reason,
            node,
            topic: &self.topic,
            partition: self.partition,
            offset: self.offset,
            timestamp_ms: self.timestamp_ms,
            stream_time_ms: self.stream_time_ms,
            key: self.raw_key.as_deref(),
            value: self.raw_value.as_deref(),
            headers: &self.raw_headers,
        };
        match self.handlers.dropped.dead_letter_topic(&record) {
            Some(topic) => self.send_dead_letter(&topic, node, reason.name(), &reason.to_string()),
            None => Ok(()),
        }
    }

    /// What becomes of the record at hand after an error: `Ok` means go on without it.
    #[cold]
    pub(crate) fn fail(&mut self, kind: ErrorKind, node: &str, source: BoxError) -> Flow {
        let error = self.error(kind, node, source);
        let handler = match kind {
            ErrorKind::Decode => self.handlers.decode.decide(&error),
            ErrorKind::Process => self.handlers.process.decide(&error),
            ErrorKind::Produce | ErrorKind::Store => OnError::Fail,
        };
        match handler {
            OnError::Fail | OnError::Custom(_) => return Err(error),
            OnError::Continue => tracing::warn!(%error, "record left out"),
            OnError::DeadLetter(topic) => {
                tracing::warn!(%error, dead_letter_topic = topic, "record sent to the dead-letter topic");
                self.send_dead_letter(&topic, &error.node, &error.kind.to_string(), &error.source.to_string())?;
            }
        }
        self.metrics.skipped_errors += 1;
        Ok(())
    }

    /// The record as it came, with what was wrong in headers named as Kafka Streams names them.
    fn send_dead_letter(&mut self, topic: &str, node: &str, exception: &str, message: &str) -> Flow {
        let target = self.target(topic).map_err(|e| self.produce_error(topic, e))?;
        let key = self.raw_key.as_deref();
        let partition = key.map_or(ANY_PARTITION, |key| partition_for_key(key, target.partitions));
        self.out.push(
            target.topic,
            partition,
            NewRecord { key, value: self.raw_value.as_deref(), timestamp_ms: self.timestamp_ms.max(0), offset: 0 },
        );
        for (name, value) in self.raw_headers.iter_bytes() {
            self.out.push_header(name, value);
        }
        for (name, value) in [
            ("__streams.errors.exception", exception),
            ("__streams.errors.message", message),
            ("__streams.errors.node", node),
            ("__streams.errors.topic", &*self.topic),
            ("__streams.errors.partition", &self.partition.to_string()),
            ("__streams.errors.offset", &self.offset.to_string()),
        ] {
            self.out.push_header(name.as_bytes(), Some(value.as_bytes()));
        }
        self.metrics.records_out += 1;
        Ok(())
    }

    #[cold]
    pub(crate) fn produce_error(&self, node: &str, error: BrokerError) -> Box<TaskError> {
        self.error(ErrorKind::Produce, node, error.into())
    }

    #[cold]
    pub(crate) fn store_error(&self, node: &str, error: StoreError) -> Box<TaskError> {
        self.error(ErrorKind::Store, node, error.into())
    }

    #[cold]
    pub(crate) fn error(&self, kind: ErrorKind, node: &str, source: BoxError) -> Box<TaskError> {
        Box::new(TaskError {
            kind,
            node: node.to_owned(),
            topic: Arc::clone(&self.topic),
            partition: self.partition,
            offset: self.offset,
            timestamp_ms: self.timestamp_ms,
            source,
        })
    }
}
