//! librdkafka's error codes in the words of [`BrokerError`].

use std::time::Duration;

use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use super::context::Context;
use crate::broker::{BrokerError, TopicPartition};
use crate::produce_error::ProduceErrorKind;

/// The code of an error, also where rdkafka keeps it to itself.
pub(super) fn code_of(error: &KafkaError) -> Code {
    match error {
        KafkaError::AdminOp(code) => *code,
        KafkaError::Transaction(error) => error.code(),
        other => other.rdkafka_error_code().unwrap_or(Code::Unknown),
    }
}

/// Whether the broker is away, or the way to it: the client reconnects by itself.
pub(super) fn is_connection(code: Code) -> bool {
    matches!(
        code,
        Code::BrokerTransportFailure
            | Code::AllBrokersDown
            | Code::Resolve
            | Code::NetworkException
            | Code::BrokerNotAvailable
            | Code::OperationTimedOut
            | Code::TimedOutQueue
            | Code::RequestTimedOut
            | Code::WaitingForCoordinator
            | Code::CoordinatorNotAvailable
            | Code::CoordinatorLoadInProgress
            | Code::NotCoordinator
            | Code::OffsetNotAvailable
            | Code::KafkaStorageError
    ) || is_stale_leader(code)
}

/// Whether the client asked with what it knew of a partition's leader, and the leader has changed or started anew since.
pub(super) fn is_stale_leader(code: Code) -> bool {
    matches!(code, Code::LeaderNotAvailable | Code::NotLeaderForPartition | Code::FencedLeaderEpoch | Code::UnknownLeaderEpoch)
}

/// Whether this is about a record itself, so that sending it again cannot help.
pub(super) fn is_about_the_record(code: Code) -> bool {
    matches!(
        code,
        Code::MessageSizeTooLarge
            | Code::InvalidRecord
            | Code::InvalidDifferentRecord
            | Code::InvalidMessage
            | Code::InvalidMessageSize
            | Code::InvalidTimestamp
            | Code::UnknownPartition
            | Code::UnknownTopic
            | Code::PolicyViolation
            | Code::UnsupportedForMessageFormat
            | Code::InvalidArgument
            | Code::TopicAuthorizationFailed
            | Code::InvalidTopic
    )
}

/// Whether this is about a batch of records: one of them is at fault, or all together are too much.
pub(super) fn is_about_a_batch(code: Code) -> bool {
    is_about_the_record(code)
        && !matches!(code, Code::UnknownPartition | Code::UnknownTopic | Code::TopicAuthorizationFailed | Code::InvalidTopic)
}

/// What kind of reason a code is for a record not to be written.
pub(super) fn produce_kind(code: Code) -> ProduceErrorKind {
    match code {
        Code::MessageSizeTooLarge | Code::InvalidMessageSize => ProduceErrorKind::TooLarge,
        Code::UnknownTopic | Code::InvalidTopic => ProduceErrorKind::Topic,
        Code::UnknownPartition => ProduceErrorKind::Partition,
        Code::TopicAuthorizationFailed => ProduceErrorKind::Unauthorized,
        Code::InvalidTimestamp => ProduceErrorKind::Timestamp,
        _ => ProduceErrorKind::Refused,
    }
}

/// Why a record is not written, with what can be done about it.
pub(super) fn produce_reason(code: Code) -> String {
    match code {
        Code::MessageSizeTooLarge => format!(
            "{code}; the limits are `max.message.bytes` of the topic and `producer.message.max.bytes` of the client (`.setting(…)`, 1,000,000 if not given)"
        ),
        Code::InvalidRecord => format!("{code}; has it a null key, and is the topic compacted?"),
        _ => code.to_string(),
    }
}

/// Makes errors of one client: knows where its broker is and what it complained about.
pub(super) struct Words<'a> {
    pub(super) address: &'a str,
    pub(super) context: &'a Context,
    pub(super) limit: Duration,
}

impl Words<'_> {
    /// A request that failed.
    pub(super) fn request(&self, what: &str, code: Code) -> BrokerError {
        let complaint = self.context.recent_error(self.limit.max(Duration::from_secs(5)));
        match code {
            _ if is_connection(code) => match complaint {
                Some((_, reason)) => BrokerError::Unavailable { address: self.address.to_owned(), reason },
                None if matches!(code, Code::OperationTimedOut | Code::RequestTimedOut) => self.timed_out(what),
                None => BrokerError::Unavailable { address: self.address.to_owned(), reason: format!("{what}: {code}") },
            },
            Code::Authentication | Code::SSL => BrokerError::Unavailable {
                address: self.address.to_owned(),
                reason: complaint.map_or_else(|| code.to_string(), |(_, reason)| reason),
            },
            _ => BrokerError::Other { what: what.to_owned(), reason: code.to_string(), fatal: code == Code::Fatal },
        }
    }

    /// The time was up.
    pub(super) fn timed_out(&self, what: &str) -> BrokerError {
        BrokerError::TimedOut { what: what.to_owned(), after_ms: self.limit.as_millis() as u64, address: self.address.to_owned() }
    }

    /// A request about one topic.
    pub(super) fn topic(&self, what: &str, topic: &str, code: Code) -> BrokerError {
        match code {
            Code::UnknownTopic | Code::UnknownTopicOrPartition | Code::InvalidTopic | Code::NoEnt => {
                BrokerError::UnknownTopic { topic: topic.to_owned() }
            }
            Code::TopicAuthorizationFailed => BrokerError::Unauthorized { topic: topic.to_owned(), reason: code.to_string() },
            Code::TopicAlreadyExists => BrokerError::TopicExists { topic: topic.to_owned() },
            _ => self.request(what, code),
        }
    }

    /// A request about one partition.
    pub(super) fn partition(&self, what: &str, at: &TopicPartition, code: Code) -> BrokerError {
        match code {
            Code::UnknownPartition | Code::UnknownTopicOrPartition => BrokerError::UnknownPartition { partition: at.clone() },
            _ => self.topic(what, &at.topic, code),
        }
    }
}

/// Topic names end at a zero byte in C, so one that holds one cannot be asked for.
pub(super) fn check_name(topic: &str) -> Result<(), BrokerError> {
    if topic.is_empty() || topic.contains('\0') {
        return Err(BrokerError::UnknownTopic { topic: topic.to_owned() });
    }
    Ok(())
}
