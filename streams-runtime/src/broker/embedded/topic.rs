//! A topic: its partitions and its settings.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::log::PartitionLog;
use crate::broker::{BrokerError, TopicInfo, TopicPartition};

/// Kafka 4's settings of a topic and their defaults.
const DEFAULTS: [(&str, &str); 28] = [
    ("cleanup.policy", "delete"),
    ("compression.type", "producer"),
    ("delete.retention.ms", "86400000"),
    ("file.delete.delay.ms", "60000"),
    ("flush.messages", "9223372036854775807"),
    ("flush.ms", "9223372036854775807"),
    ("follower.replication.throttled.replicas", ""),
    ("index.interval.bytes", "4096"),
    ("leader.replication.throttled.replicas", ""),
    ("local.retention.bytes", "-2"),
    ("local.retention.ms", "-2"),
    ("max.compaction.lag.ms", "9223372036854775807"),
    ("max.message.bytes", "1048588"),
    ("message.timestamp.after.max.ms", "3600000"),
    ("message.timestamp.before.max.ms", "9223372036854775807"),
    ("message.timestamp.type", "CreateTime"),
    ("min.cleanable.dirty.ratio", "0.5"),
    ("min.compaction.lag.ms", "0"),
    ("min.insync.replicas", "1"),
    ("preallocate", "false"),
    ("remote.storage.enable", "false"),
    ("retention.bytes", "-1"),
    ("retention.ms", "604800000"),
    ("segment.bytes", "1073741824"),
    ("segment.index.bytes", "10485760"),
    ("segment.jitter.ms", "0"),
    ("segment.ms", "604800000"),
    ("unclean.leader.election.enable", "false"),
];

#[derive(Debug)]
pub(super) struct Topic {
    pub(super) name: Arc<str>,
    /// What was set, without the defaults.
    config: BTreeMap<String, String>,
    pub(super) partitions: Vec<Arc<PartitionLog>>,
    /// `max.message.bytes`.
    pub(super) max_message_bytes: usize,
    /// `cleanup.policy` has `compact`: records need keys.
    pub(super) compacts: bool,
    /// `message.timestamp.type` = `LogAppendTime`.
    pub(super) log_append_time: bool,
}

impl Topic {
    pub(super) fn new(name: &str, config: BTreeMap<String, String>, partitions: Vec<Arc<PartitionLog>>) -> Self {
        let limit = config.get("max.message.bytes").and_then(|v| v.parse::<usize>().ok());
        Topic {
            name: Arc::from(name),
            // The setting is a 32-bit number of Kafka, and so are the lengths in segment files.
            max_message_bytes: limit.unwrap_or(1_048_588).min(i32::MAX as usize),
            compacts: config.get("cleanup.policy").is_some_and(|policy| policy.split(',').any(|p| p.trim() == "compact")),
            log_append_time: config.get("message.timestamp.type").is_some_and(|t| t == "LogAppendTime"),
            config,
            partitions,
        }
    }

    /// The same topic with more partitions. Those it has are shared.
    pub(super) fn grown(&self, more: impl IntoIterator<Item = Arc<PartitionLog>>) -> Self {
        Topic::new(&self.name, self.config.clone(), self.partitions.iter().cloned().chain(more).collect())
    }

    /// Whether it was deleted since it was looked up.
    pub(super) fn is_deleted(&self) -> bool {
        self.partitions.iter().any(|partition| partition.end() < 0)
    }

    /// What was set, without the defaults.
    pub(super) fn config(&self) -> &BTreeMap<String, String> {
        &self.config
    }

    pub(super) fn info(&self) -> TopicInfo {
        TopicInfo { name: self.name.clone(), partitions: self.partitions.len() as i32 }
    }

    pub(super) fn partition(&self, partition: i32) -> Result<&Arc<PartitionLog>, BrokerError> {
        usize::try_from(partition)
            .ok()
            .and_then(|p| self.partitions.get(p))
            .ok_or_else(|| BrokerError::UnknownPartition { partition: TopicPartition::new(self.name.clone(), partition) })
    }

    /// All settings, defaults included.
    pub(super) fn full_config(&self) -> BTreeMap<String, String> {
        let mut all: BTreeMap<String, String> = DEFAULTS.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        all.extend(self.config.clone());
        all
    }
}

fn wrong(name: &str, value: &str, reason: impl Into<String>) -> BrokerError {
    BrokerError::Config { name: name.to_owned(), value: value.to_owned(), reason: reason.into() }
}

/// Settings Kafka knows, with values of the right kind.
pub(super) fn check_config(config: &BTreeMap<String, String>) -> Result<(), BrokerError> {
    for (name, value) in config {
        let Ok(known) = DEFAULTS.binary_search_by_key(&name.as_str(), |(n, _)| n) else {
            return Err(wrong(name, value, "Kafka has no topic setting of this name"));
        };
        let default = DEFAULTS[known].1;
        let valid = match name.as_str() {
            "cleanup.policy" => value.split(',').all(|p| matches!(p.trim(), "delete" | "compact")),
            "message.timestamp.type" => matches!(value.as_str(), "CreateTime" | "LogAppendTime"),
            _ if default.parse::<i64>().is_ok() => value.parse::<i64>().is_ok(),
            _ if default.parse::<bool>().is_ok() => value.parse::<bool>().is_ok(),
            _ => true,
        };
        if !valid {
            return Err(wrong(name, value, format!("not a value for this setting (the default is `{default}`)")));
        }
    }
    Ok(())
}

/// Whether the runtime makes this topic itself, with settings of its own.
pub(super) fn is_internal(name: &str) -> bool {
    name.ends_with("-changelog") || name.ends_with("-repartition")
}
