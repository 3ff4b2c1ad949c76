//! The topics of the log: found, counted, made, grown and deleted.
//!
//! A [`Topic`] never changes. One that grows is replaced by another with the same partitions and
//! more, so whoever looks it up by its name again sees the growth, and whoever does not goes on
//! with the partitions it knows.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use super::EmbeddedLog;
use super::bounds;
use super::group::Group;
use super::home::TopicFile;
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
        self.forget_offsets(name)?;
        if let Some(home) = &self.shared.home {
            home.create_topic(name, partitions, config)?;
        }
        let logs = (0..partitions).map(|p| self.new_partition(TopicPartition::new(name, p)));
        let topic = Topic::new(name, config.clone(), logs.map(Arc::new).collect());
        self.put_topic(topic);
        drop(creating);
        self.tell_groups();
        Ok(())
    }

    fn put_topic(&self, topic: Topic) {
        let mut topics = self.shared.topics.write().unwrap_or_else(PoisonError::into_inner);
        topics.insert(topic.name.to_string(), Arc::new(topic));
    }

    /// Has all groups look at the topics again.
    fn tell_groups(&self) {
        for group in self.all_groups() {
            group.topics_changed(&|t| self.partition_count(t));
        }
    }

    fn all_groups(&self) -> Vec<Arc<Group>> {
        lock(&self.shared.groups).values().cloned().collect()
    }

    /// Lets a topic grow to `count` partitions, as Kafka's `CreatePartitions` does: records stay
    /// where they are, so those of a key may be in two partitions from then on.
    ///
    /// The change is durable on return. Members of groups that subscribe to the topic are assigned
    /// the new partitions. A producer goes on with the number it knows until it is told, and a
    /// reader reads what it was given.
    ///
    /// ```
    /// use streams_runtime::broker::embedded::EmbeddedLog;
    ///
    /// let log = EmbeddedLog::in_memory();
    /// log.create_topic("views", 2)?;
    /// log.add_partitions("views", 6)?;
    /// assert_eq!(log.partitions("views")?, 6);
    /// # Ok::<(), streams_runtime::broker::BrokerError>(())
    /// ```
    ///
    /// # Errors
    /// [`BrokerError::UnknownTopic`]; [`BrokerError::Config`] if it has so many partitions already;
    /// [`BrokerError::Storage`].
    pub fn add_partitions(&self, topic: &str, count: i32) -> Result<(), BrokerError> {
        let creating = lock(&self.shared.creating);
        let known = self.topic(topic)?;
        let from = known.partitions.len() as i32;
        if count <= from {
            return Err(BrokerError::Config {
                name: "partitions".to_owned(),
                value: count.to_string(),
                reason: format!("topic `{topic}` has {from} already, and can only grow"),
            });
        }
        if let Some(home) = &self.shared.home {
            let file = TopicFile { name: topic.to_owned(), partitions: count, config: known.config().clone() };
            home.add_partitions(from, file)?;
        }
        let more = (from..count).map(|p| Arc::new(self.new_partition(TopicPartition::new(known.name.clone(), p))));
        self.put_topic(known.grown(more));
        drop(creating);
        self.tell_groups();
        Ok(())
    }

    /// Deletes a topic with its records and what groups have committed of it.
    ///
    /// The change is durable on return. Readers and producers of the topic get
    /// [`BrokerError::UnknownTopic`] from then on, also when a topic of this name is made again;
    /// those who look it up again have the new one.
    ///
    /// ```
    /// use streams_runtime::broker::BrokerError;
    /// use streams_runtime::broker::embedded::EmbeddedLog;
    ///
    /// let log = EmbeddedLog::in_memory();
    /// log.create_topic("views", 2)?;
    /// log.delete_topic("views")?;
    /// assert!(matches!(log.read("views", 0, 0, 1), Err(BrokerError::UnknownTopic { .. })));
    /// # Ok::<(), streams_runtime::broker::BrokerError>(())
    /// ```
    ///
    /// # Errors
    /// [`BrokerError::UnknownTopic`], [`BrokerError::Storage`].
    pub fn delete_topic(&self, name: &str) -> Result<(), BrokerError> {
        let creating = lock(&self.shared.creating);
        let topic = self.topic(name)?;
        if let Some(home) = &self.shared.home {
            home.delete_topic(name)?;
        }
        self.shared.topics.write().unwrap_or_else(PoisonError::into_inner).remove(name);
        for partition in &topic.partitions {
            partition.delete();
        }
        let forgotten = self.forget_offsets(name);
        if let Some(home) = &self.shared.home {
            home.remove_deleted(name);
        }
        drop(creating);
        self.tell_groups();
        forgotten
    }

    /// Forgets what groups have committed of a topic that is gone: one that is made with its name
    /// is another topic. Opening a log does the same.
    fn forget_offsets(&self, topic: &str) -> Result<(), BrokerError> {
        for group in self.all_groups() {
            let mut state = group.lock();
            let mut left = state.offsets.clone();
            left.retain(|id, _| &*id.topic != topic);
            if left.len() == state.offsets.len() {
                continue;
            }
            if let Some(home) = &self.shared.home {
                home.write_group(&group.name, &left)?;
            }
            state.offsets = left;
        }
        Ok(())
    }

    pub(super) fn new_partition(&self, id: TopicPartition) -> PartitionLog {
        let options = &self.shared.options;
        match &self.shared.home {
            None => PartitionLog::in_memory(id, options),
            Some(home) => {
                let dir = home.partition_dir(&id);
                let empty = recovery::Recovered { bounds_bytes: bounds::ENTRY_BYTES, ..recovery::Recovered::default() };
                PartitionLog::durable(id, options, home.storage.clone(), dir, empty)
            }
        }
    }
}
