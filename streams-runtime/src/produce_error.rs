//! Results that cannot be written, and what becomes of them.

use std::fmt;
use std::sync::Arc;

use crate::error::{BoxError, ErrorKind, OnError, TaskError};
use crate::headers::Headers;

/// Why a result cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProduceErrorKind {
    /// The codec of the sink has no bytes for its key or its value.
    Encode,
    /// It is larger than the client (`message.max.bytes`) or its topic (`max.message.bytes`) takes.
    TooLarge,
    /// Its topic does not exist, or no topic can have that name.
    Topic,
    /// The application is not allowed to write to its topic.
    Unauthorized,
    /// Its topic does not have the partition that `partitioned_by` chose.
    Partition,
    /// Its time is before 1970, or not one that its topic takes.
    Timestamp,
    /// The broker refuses it for another reason: a null key in a compacted topic, a policy.
    Refused,
}

impl ProduceErrorKind {
    /// In a few words: what dead letters have in `__streams.errors.exception`.
    pub fn name(self) -> &'static str {
        match self {
            ProduceErrorKind::Encode => "a result cannot be encoded",
            ProduceErrorKind::TooLarge => "a result is too large",
            ProduceErrorKind::Topic => "the topic of a result does not exist",
            ProduceErrorKind::Unauthorized => "a result may not be written to its topic",
            ProduceErrorKind::Partition => "the partition of a result does not exist",
            ProduceErrorKind::Timestamp => "the time of a result is refused",
            ProduceErrorKind::Refused => "a result is refused",
        }
    }
}

impl fmt::Display for ProduceErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A record of a source, as its topic has it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CausingRecord<'a> {
    /// Its topic: of the user, or an internal one.
    pub topic: &'a str,
    /// Its partition.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
    /// Its time in its topic, in milliseconds since the Unix epoch; -1 if its bytes are not known
    /// any more.
    pub timestamp_ms: i64,
    /// The bytes of its key. `None`: null, or not known any more, as of a change that has waited in
    /// a buffer through a restart.
    pub key: Option<&'a [u8]>,
    /// The bytes of its value; `None` as for the key.
    pub value: Option<&'a [u8]>,
    /// Its headers.
    pub headers: &'a Headers,
}

/// A result that cannot be written, the record that it comes from, and the reason.
#[derive(Debug)]
#[non_exhaustive]
pub struct ProduceError<'a> {
    /// What kind of reason.
    pub kind: ProduceErrorKind,
    /// The sink, in the words of the topology.
    pub node: &'a str,
    /// The topic that the result is for.
    pub topic: &'a str,
    /// The partition that it is for, where that is known.
    pub partition: Option<i32>,
    /// The bytes of its key. `None`: null, or it could not be encoded.
    pub key: Option<&'a [u8]>,
    /// The bytes of its value. `None`: null, or it could not be encoded.
    pub value: Option<&'a [u8]>,
    /// Its headers.
    pub headers: &'a Headers,
    /// Its time, in milliseconds since the Unix epoch.
    pub timestamp_ms: i64,
    /// The record that it comes from. `None`: there is no single one, as in a schedule.
    pub cause: Option<CausingRecord<'a>>,
    /// The reason, in words.
    pub source: &'a (dyn std::error::Error + Send + Sync + 'static),
}

impl fmt::Display for ProduceError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, for topic {}", self.kind, self.topic)?;
        if let Some(partition) = self.partition {
            write!(f, "-{partition}")?;
        }
        match &self.cause {
            Some(cause) => write!(f, ", of the record at {}-{} offset {}", cause.topic, cause.partition, cause.offset)?,
            None => f.write_str(", of no single record")?,
        }
        write!(f, " (node `{}`, timestamp {}): {}", self.node, self.timestamp_ms, self.source)
    }
}

/// What to do with a result that cannot be written, be it for what it is: too large, not encodable,
/// refused by the broker. It is asked for the results of `to`, not for changelogs and repartition
/// topics: without one of their records state would be wrong, so they always stop the application.
/// So does a broker that cannot be reached; it is waited for as long as the delivery timeout says.
///
/// What a broker refuses is known only when it answers, some time after the record was processed.
/// No offset is committed before that.
///
/// Kafka Streams: `ProductionExceptionHandler`.
#[derive(Clone, Default)]
pub enum OnProduceError {
    /// Stop the application with the error; nothing is lost, the record comes again after a
    /// restart.
    #[default]
    Fail,
    /// Log it, count it, go on without the result.
    Continue,
    /// Write the record that the result comes from, as it was read, to this topic, with headers
    /// that tell what was wrong and where; and go on.
    DeadLetter(String),
    /// Ask a function each time.
    Custom(Arc<dyn Fn(&ProduceError<'_>) -> OnProduceError + Send + Sync>),
}

impl OnProduceError {
    /// What to do about this error: never `Custom` (a function that answers with another function
    /// means `Fail`).
    pub(crate) fn decide(&self, error: &ProduceError<'_>) -> OnProduceError {
        match self {
            OnProduceError::Custom(ask) => match ask(error) {
                OnProduceError::Custom(_) => OnProduceError::Fail,
                decided => decided,
            },
            decided => decided.clone(),
        }
    }

    pub(crate) fn is_fail(&self) -> bool {
        matches!(self, OnProduceError::Fail)
    }
}

/// The other handlers' answers mean the same here. A function gets the error in the words of a
/// [`TaskError`], which has no result.
impl From<OnError> for OnProduceError {
    fn from(handler: OnError) -> Self {
        match handler {
            OnError::Fail => OnProduceError::Fail,
            OnError::Continue => OnProduceError::Continue,
            OnError::DeadLetter(topic) => OnProduceError::DeadLetter(topic),
            OnError::Custom(ask) => OnProduceError::Custom(Arc::new(move |error| match ask(&task_error(error)) {
                OnError::Custom(_) => OnProduceError::Fail,
                decided => decided.into(),
            })),
        }
    }
}

fn task_error(error: &ProduceError<'_>) -> TaskError {
    TaskError {
        kind: ErrorKind::Produce,
        node: error.node.to_owned(),
        topic: error.cause.map_or("", |cause| cause.topic).into(),
        partition: error.cause.map_or(-1, |cause| cause.partition),
        offset: error.cause.map_or(-1, |cause| cause.offset),
        timestamp_ms: error.timestamp_ms,
        source: BoxError::from(format!("{}, for topic {}: {}", error.kind, error.topic, error.source)),
    }
}

impl fmt::Debug for OnProduceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OnProduceError::Fail => f.write_str("Fail"),
            OnProduceError::Continue => f.write_str("Continue"),
            OnProduceError::DeadLetter(topic) => write!(f, "DeadLetter({topic:?})"),
            OnProduceError::Custom(_) => f.write_str("Custom(…)"),
        }
    }
}
