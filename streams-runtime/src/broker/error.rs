//! Why a broker did not do what it was asked to.

use super::TopicPartition;
use crate::produce_error::ProduceErrorKind;

/// What went wrong at a broker.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum BrokerError {
    /// The topic does not exist.
    #[error("topic `{topic}` does not exist; create it, or correct the name")]
    UnknownTopic {
        /// Its name.
        topic: String,
    },
    /// The topic exists already.
    #[error("topic `{topic}` exists already")]
    TopicExists {
        /// Its name.
        topic: String,
    },
    /// The application may not use the topic.
    #[error("topic `{topic}`: {reason}; give the application's user the right to it")]
    Unauthorized {
        /// Its name.
        topic: String,
        /// What the broker says.
        reason: String,
    },
    /// The partition does not exist.
    #[error("partition {partition} does not exist")]
    UnknownPartition {
        /// Which one.
        partition: TopicPartition,
    },
    /// The offset lies outside of what the partition holds.
    #[error("offset {offset} of {partition} is not there any more (earliest is {earliest})")]
    OffsetOutOfRange {
        /// Which partition.
        partition: TopicPartition,
        /// The offset asked for.
        offset: i64,
        /// The first that is there; -1 if that is not known.
        earliest: i64,
    },
    /// The member is not in the group any more, or its generation is over: what it owned belongs to others.
    #[error("this process is no longer a member of group `{group}` in its old generation: {reason}")]
    Fenced {
        /// The group.
        group: String,
        /// Why.
        reason: String,
    },
    /// The group is about to share its partitions out anew. What the member owns stays its own
    /// until it gives it back, and the same call will do a little later.
    #[error("group `{group}` is rebalancing; trying again in a moment")]
    Rebalancing {
        /// The group.
        group: String,
    },
    /// A record could not be written.
    #[error("could not write to {topic}{}: {reason}", partition.map(|p| format!("-{p}")).unwrap_or_default())]
    Produce {
        /// The topic.
        topic: String,
        /// The partition, if it was chosen yet.
        partition: Option<i32>,
        /// Why.
        reason: String,
        /// Whether the record itself is the reason (too large, say), so that trying again would not help.
        permanent: bool,
    },
    /// A record was not acknowledged in time. It may have been written all the same.
    #[error("could not write to {topic}{}: {reason}", partition.map(|p| format!("-{p}")).unwrap_or_default())]
    Undelivered {
        /// The topic.
        topic: String,
        /// The partition, if it was chosen yet.
        partition: Option<i32>,
        /// How long it was tried, and what the client says.
        reason: String,
    },
    /// The time was up.
    #[error("{what} took longer than {after_ms} ms; is the broker at {address} up?")]
    TimedOut {
        /// What was waited for.
        what: String,
        /// The limit.
        after_ms: u64,
        /// The broker's address, or the directory of an embedded log.
        address: String,
    },
    /// The broker cannot be reached; the client keeps trying.
    #[error("no connection to the broker at {address}: {reason}")]
    Unavailable {
        /// The broker's address.
        address: String,
        /// What the client says.
        reason: String,
    },
    /// A setting the client does not take.
    #[error("setting `{name}` = `{value}`: {reason}")]
    Config {
        /// The setting.
        name: String,
        /// Its value.
        value: String,
        /// Why not.
        reason: String,
    },
    /// The medium of an embedded log failed.
    #[error("log file {path}: {reason}")]
    Storage {
        /// File or directory.
        path: String,
        /// What the operating system says.
        reason: String,
    },
    /// Another process has this directory open.
    #[error("directory {path} is in use by another process")]
    DirectoryInUse {
        /// The directory.
        path: String,
    },
    /// Anything else; `fatal` means the client is of no use any more.
    #[error("{what}: {reason}")]
    Other {
        /// What was tried.
        what: String,
        /// What the client says.
        reason: String,
        /// Whether the client is of no use any more.
        fatal: bool,
    },
}

crate::error::debug_is_display!(BrokerError);

impl BrokerError {
    /// Why no record can be written to a topic that was looked up; `None`: it may be well, but could not be looked up.
    pub(crate) fn refusal(&self) -> Option<ProduceErrorKind> {
        match self {
            BrokerError::UnknownTopic { .. } => Some(ProduceErrorKind::Topic),
            BrokerError::Config { name, .. } if name == "topic" => Some(ProduceErrorKind::Topic),
            BrokerError::Unauthorized { .. } => Some(ProduceErrorKind::Unauthorized),
            _ => None,
        }
    }

    /// Whether a topic or partition is not there. A broker that has just come back may say so for a
    /// moment.
    pub(crate) fn is_about_what_is_missing(&self) -> bool {
        matches!(self, BrokerError::UnknownTopic { .. } | BrokerError::UnknownPartition { .. })
    }

    /// Whether the same call may succeed a little later.
    pub fn is_retriable(&self) -> bool {
        matches!(self, BrokerError::TimedOut { .. } | BrokerError::Unavailable { .. } | BrokerError::Rebalancing { .. })
    }
}
