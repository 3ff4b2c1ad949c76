//! The disk below the log, of what it was told is safe, and what has to be there after a crash.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use streams_runtime::broker::embedded::simulated_disk::{Process, SimulatedDisk};
use streams_runtime::broker::embedded::{EmbeddedLog, EmbeddedOptions, FsyncPolicy};
use streams_runtime::broker::{Broker, BrokerError, CommitOffset, Isolation, OffsetAt, TopicPartition};
use streams_runtime::record::RecordRef;

use super::random::Dice;

/// Key, value and time of a record.
type Row = (Option<Vec<u8>>, Option<Vec<u8>>, i64);

/// What is known of a partition.
#[derive(Debug, Default)]
struct Written {
    /// All records, by their offsets.
    rows: Vec<Row>,
    /// Those that could not be written since. One of them may be there all the same.
    tried: Vec<Row>,
    /// Those before it are acknowledged: they are safe.
    safe: i64,
    /// Those before it were to be deleted.
    deleted: i64,
}

/// What a group may have committed of a partition: what it was told is done, or what it was not.
#[derive(Debug, Default)]
struct Commits {
    done: Option<i64>,
    tried: Vec<i64>,
}

/// A disk, the process that has it open, and what that process was told.
#[derive(Debug)]
pub(super) struct Medium {
    disk: SimulatedDisk,
    process: Arc<Process>,
    dice: Dice,
    /// Acknowledged is what the operating system has, and so only the end of the process takes
    /// nothing.
    pub(super) is_lax: bool,
    /// Syncs have lied: what was acknowledged since may be gone with the power, and more.
    pub(super) has_lied: bool,
    partitions: BTreeMap<TopicPartition, Written>,
    commits: BTreeMap<TopicPartition, Commits>,
    topics: BTreeMap<String, i32>,
    crashes: u64,
}

const PLACE: &str = "/data/log";

fn settings(dice: Dice) -> (FsyncPolicy, u64, usize) {
    let fsync = match dice.below(1, 8) {
        0 => FsyncPolicy::Never,
        1 => FsyncPolicy::Interval { ms: 50 },
        2 | 3 => FsyncPolicy::EveryWrite,
        _ => FsyncPolicy::EveryFlush,
    };
    (fsync, dice.pick(2, &[700, 3_000, 20_000]), dice.pick(3, &[300, 2_000, 100_000]))
}

impl Medium {
    /// An empty disk, with an open log on it.
    pub(super) fn new(dice: Dice, options: EmbeddedOptions) -> Result<(Self, EmbeddedLog), BrokerError> {
        let disk = SimulatedDisk::new(numbers(dice.nth(0)));
        let process = disk.process();
        let is_lax = matches!(settings(dice).0, FsyncPolicy::Never | FsyncPolicy::Interval { .. });
        let medium = Medium {
            disk,
            process,
            dice,
            is_lax,
            has_lied: false,
            partitions: BTreeMap::new(),
            commits: BTreeMap::new(),
            topics: BTreeMap::new(),
            crashes: 0,
        };
        let log = medium.open(options)?;
        Ok((medium, log))
    }

    fn open(&self, options: EmbeddedOptions) -> Result<EmbeddedLog, BrokerError> {
        let (fsync, segment_bytes, tail_bytes) = settings(self.dice);
        EmbeddedLog::open_on(self.process.clone(), Path::new(PLACE), EmbeddedOptions { fsync, segment_bytes, tail_bytes, ..options })
    }

    /// An operation fails that is so many away, and all after it if `for_good`.
    pub(super) fn fails(&self, after: u64, for_good: bool) {
        self.disk.fail_after(after, for_good);
    }

    pub(super) fn fills(&self, room: u64) {
        self.disk.set_room(room);
    }

    pub(super) fn lies(&mut self, lie: bool) {
        self.has_lied |= lie;
        self.disk.let_syncs_lie(lie);
    }

    pub(super) fn heal(&self) {
        self.disk.heal();
    }

    pub(super) fn written(&mut self, partition: &TopicPartition, offset: i64, record: RecordRef<'_>) -> Result<(), String> {
        let written = self.partitions.entry(partition.clone()).or_default();
        if offset != written.rows.len() as i64 {
            return Err(format!("{partition} gives a record the offset {offset} behind {} records", written.rows.len()));
        }
        written.rows.push(row(record));
        written.tried.clear();
        Ok(())
    }

    /// A record could not be written, or not be made safe by the write.
    pub(super) fn not_written(&mut self, partition: &TopicPartition, record: RecordRef<'_>) {
        self.partitions.entry(partition.clone()).or_default().tried.push(row(record));
    }

    /// All records before this one are safe.
    pub(super) fn acknowledged(&mut self, partition: &TopicPartition, end: i64) {
        let written = self.partitions.entry(partition.clone()).or_default();
        written.safe = written.safe.max(end);
    }

    pub(super) fn deletes(&mut self, before: &[(TopicPartition, i64)]) {
        for (partition, offset) in before {
            let written = self.partitions.entry(partition.clone()).or_default();
            written.deleted = written.deleted.max(*offset);
        }
    }

    pub(super) fn tries_commit(&mut self, offsets: &[CommitOffset]) {
        for CommitOffset { partition, offset, .. } in offsets {
            self.commits.entry(partition.clone()).or_default().tried.push(*offset);
        }
    }

    pub(super) fn committed(&mut self, offsets: &[CommitOffset]) {
        for CommitOffset { partition, offset, .. } in offsets {
            self.commits.insert(partition.clone(), Commits { done: Some(*offset), tried: Vec::new() });
        }
    }

    pub(super) fn has_topic(&mut self, name: &str, partitions: i32) {
        self.topics.insert(name.to_owned(), partitions);
    }

    /// The process ends, or the machine with it, and the log is opened again: how it is.
    ///
    /// # Errors
    /// It cannot be opened.
    pub(super) fn reopen(&mut self, loses_power: bool, options: EmbeddedOptions) -> Result<EmbeddedLog, String> {
        self.crashes += 1;
        self.process.kill();
        self.disk.heal();
        if loses_power {
            self.disk.set_random(numbers(self.dice.nth(self.crashes)));
            self.disk.crash().map_err(|error| error.to_string())?;
        }
        self.process = self.disk.process();
        self.open(options).map_err(|error| format!("the log cannot be opened after a crash: {error}"))
    }

    /// Compares a log that was opened again with what is known of it: what does not hold, and where
    /// each partition was known to end and ends now. What was found is on the medium.
    pub(super) fn compare(
        &mut self,
        log: &EmbeddedLog,
        group_has: &dyn Fn(&TopicPartition) -> Option<i64>,
    ) -> (Vec<String>, Vec<(TopicPartition, i64, i64)>) {
        let (mut findings, mut ends) = (Vec::new(), Vec::new());
        for (name, partitions) in &self.topics {
            match log.partitions(name) {
                Ok(found) if found == *partitions => {}
                found => findings.push(format!("`{name}` had {partitions} partitions, and has {found:?}")),
            }
        }
        for (partition, written) in &mut self.partitions {
            let known = written.rows.len() as i64;
            match compare_partition(log, partition, written) {
                Ok(end) => ends.push((partition.clone(), known, end)),
                Err(finding) => findings.push(finding),
            }
        }
        for (partition, commits) in &mut self.commits {
            let found = group_has(partition);
            let may = found == commits.done || found.is_some_and(|found| commits.tried.contains(&found));
            if !may {
                findings.push(format!(
                    "{partition} is committed at {found:?}, and should be at {:?} or one of {:?}",
                    commits.done, commits.tried
                ));
            }
            let end = log.end_offset(&partition.topic, partition.partition).unwrap_or(0);
            if found.is_some_and(|found| found > end) {
                findings.push(format!("{partition} is committed at {found:?}, behind the end {end}"));
            }
            *commits = Commits { done: found, tried: Vec::new() };
        }
        (findings, ends)
    }

    /// Whether what is acknowledged and gone may be explained by syncs that lied.
    pub(super) fn is_excused(&self, loses_power: bool) -> bool {
        loses_power && self.has_lied
    }
}

fn row(record: RecordRef<'_>) -> Row {
    (record.key.map(<[u8]>::to_vec), record.value.map(<[u8]>::to_vec), record.timestamp_ms)
}

fn compare_partition(log: &EmbeddedLog, partition: &TopicPartition, written: &mut Written) -> Result<i64, String> {
    let asked = std::slice::from_ref(partition);
    let start = log.offsets(asked, OffsetAt::Earliest, Isolation::ReadUncommitted).wait().map_err(|error| error.to_string())?;
    let start = start.first().copied().unwrap_or(0);
    let end = log.end_offset(&partition.topic, partition.partition).map_err(|error| error.to_string())?;
    if end < written.safe {
        return Err(format!("{partition} ends at {end}, and was acknowledged up to {}", written.safe));
    }
    let tried = std::mem::take(&mut written.tried);
    let known = written.rows.len() as i64;
    if end == known + 1 {
        let more = log.read(&partition.topic, partition.partition, known, 1).map_err(|error| error.to_string())?;
        written.rows.extend(more.get(0).map(row).filter(|row| tried.contains(row)));
    }
    if end > written.rows.len() as i64 || start > written.deleted {
        let (most, deleted) = (written.rows.len(), written.deleted);
        return Err(format!("{partition} has records from {start} to {end}, was written to {most} and deleted to {deleted}"));
    }
    let mut at = start;
    while at < end {
        let records = log.read(&partition.topic, partition.partition, at, usize::MAX).map_err(|error| error.to_string())?;
        if records.is_empty() {
            return Err(format!("{partition} has no record {at}, and ends at {end}"));
        }
        for record in records.iter() {
            if written.rows.get(record.offset as usize) != Some(&row(record)) {
                return Err(format!("{partition} has another record at {} than was written", record.offset));
            }
            at = record.offset + 1;
        }
    }
    written.rows.truncate(end as usize);
    written.safe = end;
    Ok(end)
}

/// Random numbers without an end.
fn numbers(dice: Dice) -> impl FnMut() -> u64 + Send + 'static {
    let mut next = 0;
    move || {
        next += 1;
        dice.below(next, u64::MAX)
    }
}
