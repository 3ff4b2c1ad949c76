//! The directory of a durable log: what it holds besides segments, and how it is opened.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::bounds::{self, Bounds};
use super::checked;
use super::segment::{OLD_START_FILE, base_offset_of};
use super::storage::{Lock, Storage, failed, make_dirs, sync_above};
use crate::broker::{BrokerError, TopicPartition};

/// A directory that this process alone has open.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) dir: PathBuf,
    pub(super) storage: Arc<dyn Storage>,
    _lock: Box<dyn Lock>,
}

/// What `topic.json` says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TopicFile {
    pub(super) name: String,
    pub(super) partitions: i32,
    pub(super) config: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OldTopicFile {
    #[serde(rename = "version")]
    _version: u32,
    name: String,
    partitions: i32,
    config: BTreeMap<String, String>,
}

impl From<OldTopicFile> for TopicFile {
    fn from(old: OldTopicFile) -> Self {
        TopicFile { name: old.name, partitions: old.partitions, config: old.config }
    }
}

/// What the file of a group says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupFile {
    group: String,
    offsets: Vec<OffsetEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OldGroupFile {
    #[serde(rename = "version")]
    _version: u32,
    group: String,
    offsets: Vec<OffsetEntry>,
}

impl From<OldGroupFile> for GroupFile {
    fn from(old: OldGroupFile) -> Self {
        GroupFile { group: old.group, offsets: old.offsets }
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OffsetEntry {
    topic: String,
    partition: i32,
    offset: i64,
    metadata: String,
}

/// Committed offsets with their metadata.
pub(super) type Offsets = BTreeMap<TopicPartition, (i64, String)>;

/// A file name for a group of any name: what is not a lower-case letter, digit, `_` or `-` is
/// written in hexadecimal, and a long name is cut and told from others by its checksum.
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

/// Whether some group could have a file of this name.
fn is_group_file_name(name: &str) -> bool {
    let of_a_group = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-' | b'%' | b'~');
    name.strip_suffix(".json").is_some_and(|stem| stem.bytes().all(of_a_group))
}

/// Begins the names of directories below `topics/` that are no topics: a topic that is being made,
/// and one that was deleted.
const NO_TOPIC: char = '~';

/// A topic as it was found.
pub(super) struct FoundTopic {
    pub(super) file: TopicFile,
    /// It was written by a version that kept no bounds.
    pub(super) is_old: bool,
}

impl Home {
    pub(super) fn open(dir: &Path, storage: Arc<dyn Storage>) -> Result<Self, BrokerError> {
        make_dirs(&*storage, dir)?;
        // A process that was killed may have made it, and not come so far.
        sync_above(&*storage, dir)?;
        for made in [dir.join("topics"), dir.join("groups")] {
            make_dirs(&*storage, &made)?;
        }
        let path = dir.join("LOCK");
        let lock = storage.lock(&path).map_err(|e| failed(&path, e))?;
        let Some(lock) = lock else {
            return Err(BrokerError::DirectoryInUse { path: dir.display().to_string() });
        };
        // What is found counts from now on: a rename whose sync had failed must not be undone by a
        // crash of the machine when it has been used.
        for found in [dir.to_owned(), dir.join("topics"), dir.join("groups")] {
            storage.sync_dir(&found).map_err(|e| failed(&found, e))?;
        }
        Ok(Home { dir: dir.to_owned(), storage, _lock: lock })
    }

    fn topics_dir(&self) -> PathBuf {
        self.dir.join("topics")
    }

    fn topic_dir(&self, topic: &str) -> PathBuf {
        self.topics_dir().join(topic)
    }

    pub(super) fn partition_dir(&self, id: &TopicPartition) -> PathBuf {
        self.topic_dir(&id.topic).join(id.partition.to_string())
    }

    /// The names in a directory; `None` if it is a file, or not there.
    fn list(&self, dir: &Path) -> Result<Option<Vec<String>>, BrokerError> {
        match self.storage.list(dir) {
            Err(error) if matches!(error.kind(), ErrorKind::NotADirectory | ErrorKind::NotFound) => Ok(None),
            names => names.map(Some).map_err(|e| failed(dir, e)),
        }
    }

    fn remove_dir(&self, dir: &Path) -> Result<(), BrokerError> {
        match self.storage.remove_dir_all(dir) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            removed => removed.map_err(|e| failed(dir, e)),
        }
    }

    /// The topics there are. What was left of the making or deleting of one is removed.
    pub(super) fn topics(&self) -> Result<Vec<FoundTopic>, BrokerError> {
        let dir = self.topics_dir();
        let mut topics = Vec::new();
        for name in self.list(&dir)?.unwrap_or_default() {
            let topic_dir = dir.join(&name);
            if name.starts_with(NO_TOPIC) {
                self.remove_dir(&topic_dir)?;
                continue;
            }
            let Some(files) = self.list(&topic_dir)? else {
                tracing::debug!(path = %topic_dir.display(), "a file that is none of a log");
                continue;
            };
            let path = topic_dir.join("topic.json");
            if files.iter().any(|f| f == "topic.json") {
                let (file, version) = checked::read::<TopicFile, OldTopicFile>(&*self.storage, &path)?;
                if file.name != name {
                    return Err(failed(&path, format!("this is the file of the topic `{}`", file.name)));
                }
                // Its new number of partitions counts from now on as well.
                self.storage.sync_dir(&topic_dir).map_err(|e| failed(&topic_dir, e))?;
                topics.push(FoundTopic { file, is_old: version == checked::OLD_VERSION });
                continue;
            }
            // The old version could leave the beginnings of a topic, but no segments in it.
            for partition in files {
                let names = self.list(&topic_dir.join(partition))?.unwrap_or_default();
                if names.iter().any(|n| base_offset_of(n).is_some()) {
                    return Err(failed(&path, "the file is missing, and the topic has records"));
                }
            }
        }
        Ok(topics)
    }

    fn make_partitions(&self, topic_dir: &Path, partitions: std::ops::Range<i32>) -> Result<(), BrokerError> {
        for partition in partitions {
            let dir = topic_dir.join(partition.to_string());
            self.remove_dir(&dir)?;
            self.storage.create_dir(&dir).map_err(|e| failed(&dir, e))?;
            bounds::write(&*self.storage, &dir, Bounds::default())?;
        }
        Ok(())
    }

    /// Makes a topic: beside its place, and then it is moved there.
    pub(super) fn create_topic(&self, name: &str, partitions: i32, config: &BTreeMap<String, String>) -> Result<(), BrokerError> {
        let (making, dir, topics) = (self.topic_dir(&format!("{NO_TOPIC}new-{name}")), self.topic_dir(name), self.topics_dir());
        self.remove_dir(&making)?;
        self.remove_dir(&dir)?;
        self.storage.create_dir(&making).map_err(|e| failed(&making, e))?;
        self.make_partitions(&making, 0..partitions)?;
        let file = TopicFile { name: name.to_owned(), partitions, config: config.clone() };
        checked::write(&*self.storage, &making.join("topic.json"), file)?;
        self.storage.rename(&making, &dir).map_err(|e| failed(&dir, e))?;
        self.storage.sync_dir(&topics).map_err(|e| failed(&topics, e))
    }

    /// Adds partitions to a topic that has `from`.
    pub(super) fn add_partitions(&self, from: i32, topic: TopicFile) -> Result<(), BrokerError> {
        let dir = self.topic_dir(&topic.name);
        self.make_partitions(&dir, from..topic.partitions)?;
        // Its sync of the directory is for their names as well, which are older.
        self.storage.sync_dir(&dir).map_err(|e| failed(&dir, e))?;
        checked::write(&*self.storage, &dir.join("topic.json"), topic)
    }

    /// Takes a topic out of its place. [`remove_deleted`](Self::remove_deleted) frees the room.
    pub(super) fn delete_topic(&self, name: &str) -> Result<(), BrokerError> {
        let (dir, deleted, topics) = (self.topic_dir(name), self.topic_dir(&format!("{NO_TOPIC}deleted-{name}")), self.topics_dir());
        self.remove_dir(&deleted)?;
        self.storage.rename(&dir, &deleted).map_err(|e| failed(&dir, e))?;
        if let Err(error) = self.storage.sync_dir(&topics) {
            // A crash may bring it back, so it is not deleted.
            self.storage.rename(&deleted, &dir).map_err(|e| failed(&dir, e))?;
            return Err(failed(&topics, error));
        }
        Ok(())
    }

    /// Removes what is left of a topic that was deleted. What cannot be removed now is when the log
    /// is opened.
    pub(super) fn remove_deleted(&self, name: &str) {
        let deleted = self.topic_dir(&format!("{NO_TOPIC}deleted-{name}"));
        if let Err(error) = self.remove_dir(&deleted) {
            tracing::warn!(topic = name, %error, "could not remove the files of a deleted topic");
        }
    }

    /// Writes the file of a topic of the old version anew, when all its partitions have bounds.
    pub(super) fn renew_topic(&self, topic: &TopicFile) -> Result<(), BrokerError> {
        checked::write(&*self.storage, &self.topic_dir(&topic.name).join("topic.json"), topic.clone())?;
        for partition in 0..topic.partitions {
            let path = self.partition_dir(&TopicPartition::new(topic.name.as_str(), partition)).join(OLD_START_FILE);
            match self.storage.remove(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(&path, error)),
                _ => {}
            }
        }
        Ok(())
    }

    /// The committed offsets of all groups.
    pub(super) fn groups(&self) -> Result<BTreeMap<String, Offsets>, BrokerError> {
        let dir = self.dir.join("groups");
        let mut groups = BTreeMap::new();
        for name in self.list(&dir)?.unwrap_or_default() {
            let path = dir.join(&name);
            if !is_group_file_name(&name) {
                tracing::debug!(path = %path.display(), "a file that is none of a log");
                continue;
            }
            let (file, _) = checked::read::<GroupFile, OldGroupFile>(&*self.storage, &path)?;
            if group_file_name(&file.group) != name {
                return Err(failed(&path, format!("this is the file of the group `{}`", file.group)));
            }
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
        let file = GroupFile { group: group.to_owned(), offsets: entries.collect() };
        checked::write(&*self.storage, &self.dir.join("groups").join(group_file_name(group)), file)
    }
}
