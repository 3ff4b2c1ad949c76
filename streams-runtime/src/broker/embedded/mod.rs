//! A log inside the process: partitions, consumer groups, in memory or durable in a directory.

mod assignor;
mod chunk;
mod consumer;
mod encoding;
mod group;
mod log;
mod member;
mod options;
mod producer;
mod seam;
mod signal;
#[cfg(test)]
mod tests;
mod topic;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

pub use options::{EmbeddedOptions, FsyncPolicy};

use self::group::Group;
use self::log::{Cursor, PartitionLog};
use self::signal::lock;
use self::topic::Topic;
use super::{BrokerError, CommitOffset, TopicPartition};
use crate::partition::partition_for_key;
use crate::record::{RecordBatch, RecordRef};

/// A log inside the process. A clone is another handle on the same log.
///
/// ```
/// use streams_runtime::broker::embedded::EmbeddedLog;
/// use streams_runtime::record::{NewRecord, RecordBatch};
///
/// let log = EmbeddedLog::in_memory();
/// log.create_topic("views", 2)?;
/// let mut batch = RecordBatch::default();
/// batch.push(NewRecord { key: Some(b"alice"), value: Some(b"/home"), timestamp_ms: 7, offset: 0 });
/// let partition = log.append("views", None, batch.get(0).unwrap())?.0;
/// let records = log.read("views", partition, 0, 100)?;
/// assert_eq!(records.get(0).unwrap().value, Some(&b"/home"[..]));
/// # Ok::<(), streams_runtime::broker::BrokerError>(())
/// ```
#[derive(Clone, Debug)]
pub struct EmbeddedLog {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    options: EmbeddedOptions,
    topics: RwLock<BTreeMap<String, Arc<Topic>>>,
    /// Held while a topic is being made.
    creating: Mutex<()>,
    groups: Mutex<BTreeMap<String, Arc<Group>>>,
}

impl EmbeddedLog {
    /// A log that is gone when its last handle is.
    pub fn in_memory() -> Self {
        Self::in_memory_with(EmbeddedOptions::default())
    }

    /// A log in memory with settings; those about files mean nothing to it.
    pub fn in_memory_with(options: EmbeddedOptions) -> Self {
        EmbeddedLog {
            shared: Arc::new(Shared {
                options,
                topics: RwLock::default(),
                creating: Mutex::default(),
                groups: Mutex::default(),
            }),
        }
    }

    /// Makes a topic with Kafka's default settings.
    ///
    /// # Errors
    /// [`BrokerError::TopicExists`]; [`BrokerError::Config`] for a name Kafka would not take or less than one partition.
    pub fn create_topic(&self, name: &str, partitions: i32) -> Result<(), BrokerError> {
        self.make_topic(name, partitions, &BTreeMap::new())
    }

    /// Appends one record: to `partition`, or where its key belongs as Kafka's default partitioner has it (partition 0 without a key).
    /// Returns partition and offset. Its own offset is not looked at. [`flush`](Self::flush) makes it safe.
    ///
    /// # Errors
    /// [`BrokerError::UnknownTopic`], [`BrokerError::UnknownPartition`], [`BrokerError::Produce`] if it is too large, [`BrokerError::Storage`].
    pub fn append(
        &self,
        topic: &str,
        partition: Option<i32>,
        record: RecordRef<'_>,
    ) -> Result<(i32, i64), BrokerError> {
        let topic = self.topic_or_create(topic)?;
        let partition = partition.unwrap_or_else(|| match record.key {
            Some(key) => partition_for_key(key, topic.partitions.len() as i32),
            None => 0,
        });
        let log = topic.partition(partition)?;
        producer::check_size(&topic, partition, &record)?;
        let end = log.append(std::iter::once(record), self.stamp_ms(&topic))?;
        Ok((partition, end - 1))
    }

    /// Up to `max` records of a partition from an offset on; empty at its end.
    ///
    /// # Errors
    /// [`BrokerError::UnknownTopic`], [`BrokerError::UnknownPartition`], [`BrokerError::OffsetOutOfRange`], [`BrokerError::Storage`].
    pub fn read(
        &self,
        topic: &str,
        partition: i32,
        from_offset: i64,
        max: usize,
    ) -> Result<RecordBatch, BrokerError> {
        let topic = self.topic(topic)?;
        let mut batch = RecordBatch::default();
        topic
            .partition(partition)?
            .read(&mut Cursor::new(from_offset), max, &mut batch)?;
        Ok(batch)
    }

    /// The offset that the next record of the partition will get.
    ///
    /// # Errors
    /// [`BrokerError::UnknownTopic`], [`BrokerError::UnknownPartition`].
    pub fn end_offset(&self, topic: &str, partition: i32) -> Result<i64, BrokerError> {
        Ok(self.topic(topic)?.partition(partition)?.end())
    }

    /// How many partitions a topic has.
    ///
    /// # Errors
    /// [`BrokerError::UnknownTopic`].
    pub fn partitions(&self, topic: &str) -> Result<i32, BrokerError> {
        Ok(self.topic(topic)?.partitions.len() as i32)
    }

    /// Makes everything that was written safe, as the fsync policy has it.
    ///
    /// # Errors
    /// [`BrokerError::Storage`].
    pub fn flush(&self) -> Result<(), BrokerError> {
        for topic in self.snapshot() {
            for partition in &topic.partitions {
                partition.flush()?;
            }
        }
        Ok(())
    }

    /// Where the log is, for messages.
    fn place(&self) -> String {
        "memory (embedded)".to_owned()
    }

    fn now_ms(&self) -> i64 {
        self.shared.options.clock.now_ms()
    }

    /// The timestamp the log gives to records of this topic, if it does.
    fn stamp_ms(&self, topic: &Topic) -> Option<i64> {
        topic.log_append_time.then(|| self.now_ms())
    }

    fn find(&self, name: &str) -> Option<Arc<Topic>> {
        let topics = self.shared.topics.read();
        topics
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned()
    }

    /// All topics by name.
    fn snapshot(&self) -> Vec<Arc<Topic>> {
        let topics = self.shared.topics.read();
        topics
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect()
    }

    fn topic(&self, name: &str) -> Result<Arc<Topic>, BrokerError> {
        self.find(name).ok_or_else(|| BrokerError::UnknownTopic {
            topic: name.to_owned(),
        })
    }

    fn partition_count(&self, topic: &str) -> Option<i32> {
        self.find(topic).map(|t| t.partitions.len() as i32)
    }

    fn partition_log(&self, id: &TopicPartition) -> Result<Arc<PartitionLog>, BrokerError> {
        Ok(self.topic(&id.topic)?.partition(id.partition)?.clone())
    }

    fn topic_or_create(&self, name: &str) -> Result<Arc<Topic>, BrokerError> {
        self.create_missing(std::iter::once(name))?;
        self.topic(name)
    }

    /// Makes those topics that do not exist, if the settings say so.
    fn create_missing<'a>(&self, names: impl Iterator<Item = &'a str>) -> Result<(), BrokerError> {
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

    fn make_topic(
        &self,
        name: &str,
        partitions: i32,
        config: &BTreeMap<String, String>,
    ) -> Result<(), BrokerError> {
        topic::check_name(name)?;
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
            return Err(BrokerError::TopicExists {
                topic: name.to_owned(),
            });
        }
        let logs = (0..partitions)
            .map(|p| Arc::new(PartitionLog::in_memory(TopicPartition::new(name, p))))
            .collect();
        let topic = Arc::new(Topic::new(name, config.clone(), logs));
        self.shared
            .topics
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.to_owned(), topic);
        drop(creating);
        let groups: Vec<_> = lock(&self.shared.groups).values().cloned().collect();
        for group in groups {
            group.topics_changed(&|t| self.partition_count(t));
        }
        Ok(())
    }

    fn group(&self, name: &str) -> Arc<Group> {
        lock(&self.shared.groups)
            .entry(name.to_owned())
            .or_insert_with(|| Arc::new(Group::new(name, BTreeMap::new())))
            .clone()
    }

    fn commit(&self, group: &Group, id: u64, offsets: &[CommitOffset]) -> Result<(), BrokerError> {
        // A committed offset must not outlive the records before it: after a crash of the machine the log would give
        // such offsets to other records, which the group would then never read.
        for offset in offsets {
            self.partition_log(&offset.partition)?.flush()?;
        }
        let mut state = group.lock();
        group.check_commit(&mut state, id, self.now_ms(), offsets, &|t| {
            self.partition_count(t)
        })?;
        let mut next = state.offsets.clone();
        for offset in offsets {
            next.insert(
                offset.partition.clone(),
                (offset.offset, offset.metadata.clone()),
            );
        }
        state.offsets = next;
        Ok(())
    }
}
