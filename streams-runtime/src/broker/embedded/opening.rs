//! Opening a directory: its topics, their records, and what groups have committed of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, RwLock};

use super::group::Group;
use super::home::{FoundTopic, Home, Offsets};
use super::log::PartitionLog;
use super::storage::Storage;
use super::topic::Topic;
use super::{EmbeddedLog, EmbeddedOptions, Shared, recovery};
use crate::broker::{BrokerError, TopicPartition};

impl EmbeddedLog {
    /// A durable log on something else than the file system of the machine: the seam for
    /// simulators.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    #[doc(hidden)]
    pub fn open_on(storage: Arc<dyn Storage>, dir: &Path, options: EmbeddedOptions) -> Result<Self, BrokerError> {
        let home = Home::open(dir, storage)?;
        let mut topics = BTreeMap::new();
        let mut torn = Vec::new();
        for FoundTopic { file, is_old } in home.topics()? {
            let mut partitions = Vec::new();
            for partition in 0..file.partitions {
                let id = TopicPartition::new(file.name.as_str(), partition);
                let dir = home.partition_dir(&id);
                let mut found = recovery::recover(&*home.storage, &dir, &id, is_old)?;
                torn.extend(found.torn.take());
                let storage = home.storage.clone();
                let log = PartitionLog::durable(id, &options, storage, dir, found);
                partitions.push(Arc::new(log));
            }
            if is_old {
                home.renew_topic(&file)?;
            }
            let topic = Topic::new(&file.name, file.config, partitions);
            topics.insert(file.name, Arc::new(topic));
        }
        let mut groups = BTreeMap::new();
        for (name, mut offsets) in home.groups()? {
            if mend_offsets(&name, &mut offsets, &topics) {
                // Or they would count again when the log has grown beyond them.
                home.write_group(&name, &offsets)?;
            }
            let group = Group::new(&name, offsets);
            groups.insert(name, Arc::new(group));
        }
        Ok(EmbeddedLog {
            shared: Arc::new(Shared {
                options,
                topics: RwLock::new(topics),
                creating: Mutex::default(),
                groups: Mutex::new(groups),
                home: Some(home),
                recovered: torn,
            }),
        })
    }
}

/// Forgets offsets of topics that were deleted, and sets back those beyond the end: under a lax
/// fsync policy a crash of the machine can take records whose offsets were committed. Those offsets
/// will be given to other records, which must be read.
fn mend_offsets(group: &str, offsets: &mut Offsets, topics: &BTreeMap<String, Arc<Topic>>) -> bool {
    let end_of = |id: &TopicPartition| Some(topics.get(&*id.topic)?.partition(id.partition).ok()?.end());
    let before = offsets.len();
    offsets.retain(|id, (offset, _)| {
        let is_there = end_of(id).is_some();
        if !is_there {
            tracing::warn!(group, partition = %id, offset = *offset, "forgot a committed offset: there is no such partition any more");
        }
        is_there
    });
    let mut changed = offsets.len() < before;
    for (id, (offset, _)) in offsets {
        let end = end_of(id).unwrap_or(i64::MAX);
        if *offset > end {
            tracing::warn!(
                group,
                partition = %id,
                offset = *offset,
                end,
                "a committed offset is beyond the end of the recovered log; set to the end"
            );
            *offset = end;
            changed = true;
        }
    }
    changed
}
