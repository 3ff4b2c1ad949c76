//! What a test driver can complain about.

use streams_runtime::TaskError;
use streams_runtime::stores::StoreError;
use streams_runtime::task::BuildError;

/// Why the driver could not do what it was asked.
///
/// Its `Debug` is its `Display`: that is what people see when `main` or a test returns it.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum DriverError {
    /// The application cannot start with these partitions, for the reasons that it would give on a
    /// broker.
    #[error(transparent)]
    Start(#[from] streams_runtime::Error),
    /// The topology could not be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A processor, a `try_` operator or a store failed, or a record could not be decoded, and the handler said to stop.
    #[error(transparent)]
    Task(#[from] Box<TaskError>),
    /// A store could not be restored.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The topology does not read this topic.
    #[error("the topology does not read topic `{topic}`; it reads {}", list(known))]
    UnknownTopic {
        /// The name asked for.
        topic: String,
        /// Topics, and patterns of topics, that it reads.
        known: Vec<String>,
    },
    /// The topology has no store of this name.
    #[error("the topology has no store `{store}`; it has {}", list(known))]
    UnknownStore {
        /// The name asked for.
        store: String,
        /// The stores it has.
        known: Vec<String>,
    },
    /// There is a store of this name, but its key or value is of another type.
    #[error(
        "store `{store}` does not hold values of type `{value}` by keys of type `{key}`; use the constant that `topology!` made for it"
    )]
    StoreType {
        /// The store.
        store: String,
        /// The key type asked for.
        key: &'static str,
        /// The value type asked for.
        value: &'static str,
    },
    /// A record was to go into a partition that the topic does not have.
    #[error(
        "topic `{topic}` has no partition {partition}: it has {partitions}, from 0 on; `.partitions(n)` of the driver's builder gives more"
    )]
    NoPartition {
        /// The topic.
        topic: String,
        /// The partition asked for.
        partition: i32,
        /// How many it has.
        partitions: i32,
    },
    /// The wall clock was to be moved back.
    #[error("the wall clock only goes forward, and {by_ms} ms is a step back")]
    ClockBackwards {
        /// The step, in milliseconds.
        by_ms: i64,
    },
    /// A key or value has no bytes in its format.
    #[error("{part} for topic `{topic}` cannot be encoded: {reason}")]
    Encode {
        /// `key` or `value`.
        part: &'static str,
        /// The topic.
        topic: String,
        /// What the format says.
        reason: String,
    },
    /// The pattern of a source is not a regular expression.
    #[error("the pattern `{pattern}` of a source is not a regular expression: {reason}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An earlier call failed, and an application stops then.
    #[error("the topology stopped at an earlier error; make a new driver to go on")]
    Stopped,
}

impl std::fmt::Debug for DriverError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

fn list(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}
