//! What becomes of records that fail or are left out, and the errors that say so.

use std::sync::Arc;

use super::{Cause, Context, DeadLetter};
use crate::broker::BrokerError;
use crate::dropped::{DropReason, DroppedRecord, OnDropped};
use crate::error::{BoxError, ErrorKind, Flow, OnError, TaskError};
use crate::log_limit::LogLimit;
use crate::processor::{ProcessorWrapper, WrapProcessors};
use crate::produce_error::OnProduceError;
use crate::stores::StoreError;

/// How records that fail are handled, and what stands around processors.
#[derive(Clone, Debug, Default)]
pub struct Handlers {
    /// Bytes that are not of the type that the topology reads.
    pub decode: OnError,
    /// `Err` of a `try_` operator or of a processor.
    pub process: OnError,
    /// Results that cannot be written.
    pub produce: OnProduceError,
    /// Records that the semantics of an operator leave out.
    pub dropped: OnDropped,
    /// What stands around the code of processors.
    pub wrap_processors: WrapProcessors,
    /// Of the application: which warnings about records are logged.
    pub(crate) log_limit: Arc<LogLimit>,
}

impl Handlers {
    pub(super) fn needs_raw_records(&self) -> bool {
        let quiet = |handler: &OnError| matches!(handler, OnError::Fail | OnError::Continue);
        let produce_is_quiet = matches!(self.produce, OnProduceError::Fail | OnProduceError::Continue);
        !(quiet(&self.decode) && quiet(&self.process) && produce_is_quiet && self.dropped.is_continue())
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
        let raw = self.cause.raw.as_deref();
        let record = DroppedRecord {
            reason,
            node,
            topic: self.cause.topic(),
            partition: self.cause.partition,
            offset: self.cause.offset,
            timestamp_ms: self.timestamp_ms,
            stream_time_ms: self.stream_time_ms,
            key: raw.and_then(|raw| raw.key.as_deref()),
            value: raw.and_then(|raw| raw.value.as_deref()),
            headers: raw.map_or(&self.no_headers, |raw| &raw.headers),
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
            OnError::Continue => {
                if self.may_log("record left out", node) {
                    tracing::warn!(%error, "record left out");
                }
            }
            OnError::DeadLetter(topic) => {
                if self.may_log("record sent to the dead-letter topic", node) {
                    tracing::warn!(%error, dead_letter_topic = topic, "record sent to the dead-letter topic");
                }
                self.send_dead_letter(&topic, &error.node, &error.kind.to_string(), &error.source.to_string())?;
            }
        }
        self.metrics.skipped_errors += 1;
        Ok(())
    }

    /// Whether a warning about a record is to be logged: the first of a kind and node are.
    #[cold]
    pub(crate) fn may_log(&self, what: &'static str, node: &str) -> bool {
        self.handlers.log_limit.admits(what, node, self.wall_clock_ms)
    }

    /// Writes a dead letter about the record at hand.
    pub(super) fn send_dead_letter(&mut self, topic: &str, node: &str, exception: &str, message: &str) -> Flow {
        let target = self.target(topic).map_err(|e| self.produce_error(topic, e))?;
        let Context { record, out, .. } = self;
        let (cause, timestamp_ms) = (&record.cause, record.timestamp_ms);
        DeadLetter { cause, timestamp_ms, node, exception, message }.push(target, out);
        self.results_out += 1;
        self.metrics.dead_letters += 1;
        Ok(())
    }

    /// What was handed over fails: that may be anything that was written before, so that the record at hand is not blamed.
    #[cold]
    pub(crate) fn produce_error(&self, node: &str, error: BrokerError) -> Box<TaskError> {
        let cause = Cause::default();
        Box::new(TaskError {
            kind: ErrorKind::Produce,
            node: node.to_owned(),
            topic: cause.shared_topic(),
            partition: cause.partition,
            offset: cause.offset,
            timestamp_ms: self.timestamp_ms,
            source: error.into(),
        })
    }

    #[cold]
    pub(crate) fn store_error(&self, node: &str, error: StoreError) -> Box<TaskError> {
        self.error(ErrorKind::Store, node, error.into())
    }

    /// A store did not take what it was given. That a key or a value has no bytes is the fault of the record at hand, which the process handler decides
    /// about; all else stops the task.
    #[cold]
    pub(crate) fn store_refused(&mut self, node: &str, error: StoreError) -> Flow {
        if matches!(error, StoreError::Encode { .. }) {
            self.fail(ErrorKind::Process, node, error.into())
        } else {
            Err(self.store_error(node, error))
        }
    }

    /// Whether the task may go on after a record that cannot be processed, so that state has to stay as it was before it.
    #[inline]
    pub(crate) fn may_go_on(&self) -> bool {
        !matches!(self.handlers.process, OnError::Fail)
    }

    #[cold]
    pub(crate) fn error(&self, kind: ErrorKind, node: &str, source: BoxError) -> Box<TaskError> {
        Box::new(TaskError {
            kind,
            node: node.to_owned(),
            topic: self.cause.shared_topic(),
            partition: self.cause.partition,
            offset: self.cause.offset,
            timestamp_ms: self.timestamp_ms,
            source,
        })
    }
}
