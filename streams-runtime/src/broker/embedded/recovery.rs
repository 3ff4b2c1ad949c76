//! What is found in the files of a partition when a log is opened.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use super::batch;
use super::bounds::{self, Bounds};
use super::segment::{Segment, base_offset_of, file_name, read_old_start};
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
    /// Length of the file with the bounds, which are `start` and `end`.
    pub(super) bounds_bytes: usize,
}

/// What was found of a partition, before anything is changed.
#[derive(Default)]
struct Found {
    segments: VecDeque<Segment>,
    end: i64,
    /// Bytes of the last segment file.
    last_bytes: u64,
    /// Where in the last segment the records begin that are not known to be safe.
    unsafe_from: Option<u64>,
}

/// Reads all segments of a partition, checks every batch, and cuts off a torn end. A topic of an
/// old version has no bounds.
pub(super) fn recover(storage: &dyn Storage, dir: &Path, id: &TopicPartition, is_old: bool) -> Result<Recovered, BrokerError> {
    let names = storage.list(dir).map_err(|e| failed(dir, e))?;
    let mut bases: VecDeque<i64> = names.iter().filter_map(|n| base_offset_of(n)).collect();
    let (known, bounds_bytes) = match bounds::read(storage, dir)? {
        Some(found) => found,
        None if is_old => {
            let first = bases.front().copied().unwrap_or(0);
            (Bounds { start: read_old_start(storage, dir).unwrap_or(first).max(first), safe_end: 0 }, 0)
        }
        None => return Err(failed(&dir.join(bounds::FILE), "the file is missing")),
    };

    // A crash while old segments were being removed may leave some.
    while bases.get(1).is_some_and(|next| *next <= known.start) {
        if let Some(base) = bases.pop_front() {
            remove(storage, dir, base)?;
        }
    }
    // Segments that were begun and never written to: the one before them goes on.
    let mut unused = Vec::new();
    // A segment is synced before the next one is begun.
    let safe_end = known.safe_end.max(bases.back().copied().unwrap_or(0));
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

    let found = read_all(storage, dir, &bases, known, safe_end)?;
    let mut recovered = Recovered { start: 0, end: found.end, segments: found.segments, torn: None, bounds_bytes };
    let first = recovered.segments.front().map_or(recovered.end, |s| s.base_offset);
    // It may be newer than the records, if the machine went down.
    recovered.start = known.start.clamp(first, recovered.end);

    if let Some(last) = recovered.segments.back() {
        let path = dir.join(file_name(last.base_offset));
        if last.length < found.last_bytes {
            recovered.torn = Some(cut(storage, &path, id, last, found.last_bytes, recovered.end)?);
        }
        if let Some(position) = found.unsafe_from {
            // A process that was killed may have left it unsynced, and from here on it counts as
            // safe. After a sync that failed the system may show bytes that it will never write,
            // unless they are written once more.
            storage.write_again(&path, position).map_err(|e| failed(&path, e))?;
            storage.sync_dir(dir).map_err(|e| failed(dir, e))?;
        } else if found.last_bytes == 0 {
            // Whoever made it may have failed to make its name safe, and records follow.
            storage.sync_dir(dir).map_err(|e| failed(dir, e))?;
        }
    }
    for base in unused {
        remove(storage, dir, base)?;
    }
    let now = Bounds { start: recovered.start, safe_end: recovered.end };
    if now != known || bounds_bytes == 0 || !bounds_bytes.is_multiple_of(bounds::ENTRY_BYTES) {
        bounds::write(storage, dir, now)?;
        recovered.bounds_bytes = bounds::ENTRY_BYTES;
    }
    Ok(recovered)
}

fn remove(storage: &dyn Storage, dir: &Path, base: i64) -> Result<(), BrokerError> {
    let path = dir.join(file_name(base));
    storage.remove(&path).map_err(|e| failed(&path, e))
}

/// Reads and checks the segments; an error if something is missing or damaged that was safe.
fn read_all(storage: &dyn Storage, dir: &Path, bases: &VecDeque<i64>, known: Bounds, safe_end: i64) -> Result<Found, BrokerError> {
    let Some(&first) = bases.front() else {
        if safe_end > 0 {
            let reason = format!("the records before offset {safe_end} had been made safe, and there is no segment file");
            return Err(failed(dir, reason));
        }
        return Ok(Found::default());
    };
    if first > known.start {
        let path = dir.join(file_name(first));
        let reason = format!("the records from offset {} on are missing: this is the first file, and they were not deleted", known.start);
        return Err(failed(&path, reason));
    }
    let mut found = Found { end: first, ..Found::default() };
    for &base in bases {
        let path = dir.join(file_name(base));
        if base != found.end {
            let reason = format!("the records from offset {} on are missing: the file before this one ends there", found.end);
            return Err(failed(&path, reason));
        }
        let bytes = storage.read(&path).map_err(|e| failed(&path, e))?;
        scan(&bytes, base, &path, known.safe_end, safe_end, &mut found)?;
        found.last_bytes = bytes.len() as u64;
    }
    if found.end < safe_end {
        let path = dir.join(file_name(*bases.back().unwrap_or(&first)));
        let reason = format!(
            "the records from offset {} to {safe_end} are missing, which had been made safe: the end of this file, or the file after it",
            found.end
        );
        return Err(failed(&path, reason));
    }
    Ok(found)
}

/// Takes the batches of a segment. What follows the last whole one is a torn end, unless it was
/// safe.
fn scan(bytes: &[u8], base: i64, path: &Path, noted_end: i64, safe_end: i64, found: &mut Found) -> Result<(), BrokerError> {
    let mut segment = Segment::new(base);
    let mut at = 0;
    found.unsafe_from = None;
    while at < bytes.len() {
        let end = found.end;
        let batch = match batch::read(bytes, at) {
            Some(batch) if batch.base_offset == end => batch,
            _ if end >= safe_end => break,
            wrong => {
                let what = match (wrong, batch::unknown_version(bytes, at)) {
                    (Some(batch), _) => format!("the batch at byte {at} begins with offset {} instead of {end}", batch.base_offset),
                    (None, Some(version)) => {
                        format!("the batch at byte {at} (offset {end}) is damaged, or of an unknown version {version}")
                    }
                    (None, None) => format!("the batch at byte {at} (offset {end}) is damaged"),
                };
                let reason = format!("{what}; the records before offset {safe_end} had been made safe, so this is no torn end");
                return Err(failed(path, reason));
            }
        };
        if batch.next_offset > noted_end && found.unsafe_from.is_none() {
            found.unsafe_from = Some(at as u64);
        }
        segment.add(end, batch.max_timestamp_ms, (batch.next - at) as u64);
        found.end = batch.next_offset;
        at = batch.next;
    }
    found.segments.push_back(segment);
    Ok(())
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
