//! The topics of the log: found, counted, made.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use super::EmbeddedLog;
use super::log::PartitionLog;
use super::recovery;
use super::signal::lock;
use super::topic::{self, Topic};
use crate::broker::{BrokerError, TopicPartition, check_topic_name};

impl EmbeddedLog {
    pub(super) fn find(&self, name: &str) -> Option<Arc<Topic>> {
        let topics = self.shared.topics.read();
        topics.unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// All topics by name.
    pub(super) fn snapshot(&self) -> Vec<Arc<Topic>> {
        let topics = self.shared.topics.read();
        topics.unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub(super) fn topic(&self, name: &str) -> Result<Arc<Topic>, BrokerError> {
        self.find(name).ok_or_else(|| BrokerError::UnknownTopic { topic: name.to_owned() })
    }

    pub(super) fn partition_count(&self, topic: &str) -> Option<i32> {
        self.find(topic).map(|t| t.partitions.len() as i32)
    }

    pub(super) fn partition_log(&self, id: &TopicPartition) -> Result<Arc<PartitionLog>, BrokerError> {
        Ok(self.topic(&id.topic)?.partition(id.partition)?.clone())
    }

    pub(super) fn topic_or_create(&self, name: &str) -> Result<Arc<Topic>, BrokerError> {
        self.create_missing(std::iter::once(name))?;
        self.topic(name)
    }

    /// Makes those topics that do not exist, if the settings say so.
    pub(super) fn create_missing<'a>(&self, names: impl Iterator<Item = &'a str>) -> Result<(), BrokerError> {
        let Some(partitions) = self.shared.options.auto_create_partitions else {
            return Ok(());
        };
        for name in names {
            if self.find(name).is_some() || topic::is_internal(name) {
                continue;
            }
            match self.create_topic(name, partitions) {
                // Another thread was faster.
                Err(BrokerError::TopicExists { .. }) => {}
                result => result?,
            }
        }
        Ok(())
    }

    pub(super) fn make_topic(&self, name: &str, partitions: i32, config: &BTreeMap<String, String>) -> Result<(), BrokerError> {
        check_topic_name(name)?;
        topic::check_config(config)?;
        if partitions < 1 {
            return Err(BrokerError::Config {
                name: "partitions".to_owned(),
                value: partitions.to_string(),
                reason: format!("topic `{name}` needs at least one partition"),
            });
        }
        let creating = lock(&self.shared.creating);
        if self.find(name).is_some() {
            return Err(BrokerError::TopicExists { topic: name.to_owned() });
        }
        if let Some(home) = &self.shared.home {
            home.create_topic(name, partitions, config)?;
        }
        let logs = (0..partitions).map(|p| self.new_partition(TopicPartition::new(name, p)));
        let logs = logs.map(Arc::new).collect();
        let topic = Arc::new(Topic::new(name, config.clone(), logs));
        self.shared.topics.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), topic);
        drop(creating);
        let groups: Vec<_> = lock(&self.shared.groups).values().cloned().collect();
        for group in groups {
            group.topics_changed(&|t| self.partition_count(t));
        }
        Ok(())
    }

    pub(super) fn new_partition(&self, id: TopicPartition) -> PartitionLog {
        let options = &self.shared.options;
        match &self.shared.home {
            None => PartitionLog::in_memory(id, options),
            Some(home) => {
                let dir = home.partition_dir(&id);
                let empty = recovery::Recovered::default();
                PartitionLog::durable(id, options, home.storage.clone(), dir, empty)
            }
        }
    }
}
