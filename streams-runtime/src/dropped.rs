//! Records that the semantics of an operator leave out, and what becomes of them.

use std::fmt;
use std::sync::Arc;

use crate::headers::Headers;
use crate::windows::Window;

/// Why an operator left a record out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DropReason {
    /// Its key is null, and the operator goes by the key.
    NullKey,
    /// Its value is null, and the operator has no use for that.
    NullValue,
    /// The key that it is to be joined by, which was made of it, is null.
    NullForeignKey,
    /// Its time is before 1970.
    NegativeTimestamp {
        /// The time, in milliseconds since the Unix epoch.
        timestamp_ms: i64,
    },
    /// Its time is further ahead of the wall clock than the source allows with `.max_ahead(…)`.
    TooFarAhead {
        /// The time, in milliseconds since the Unix epoch.
        timestamp_ms: i64,
        /// What the wall clock said, in milliseconds since the Unix epoch.
        wall_clock_ms: i64,
        /// How far ahead a time may be, in milliseconds.
        max_ahead_ms: i64,
    },
    /// It came too late for a window, or its session was closed.
    Late {
        /// The window; of a session, from its first record to its last.
        window: Window,
        /// The stream time of the operator.
        stream_time_ms: i64,
    },
    /// A table has a newer row of its key, and the operator looks at the latest only.
    Outdated,
    /// It is older than the history that a table keeps.
    OutOfHistory,
}

impl DropReason {
    /// In a word or two: what dead letters have in `__streams.errors.exception`.
    pub fn name(self) -> &'static str {
        match self {
            DropReason::NullKey => "null key",
            DropReason::NullValue => "null value",
            DropReason::NullForeignKey => "null foreign key",
            DropReason::NegativeTimestamp { .. } => "negative timestamp",
            DropReason::TooFarAhead { .. } => "too far ahead",
            DropReason::Late { .. } => "late",
            DropReason::Outdated => "outdated",
            DropReason::OutOfHistory => "out of history",
        }
    }
}

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DropReason::NullKey => f.write_str("the key is null"),
            DropReason::NullValue => f.write_str("the value is null"),
            DropReason::NullForeignKey => f.write_str("the key to be joined by is null"),
            DropReason::NegativeTimestamp { timestamp_ms } => write!(f, "the timestamp {timestamp_ms} is negative"),
            DropReason::TooFarAhead { timestamp_ms, wall_clock_ms, max_ahead_ms } => {
                let ahead_ms = timestamp_ms.saturating_sub(*wall_clock_ms);
                write!(f, "the timestamp {timestamp_ms} is {ahead_ms} ms ahead of the wall clock, and {max_ahead_ms} ms are allowed")
            }
            DropReason::Late { window, stream_time_ms } => {
                write!(f, "the window {}/{} was closed at stream time {stream_time_ms}", window.start_ms, window.end_ms)
            }
            DropReason::Outdated => f.write_str("there is a newer row of its key"),
            DropReason::OutOfHistory => f.write_str("it is older than the history of the table"),
        }
    }
}

/// A record that an operator leaves out, as its source read it; behind a cache or a buffer the record
/// that made the last update of the row. Where there is no single record, as in a schedule, the topic
/// is empty, partition and offset are -1 and key and value are `None`.
#[derive(Debug)]
#[non_exhaustive]
pub struct DroppedRecord<'a> {
    /// Why.
    pub reason: DropReason,
    /// The operator or its state, in the words of the topology.
    pub node: &'a str,
    /// The topic that it came from: of the user, or an internal one.
    pub topic: &'a str,
    /// Its partition.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
    /// The time that it has in the topology, in milliseconds since the Unix epoch.
    pub timestamp_ms: i64,
    /// The stream time of the task; [`DropReason::Late`] has that of the operator.
    pub stream_time_ms: i64,
    /// The bytes of its key; `None`: null.
    pub key: Option<&'a [u8]>,
    /// The bytes of its value; `None`: null.
    pub value: Option<&'a [u8]>,
    /// Its headers.
    pub headers: &'a Headers,
}

/// What to do with a record that the semantics of an operator leave out: with a null key in front of an aggregation, too late for a window, …
/// It is counted in any case; a record that is too late for several windows is counted, and offered, once for each.
#[derive(Clone, Default)]
pub enum OnDropped {
    /// Only count it.
    #[default]
    Continue,
    /// Write the record as it came, with headers that tell why and where it was left out, to this topic.
    DeadLetter(String),
    /// Ask a function each time.
    Custom(Arc<dyn Fn(&DroppedRecord<'_>) -> OnDropped + Send + Sync>),
}

impl OnDropped {
    /// Where to write this record: `None` for nowhere, and for a function that answers with another function.
    pub(crate) fn dead_letter_topic(&self, record: &DroppedRecord<'_>) -> Option<String> {
        match self {
            OnDropped::Continue => None,
            OnDropped::DeadLetter(topic) => Some(topic.clone()),
            OnDropped::Custom(ask) => match ask(record) {
                OnDropped::DeadLetter(topic) => Some(topic),
                OnDropped::Continue | OnDropped::Custom(_) => None,
            },
        }
    }

    pub(crate) fn is_continue(&self) -> bool {
        matches!(self, OnDropped::Continue)
    }
}

impl fmt::Debug for OnDropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OnDropped::Continue => f.write_str("Continue"),
            OnDropped::DeadLetter(topic) => write!(f, "DeadLetter({topic:?})"),
            OnDropped::Custom(_) => f.write_str("Custom(…)"),
        }
    }
}
