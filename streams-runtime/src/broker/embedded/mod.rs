//! A log inside the process: partitions, consumer groups, in memory or durable in a directory.
//!
//! Quickstarts, examples and tests run on it, so that they need nothing installed; small services
//! can run on it for good. It has Kafka's semantics where the runtime can see them: offsets are
//! contiguous per partition, keys are spread by murmur2, groups rebalance incrementally, a member
//! that is silent for its session timeout is thrown out and can commit no more. Everything written
//! is committed at once, so isolation makes no difference. Records are not removed by age or
//! compaction.
//!
//! # Files of a durable log
//!
//! ```text
//! <dir>/LOCK                                            locked while a process has the directory open
//! <dir>/topics/<topic>/topic.json                       name, partitions, settings
//! <dir>/topics/<topic>/<partition>/<base offset>.log    a segment: batches, from the offset in its name (20 digits) on
//! <dir>/topics/<topic>/<partition>/bounds               which records must be there, see below
//! <dir>/groups/<group>.json                             group name, committed offsets
//! ```
//!
//! A topic's name is its directory, since Kafka allows no characters that a file system does not.
//! Directories whose names begin with `~` are topics that are being made or were deleted: a topic
//! is made there and then moved to its place, and deleted by moving it away. They are removed when
//! the log is opened. In a group's file name every byte but `a-z`, `0-9`, `_` and `-` is `%` and
//! two hexadecimal digits. Files and directories of other names are left alone.
//!
//! All files but segments are replaced as a whole: a new file is written and synced, renamed over
//! the old one, and the directory is synced. The JSON files are
//! `{"version":2,"crc32":"…","content":{…}}`. The checksum is that of the content as this program
//! writes it, so every change of what a file says is told, with the file. Files of version 1,
//! without a checksum, are read and replaced.
//!
//! `bounds` is a sequence of entries of 20 bytes: the first offset that is there (8), the offset
//! before which all records were made safe (8), CRC-32 of these (4). Both only grow, so the largest
//! of the entries that are whole counts. Entries are appended, and a file of 200 of them is
//! replaced by one with a single entry. The directory of a partition without segments has it too.
//!
//! A segment is a sequence of batches. Numbers are big-endian.
//!
//! ```text
//! at   bytes
//!  0       3  "SLB"
//!  3       1  format version, 1
//!  4       4  length of the whole batch, these 32 bytes included
//!  8       4  CRC-32 (IEEE) of everything from byte 12 to the end of the batch
//! 12       8  offset of the first record
//! 20       4  number of records
//! 24       8  largest timestamp
//! 32          the records, each:
//!          4  length of the rest of the record
//!          1  flags: 1 has a key, 2 has a value, 4 has headers
//!          8  offset
//!          8  timestamp, milliseconds since the Unix epoch
//!     4 + n   key length and key, if flagged
//!     4 + n   value length and value, if flagged
//!          4  number of headers, if flagged; each: name length (4) and name, value length (4; 0xffffffff is null) and value
//! ```
//!
//! # What a crash leaves
//!
//! Every write goes to the operating system at once, so the end of the process alone loses nothing.
//! What the end of the machine can take is decided by [`FsyncPolicy`]. Whatever was not synced may
//! be gone, have holes, or be there, and this is found at opening:
//!
//! - Before the noted end in `bounds`, and before the base offset of the last segment (a segment is
//!   synced before the next one is begun), every record must be there and be as it was written. If
//!   not, opening fails with the file and the offset, and no segment is changed. This also tells
//!   segment files that are missing, be it the first, one in the middle or the last.
//! - Beyond, everything from the first bytes on that are not the batch that belongs there is a torn
//!   end. It is cut off and reported ([`EmbeddedLog::recovered`]). What is in the bytes does not
//!   matter: a record may hold a copy of a segment.
//!
//! The noted end is a lower bound. It is written after each sync and not synced itself, because an
//! older note is as true; a commit waits for no second sync. After the end of a process it is
//! exact. After the end of the machine it is as old as what the system had not written yet of this
//! file, seconds usually. Damage to what was synced in these seconds looks like a torn end; that
//! takes a loss of power and a bad medium at once. Closing a log and opening one sync the note.
//!
//! A committed offset never points beyond what is on the medium: a commit syncs the records before
//! it first (under a policy that syncs). So does a question for the end of a partition, since a
//! store that is restored up to there takes what it read for safe.
//!
//! What is found at opening counts from then on: the directories of topics and groups are synced,
//! so that a rename whose own sync had failed is not undone by a later crash.
//!
//! When a write fails (disk full, say), what was written of it is cut off, the caller has the
//! error, and later writes may succeed. When a sync fails, that partition takes no more writes
//! until the log is opened again, and whoever waits for a sync of records that are not safe has the
//! error too: the system may have dropped the data, and would tell one of them only. So syncs of a
//! partition have turns. Opening writes records beyond the noted end once more, since the system
//! may show them and never write them.
//!
//! # Memory
//!
//! In memory all records are kept until they are deleted. A durable log keeps per partition at most
//! [`EmbeddedOptions::tail_bytes`] of closed chunks and one open chunk and a write buffer (256 KiB
//! each, more for a larger record), and 24 bytes per 64 KiB of log for its index; each reader of
//! old records holds one span of a segment (64 KiB, and a batch more). Opening reads one segment at
//! a time as a whole.

mod assignor;
mod batch;
mod bounds;
mod checked;
mod chunk;
mod consumer;
mod encoding;
mod group;
mod home;
mod log;
mod member;
mod opening;
mod options;
mod producer;
mod recovery;
mod seam;
mod segment;
mod signal;
#[doc(hidden)]
pub mod simulated_disk;
#[doc(hidden)]
pub mod storage;
#[cfg(test)]
mod tests;
mod topic;
mod topics;
mod writer;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

pub use options::{EmbeddedOptions, FsyncPolicy};
pub use recovery::TornTail;

use self::chunk::Room;
use self::group::Group;
use self::home::Home;
use self::log::Cursor;
use self::signal::lock;
use self::storage::FileSystem;
use self::topic::Topic;
use super::{BrokerError, CommitOffset};
use crate::partition::partition_for_key;
use crate::record::{RecordBatch, RecordRef};

/// What one read hands over at most, unless a single record is larger.
const MAX_READ_BYTES: usize = 64 * 1024 * 1024;

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
    /// The directory, if the log is durable.
    home: Option<Home>,
    recovered: Vec<TornTail>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        if self.home.is_none() || self.options.fsync == FsyncPolicy::Never {
            return;
        }
        let topics = self.topics.get_mut();
        for topic in topics.unwrap_or_else(PoisonError::into_inner).values() {
            for partition in &topic.partitions {
                if let Err(error) = partition.close() {
                    tracing::warn!(partition = %partition.id, %error, "could not sync a log at its end");
                }
            }
        }
    }
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
                home: None,
                recovered: Vec::new(),
            }),
        }
    }

    /// A durable log in a directory, which is made if it is not there. This process has it alone
    /// until the last handle is dropped.
    ///
    /// All segments are read and checked. A torn end of a partition is cut off
    /// ([`recovered`](Self::recovered)). A directory of version 1 is taken over: its files get
    /// checksums and bounds.
    ///
    /// # Errors
    /// [`BrokerError::DirectoryInUse`] if a process has it open, this one included;
    /// [`BrokerError::Storage`] if it cannot be made or read, or something is damaged or missing
    /// that had been made safe.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, BrokerError> {
        Self::open_with(dir, EmbeddedOptions::default())
    }

    /// The same with settings.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(dir: impl AsRef<Path>, options: EmbeddedOptions) -> Result<Self, BrokerError> {
        Self::open_on(Arc::new(FileSystem), dir.as_ref(), options)
    }

    /// The torn ends that were cut off when the log was opened: what a crash left half-written.
    /// Nothing acknowledged is among it, unless the fsync policy allows that.
    pub fn recovered(&self) -> Vec<TornTail> {
        self.shared.recovered.clone()
    }

    /// Makes a topic with Kafka's default settings.
    ///
    /// # Errors
    /// [`BrokerError::TopicExists`]; [`BrokerError::Config`] for a name Kafka would not take or
    /// less than one partition.
    pub fn create_topic(&self, name: &str, partitions: i32) -> Result<(), BrokerError> {
        self.make_topic(name, partitions, &BTreeMap::new())
    }

    /// Appends one record: to `partition`, or where its key belongs as Kafka's default partitioner
    /// has it (partition 0 without a key). Returns partition and offset. Its own offset is not
    /// looked at. [`flush`](Self::flush) makes it safe.
    ///
    /// # Errors
    /// [`BrokerError::UnknownTopic`], [`BrokerError::UnknownPartition`], [`BrokerError::Produce`]
    /// if it is too large, or has no key and its topic is compacted, [`BrokerError::Storage`].
    pub fn append<'r>(&self, topic: &str, partition: Option<i32>, record: impl Into<RecordRef<'r>>) -> Result<(i32, i64), BrokerError> {
        let record = record.into();
        let topic = self.topic_or_create(topic)?;
        let partition = partition.unwrap_or_else(|| match record.key {
            Some(key) => partition_for_key(key, topic.partitions.len() as i32),
            None => 0,
        });
        let log = topic.partition(partition)?;
        producer::check_record(&topic, partition, &record).map_err(|(_, error)| error)?;
        let end = log.append(std::iter::once(record), self.stamp_ms(&topic))?;
        Ok((partition, end - 1))
    }

    /// Up to `max` records of a partition from an offset on, and not more than 64 MiB of them
    /// unless the first is larger; empty at its end. Whoever wants all records reads on until it
    /// is.
    ///
    /// # Errors
    /// [`BrokerError::UnknownTopic`], [`BrokerError::UnknownPartition`],
    /// [`BrokerError::OffsetOutOfRange`], [`BrokerError::Storage`].
    pub fn read(&self, topic: &str, partition: i32, from_offset: i64, max: usize) -> Result<RecordBatch, BrokerError> {
        let topic = self.topic(topic)?;
        let mut batch = RecordBatch::default();
        topic.partition(partition)?.read(&mut Cursor::new(from_offset), Room::new(max, MAX_READ_BYTES), &mut batch)?;
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
        match &self.shared.home {
            Some(home) => home.dir.display().to_string(),
            None => "memory (embedded)".to_owned(),
        }
    }

    fn syncs_at_intervals(&self) -> bool {
        matches!(self.shared.options.fsync, FsyncPolicy::Interval { .. })
    }

    /// Milliseconds of the monotonic clock, by which sessions end.
    fn mono_ms(&self) -> i64 {
        i64::try_from(self.shared.options.monotonic_clock.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// The timestamp the log gives to records of this topic, if it does.
    fn stamp_ms(&self, topic: &Topic) -> Option<i64> {
        topic.log_append_time.then(|| self.shared.options.clock.now_ms())
    }

    fn group(&self, name: &str) -> Arc<Group> {
        lock(&self.shared.groups).entry(name.to_owned()).or_insert_with(|| Arc::new(Group::new(name, BTreeMap::new()))).clone()
    }

    fn commit(&self, group: &Group, id: u64, offsets: &[CommitOffset]) -> Result<(), BrokerError> {
        // A committed offset must not outlive the records before it: after a crash of the machine
        // the log would give such offsets to other records, which the group would then never read.
        for offset in offsets {
            self.partition_log(&offset.partition)?.flush_to(offset.offset)?;
        }
        let mut state = group.lock();
        // Again: a topic that is deleted meanwhile takes its offsets along under this lock.
        for offset in offsets {
            self.partition_log(&offset.partition)?;
        }
        group.check_commit(&mut state, id, self.mono_ms(), offsets, &|t| self.partition_count(t))?;
        let mut next = state.offsets.clone();
        for offset in offsets {
            next.insert(offset.partition.clone(), (offset.offset, offset.metadata.clone()));
        }
        if let Some(home) = &self.shared.home {
            home.write_group(&group.name, &next)?;
        }
        state.offsets = next;
        Ok(())
    }
}
