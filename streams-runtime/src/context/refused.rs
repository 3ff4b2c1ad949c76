//! Results that cannot be written: what the handler is asked, and what follows.

use super::{Cause, Context, DeadLetter, Handlers, Target, TaskMetrics};
use crate::broker::{ProduceBatch, Producer, RefusedRecord};
use crate::error::{BoxError, ErrorKind, Flow, TaskError};
use crate::headers::Headers;
use crate::produce_error::{CausingRecord, OnProduceError, ProduceError, ProduceErrorKind};

/// A result at hand that cannot be written.
pub(crate) struct Unwritten<'a> {
    pub(crate) kind: ProduceErrorKind,
    pub(crate) node: &'a str,
    pub(crate) topic: &'a str,
    pub(crate) partition: Option<i32>,
    pub(crate) key: Option<&'a [u8]>,
    pub(crate) value: Option<&'a [u8]>,
    pub(crate) source: BoxError,
}

impl Cause {
    /// The record as a handler sees it.
    fn shown<'a>(&'a self, no_headers: &'a Headers) -> Option<CausingRecord<'a>> {
        let raw = self.raw.as_deref();
        self.topic.as_deref().map(|topic| CausingRecord {
            topic,
            partition: self.partition,
            offset: self.offset,
            timestamp_ms: raw.map_or(-1, |raw| raw.timestamp_ms),
            key: raw.and_then(|raw| raw.key.as_deref()),
            value: raw.and_then(|raw| raw.value.as_deref()),
            headers: raw.map_or(no_headers, |raw| &raw.headers),
        })
    }
}

impl Handlers {
    /// What becomes of a result; says so where it is left out.
    fn judge(&self, error: &ProduceError<'_>, now_ms: i64) -> OnProduceError {
        let decided = self.produce.decide(error);
        match &decided {
            OnProduceError::Fail | OnProduceError::Custom(_) => {}
            OnProduceError::Continue => {
                if self.log_limit.admits("result left out", error.node, now_ms) {
                    tracing::warn!(%error, "result left out");
                }
            }
            OnProduceError::DeadLetter(topic) => {
                if self.log_limit.admits("result left out, and its record sent to the dead-letter topic", error.node, now_ms) {
                    tracing::warn!(%error, dead_letter_topic = topic, "result left out, and its record sent to the dead-letter topic");
                }
            }
        }
        decided
    }
}

impl Context {
    /// What becomes of a result at hand that cannot be written: `Ok` means go on without it.
    #[cold]
    pub(crate) fn fail_result(&mut self, result: Unwritten<'_>) -> Flow {
        let Unwritten { kind, node, topic, partition, key, value, source } = result;
        let decided = {
            let cause = self.cause.shown(&self.no_headers);
            let (headers, timestamp_ms) = (&self.headers, self.timestamp_ms);
            let error = ProduceError { kind, node, topic, partition, key, value, headers, timestamp_ms, cause, source: &*source };
            self.handlers.judge(&error, self.wall_clock_ms)
        };
        match decided {
            OnProduceError::Fail | OnProduceError::Custom(_) => return Err(self.error(ErrorKind::Produce, node, source)),
            OnProduceError::Continue => {}
            OnProduceError::DeadLetter(letters) => {
                self.send_dead_letter(&letters, node, kind.name(), &format!("{source} (result for topic {topic})"))?;
            }
        }
        self.metrics.unwritten_results += 1;
        Ok(())
    }
}

/// Asks the handler about all results that the broker has refused so far; whether dead letters were
/// sent, which have to be acknowledged as well.
///
/// # Errors
/// When the handler says to fail, or a dead letter cannot be sent.
pub(crate) fn settle_refused(
    producer: &mut dyn Producer,
    handlers: &Handlers,
    metrics: &mut TaskMetrics,
    now_ms: i64,
) -> Result<bool, Box<TaskError>> {
    let mut letters = false;
    while let Some(refused) = producer.take_refused() {
        letters |= settle(refused, producer, handlers, metrics, now_ms)?;
    }
    Ok(letters)
}

#[cold]
fn settle(
    refused: RefusedRecord,
    producer: &mut dyn Producer,
    handlers: &Handlers,
    metrics: &mut TaskMetrics,
    now_ms: i64,
) -> Result<bool, Box<TaskError>> {
    let RefusedRecord { origin, topic, partition, key, value, headers, timestamp_ms, kind, error } = refused;
    let (node, cause) = (origin.node, &origin.cause);
    let no_headers = Headers::default();
    let decided = handlers.judge(
        &ProduceError {
            kind,
            node,
            topic: &topic,
            partition,
            key: key.as_deref(),
            value: value.as_deref(),
            headers: &headers,
            timestamp_ms,
            cause: cause.shown(&no_headers),
            source: &error,
        },
        now_ms,
    );
    let failed = |node: &str, source: BoxError| {
        let (topic, partition, offset) = (cause.shared_topic(), cause.partition, cause.offset);
        Box::new(TaskError { kind: ErrorKind::Produce, node: node.to_owned(), topic, partition, offset, timestamp_ms, source })
    };
    metrics.records_out = metrics.records_out.saturating_sub(1);
    let sends_letter = match decided {
        OnProduceError::Fail | OnProduceError::Custom(_) => return Err(failed(node, error.into())),
        OnProduceError::Continue => false,
        OnProduceError::DeadLetter(letters) => {
            let message = format!("{error} (result for topic {topic})");
            let letter = DeadLetter { cause, timestamp_ms, node, exception: kind.name(), message: &message };
            let mut out = ProduceBatch::default();
            let sent = producer.topic(&letters).and_then(|topic| {
                letter.push(Target { topic, partitions: producer.partitions(topic) }, &mut out);
                producer.send(&out)
            });
            sent.map_err(|e| failed(&letters, e.into()))?;
            metrics.records_out += 1;
            metrics.dead_letters += 1;
            true
        }
    };
    metrics.unwritten_results += 1;
    Ok(sends_letter)
}
