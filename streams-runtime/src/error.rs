//! What goes wrong while records are processed, and what becomes of such records.

use std::fmt;
use std::sync::Arc;

use crate::stores::StoreError;

/// The `Debug` of an error is its `Display`: that is what people see when `main` returns it. The messages hold their causes.
macro_rules! debug_is_display {
    ($($error:ty),*) => {$(
        impl std::fmt::Debug for $error {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }
    )*};
}
pub(crate) use debug_is_display;

debug_is_display!(TaskError);

/// Any error of the user's code.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What the closure of a `try_` operator may fail with: whatever becomes a [`BoxError`] by `?`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error that the process handler could be given",
    label = "the closure fails with `{Self}`",
    note = "the closure of a `try_` operator gives a `Result` whose error implements `std::error::Error` and may go to another thread; text does too: `Err(\"…\")`"
)]
pub trait Failure: Into<BoxError> {}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> Failure for E {}

/// What a node returns for a record.
pub type Flow = Result<(), Box<TaskError>>;

/// Why a task stopped, with the record it was at. Its offset is not committed: the record comes again after a restart.
#[derive(thiserror::Error)]
#[error("{kind} {} (node `{node}`, timestamp {timestamp_ms}): {source}", self.place())]
pub struct TaskError {
    /// What kind of step failed.
    pub kind: ErrorKind,
    /// The node, in the words of the topology.
    pub node: String,
    /// Topic of the record that it comes from; empty if there is no single one: in a schedule, or when
    /// the broker fails what was written before.
    pub topic: Arc<str>,
    /// Its partition; -1 if there was no record.
    pub partition: i32,
    /// Its offset; -1 if there was no record.
    pub offset: i64,
    /// Its timestamp, or that of the schedule or of the cached change, in milliseconds since the Unix epoch.
    pub timestamp_ms: i64,
    /// The cause.
    pub source: BoxError,
}

impl TaskError {
    /// What a store said, if that is why the task stopped; also where the user's code has handed it
    /// on as it is.
    pub fn store_error(&self) -> Option<&StoreError> {
        self.source.downcast_ref()
    }

    /// The name of the store whose [damage](StoreError::is_damage) made the task stop. The task can
    /// be made anew with that store [cleared](crate::task::TaskBuilder::clear_store).
    pub fn damaged_store(&self) -> Option<&str> {
        self.store_error().filter(|error| error.is_damage()).map(StoreError::store)
    }

    fn place(&self) -> String {
        match &*self.topic {
            "" => "outside of a record".to_owned(),
            topic => format!("at {topic}-{} offset {}", self.partition, self.offset),
        }
    }
}

/// The step that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes of a record are not of the type that the topology reads.
    Decode,
    /// The user's code returned an error.
    Process,
    /// A result could not be encoded, or not be written.
    Produce,
    /// A state store failed.
    Store,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ErrorKind::Decode => "a record cannot be decoded",
            ErrorKind::Process => "processing failed",
            ErrorKind::Produce => "a result cannot be written",
            ErrorKind::Store => "a state store failed",
        })
    }
}

/// What to do with a record that cannot be decoded, or whose processing failed.
#[derive(Clone, Default)]
pub enum OnError {
    /// Stop the application with the error; nothing is lost, the record comes again after a restart.
    #[default]
    Fail,
    /// Log it, count it, leave the record out.
    Continue,
    /// Write the record as it came, with headers that tell what was wrong and where, to this topic, and go on. For the topic of a global
    /// table, which every process reads whole at every start, it is [`Continue`](OnError::Continue), as in Kafka Streams.
    DeadLetter(String),
    /// Ask a function each time.
    Custom(Arc<dyn Fn(&TaskError) -> OnError + Send + Sync>),
}

impl OnError {
    /// What to do about this error: never `Custom` (a function that answers with another function means `Fail`).
    pub(crate) fn decide(&self, error: &TaskError) -> OnError {
        match self {
            OnError::Custom(ask) => match ask(error) {
                OnError::Custom(_) => OnError::Fail,
                decided => decided,
            },
            decided => decided.clone(),
        }
    }
}

impl fmt::Debug for OnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OnError::Fail => f.write_str("Fail"),
            OnError::Continue => f.write_str("Continue"),
            OnError::DeadLetter(topic) => write!(f, "DeadLetter({topic:?})"),
            OnError::Custom(_) => f.write_str("Custom(…)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::broker::BrokerError;
    use crate::codec::CodecError;
    use crate::stores::StoreError;
    use crate::task::BuildError;
    use crate::{Error, QueryError, ReadError, SendError};

    /// What a person sees when `main` returns an error is its message, its causes included.
    #[test]
    fn errors_print_themselves_for_people() {
        let unknown = || BrokerError::UnknownTopic { topic: "views".to_owned() };
        let message = "topic `views` does not exist; create it, or correct the name";
        assert_eq!(format!("{:?}", unknown()), message);
        for wrapped in [
            format!("{:?}", Error::from(unknown())),
            format!("{:?}", SendError::from(unknown())),
            format!("{:?}", ReadError::from(unknown())),
            format!("{:?}", BuildError::from(unknown())),
        ] {
            assert_eq!(wrapped, message);
        }
        let null = StoreError::NullKey { store: "counts".to_owned() };
        assert_eq!(format!("{null:?}"), null.to_string());
        assert_eq!(format!("{:?}", QueryError::from(null.clone())), null.to_string());
        assert_eq!(format!("{:?}", CodecError::UnexpectedNull), CodecError::UnexpectedNull.to_string());
    }
}
