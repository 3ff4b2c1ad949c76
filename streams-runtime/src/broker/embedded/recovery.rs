//! What is found in the files of a partition when a log is opened.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use super::batch;
use super::segment::{Segment, base_offset_of, file_name, read_start};
use super::storage::{Storage, failed};
use crate::broker::{BrokerError, TopicPartition};

/// The end of a log that was not written completely and was cut off when the log was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TornTail {
    /// Whose log.
    pub partition: TopicPartition,
    /// The segment file.
    pub path: PathBuf,
    /// Bytes that were kept.
    pub valid_bytes: u64,
    /// Bytes that were cut off.
    pub cut_bytes: u64,
    /// The offset that the next record gets.
    pub next_offset: i64,
}

/// A partition as its files have it.
#[derive(Debug, Default)]
pub(super) struct Recovered {
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) segments: VecDeque<Segment>,
    pub(super) torn: Option<TornTail>,
}

/// Reads all segments of a partition, checks every batch, and cuts off a torn tail.
pub(super) fn recover(storage: &dyn Storage, dir: &Path, id: &TopicPartition) -> Result<Recovered, BrokerError> {
    let names = storage.list(dir).map_err(|e| failed(dir, e))?;
    let mut bases: VecDeque<i64> = names.iter().filter_map(|n| base_offset_of(n)).collect();
    let noted_start = read_start(storage, dir);

    // A crash while old segments were being removed may leave some.
    while let (Some(&next), Some(start)) = (bases.get(1), noted_start)
        && next <= start
    {
        remove(storage, dir, bases[0])?;
        bases.pop_front();
    }

    let mut recovered = Recovered { start: 0, end: bases.front().copied().unwrap_or(0), segments: VecDeque::new(), torn: None };
    // Segments that were begun and never written to: the one before them goes on, and everything before their name was safe.
    let mut unused = Vec::new();
    while bases.len() > 1
        && let Some(&base) = bases.back()
    {
        let path = dir.join(file_name(base));
        if !storage.read(&path).map_err(|e| failed(&path, e))?.is_empty() {
            break;
        }
        unused.push(base);
        bases.pop_back();
    }
    let count = bases.len();
    for (i, base) in bases.into_iter().enumerate() {
        let path = dir.join(file_name(base));
        let bytes = storage.read(&path).map_err(|e| failed(&path, e))?;
        let is_last = i + 1 == count;
        if base != recovered.end {
            let reason = format!("records from offset {} on are missing: the file before this one ends there", recovered.end);
            return Err(failed(&path, reason));
        }
        let (segment, end) = scan(&bytes, base, is_last, &path)?;
        if is_last && let Some(safe) = unused.iter().find(|safe| end < **safe) {
            let reason = format!("good only up to offset {end}, but it was complete to {safe}");
            return Err(failed(&path, reason));
        }
        if segment.length < bytes.len() as u64 {
            recovered.torn = Some(cut(storage, &path, id, &segment, bytes.len() as u64, end)?);
        }
        recovered.end = end;
        recovered.segments.push_back(segment);
    }
    for base in unused {
        remove(storage, dir, base)?;
    }
    if let Some(last) = recovered.segments.back().filter(|s| s.length > 0) {
        // A process that was killed may have left it unsynced, and from here on it counts as safe.
        let path = dir.join(file_name(last.base_offset));
        let sync = || storage.append_to(&path)?.sync();
        sync().map_err(|e| failed(&path, e))?;
    }
    let first = recovered.segments.front().map_or(recovered.end, |s| s.base_offset);
    // The note may be newer than the records, if the machine went down.
    recovered.start = noted_start.unwrap_or(first).clamp(first, recovered.end);
    Ok(recovered)
}

fn remove(storage: &dyn Storage, dir: &Path, base: i64) -> Result<(), BrokerError> {
    let path = dir.join(file_name(base));
    storage.remove(&path).map_err(|e| failed(&path, e))
}

/// The batches of a segment, and the offset after them. What follows the last good batch is a torn tail if it can be one.
fn scan(bytes: &[u8], base: i64, is_last: bool, path: &Path) -> Result<(Segment, i64), BrokerError> {
    let mut segment = Segment::new(base);
    let mut end = base;
    let mut at = 0;
    while at < bytes.len() {
        if let Some(version) = batch::unknown_version(bytes, at) {
            let reason = format!("the batch at byte {at} has format version {version}, which this program does not know");
            return Err(failed(path, reason));
        }
        let Some(batch) = batch::read(bytes, at) else {
            let damage = format!("the batch at byte {at} (offset {end}) is damaged");
            if !is_last {
                return Err(failed(path, format!("{damage}, and other files follow")));
            }
            if let Some(good) = batch::find_after(bytes, at, end) {
                let reason = format!("{damage}, but a good one follows at byte {good}: this is no torn tail, and nothing was changed");
                return Err(failed(path, reason));
            }
            return Ok((segment, end));
        };
        if batch.base_offset != end {
            let reason = format!("the batch at byte {at} begins with offset {} instead of {end}", batch.base_offset);
            return Err(failed(path, reason));
        }
        segment.add(end, batch.max_timestamp_ms, (batch.next - at) as u64);
        end = batch.next_offset;
        at = batch.next;
    }
    Ok((segment, end))
}

fn cut(
    storage: &dyn Storage,
    path: &Path,
    id: &TopicPartition,
    segment: &Segment,
    length: u64,
    next_offset: i64,
) -> Result<TornTail, BrokerError> {
    let torn = TornTail {
        partition: id.clone(),
        path: path.to_owned(),
        valid_bytes: segment.length,
        cut_bytes: length - segment.length,
        next_offset,
    };
    tracing::warn!(
        partition = %torn.partition,
        path = %path.display(),
        valid_bytes = torn.valid_bytes,
        cut_bytes = torn.cut_bytes,
        next_offset,
        "cut off the torn end of a log"
    );
    let cut = || {
        let file = storage.append_to(path)?;
        file.truncate(segment.length)?;
        // Or the next crash could bring the torn bytes back behind good ones.
        file.sync()
    };
    cut().map_err(|e| failed(path, e))?;
    Ok(torn)
}
