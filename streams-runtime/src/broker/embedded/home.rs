//! The directory of a durable log: what it holds besides segments, and how it is opened.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::storage::{Lock, Storage, failed, replace};
use crate::broker::{BrokerError, TopicPartition};

/// The format of `topic.json` and of group files.
const VERSION: u32 = 1;

/// A directory that this process alone has open.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) dir: PathBuf,
    pub(super) storage: Arc<dyn Storage>,
    _lock: Box<dyn Lock>,
}

/// `topic.json`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TopicFile {
    version: u32,
    pub(super) name: String,
    pub(super) partitions: i32,
    pub(super) config: BTreeMap<String, String>,
}

/// A group file.
#[derive(Debug, Serialize, Deserialize)]
struct GroupFile {
    version: u32,
    group: String,
    offsets: Vec<OffsetEntry>,
}

#[derive(Debug, Serialize, Deserialize)]
struct OffsetEntry {
    topic: String,
    partition: i32,
    offset: i64,
    metadata: String,
}

/// Committed offsets with their metadata.
pub(super) type Offsets = BTreeMap<TopicPartition, (i64, String)>;

/// A file name for a group of any name: what is not a lower-case letter, digit, `_` or `-` is written in hexadecimal, and a long
/// name is cut and told from others by its checksum.
fn group_file_name(group: &str) -> String {
    let mut name = String::new();
    for byte in group.bytes() {
        if byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-') {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02x}"));
        }
    }
    if name.len() > 200 {
        name.truncate(200);
        name.push_str(&format!("~{:08x}-{}", crc32fast::hash(group.as_bytes()), group.len()));
    }
    name.push_str(".json");
    name
}

fn parse<T: for<'a> Deserialize<'a>>(storage: &dyn Storage, path: &Path, version_of: fn(&T) -> u32) -> Result<T, BrokerError> {
    let bytes = storage.read(path).map_err(|e| failed(path, e))?;
    let value: T = serde_json::from_slice(&bytes).map_err(|e| failed(path, e))?;
    if version_of(&value) != VERSION {
        let reason = format!("format version {} is not known to this program", version_of(&value));
        return Err(failed(path, reason));
    }
    Ok(value)
}

impl Home {
    pub(super) fn open(dir: &Path, storage: Arc<dyn Storage>) -> Result<Self, BrokerError> {
        for made in [dir.to_owned(), dir.join("topics"), dir.join("groups")] {
            storage.create_dir_all(&made).map_err(|e| failed(&made, e))?;
        }
        let path = dir.join("LOCK");
        let lock = storage.lock(&path).map_err(|e| failed(&path, e))?;
        let Some(lock) = lock else {
            return Err(BrokerError::DirectoryInUse { path: dir.display().to_string() });
        };
        storage.sync_dir(dir).map_err(|e| failed(dir, e))?;
        Ok(Home { dir: dir.to_owned(), storage, _lock: lock })
    }

    fn topic_dir(&self, topic: &str) -> PathBuf {
        self.dir.join("topics").join(topic)
    }

    pub(super) fn partition_dir(&self, id: &TopicPartition) -> PathBuf {
        self.topic_dir(&id.topic).join(id.partition.to_string())
    }

    /// The topics there are. A directory without `topic.json` is one whose making was cut short; it is as if it were not there.
    pub(super) fn topics(&self) -> Result<Vec<TopicFile>, BrokerError> {
        let dir = self.dir.join("topics");
        let mut topics = Vec::new();
        for name in self.storage.list(&dir).map_err(|e| failed(&dir, e))? {
            let topic_dir = dir.join(&name);
            let files = self.storage.list(&topic_dir).map_err(|e| failed(&topic_dir, e))?;
            if files.iter().any(|f| f == "topic.json") {
                let path = topic_dir.join("topic.json");
                topics.push(parse(&*self.storage, &path, |t: &TopicFile| t.version)?);
            }
        }
        Ok(topics)
    }

    pub(super) fn create_topic(&self, name: &str, partitions: i32, config: &BTreeMap<String, String>) -> Result<(), BrokerError> {
        for partition in 0..partitions {
            let dir = self.partition_dir(&TopicPartition::new(name, partition));
            self.storage.create_dir_all(&dir).map_err(|e| failed(&dir, e))?;
        }
        for dir in [self.topic_dir(name), self.dir.join("topics")] {
            self.storage.sync_dir(&dir).map_err(|e| failed(&dir, e))?;
        }
        let file = TopicFile { version: VERSION, name: name.to_owned(), partitions, config: config.clone() };
        let path = self.topic_dir(name).join("topic.json");
        let bytes = serde_json::to_vec_pretty(&file).map_err(|e| failed(&path, e))?;
        replace(&*self.storage, &path, &bytes, true)
    }

    /// The committed offsets of all groups.
    pub(super) fn groups(&self) -> Result<BTreeMap<String, Offsets>, BrokerError> {
        let dir = self.dir.join("groups");
        let mut groups = BTreeMap::new();
        for name in self.storage.list(&dir).map_err(|e| failed(&dir, e))? {
            if !name.ends_with(".json") {
                continue;
            }
            let file: GroupFile = parse(&*self.storage, &dir.join(&name), |g: &GroupFile| g.version)?;
            let offsets =
                file.offsets.into_iter().map(|entry| (TopicPartition::new(entry.topic, entry.partition), (entry.offset, entry.metadata)));
            groups.insert(file.group, offsets.collect());
        }
        Ok(groups)
    }

    pub(super) fn write_group(&self, group: &str, offsets: &Offsets) -> Result<(), BrokerError> {
        let entries = offsets.iter().map(|(id, (offset, metadata))| OffsetEntry {
            topic: id.topic.to_string(),
            partition: id.partition,
            offset: *offset,
            metadata: metadata.clone(),
        });
        let file = GroupFile { version: VERSION, group: group.to_owned(), offsets: entries.collect() };
        let path = self.dir.join("groups").join(group_file_name(group));
        let bytes = serde_json::to_vec(&file).map_err(|e| failed(&path, e))?;
        replace(&*self.storage, &path, &bytes, true)
    }
}
