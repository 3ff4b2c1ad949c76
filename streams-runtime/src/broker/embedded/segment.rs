//! The files of one partition.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::batch;
use super::storage::{LogFile, Storage, failed};
use crate::broker::BrokerError;

/// So many bytes of a segment are found through one entry of its index, which is what a reader of
/// old records reads at once.
const SPAN_BYTES: u64 = 64 * 1024;

/// Some consecutive batches of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) base_offset: i64,
    pub(super) position: u64,
    pub(super) max_timestamp_ms: i64,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) base_offset: i64,
    pub(super) length: u64,
    pub(super) spans: Vec<Span>,
}

impl Segment {
    pub(super) fn new(base_offset: i64) -> Self {
        Segment { base_offset, length: 0, spans: Vec::new() }
    }

    /// Takes a batch of `bytes` into the index.
    pub(super) fn add(&mut self, base_offset: i64, max_timestamp_ms: i64, bytes: u64) {
        let position = self.length;
        self.length += bytes;
        match self.spans.last_mut() {
            Some(last) if position < last.position + SPAN_BYTES => {
                last.max_timestamp_ms = last.max_timestamp_ms.max(max_timestamp_ms);
            }
            _ => self.spans.push(Span { base_offset, position, max_timestamp_ms }),
        }
    }

    fn place(&self, dir: &Path, span: usize) -> Option<Place> {
        let start = self.spans.get(span)?.position;
        let end = self.spans.get(span + 1).map_or(self.length, |s| s.position);
        Some(Place { path: dir.join(file_name(self.base_offset)), position: start, length: usize::try_from(end - start).ok()? })
    }
}

/// Where the batches of a span are.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) path: PathBuf,
    pub(super) position: u64,
    pub(super) length: usize,
}

/// A batch that is to be written.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) base_offset: i64,
    pub(super) max_timestamp_ms: i64,
    pub(super) bytes: u64,
}

pub(super) fn file_name(base_offset: i64) -> String {
    format!("{base_offset:020}.log")
}

/// The base offset in a segment's name.
pub(super) fn base_offset_of(name: &str) -> Option<i64> {
    let digits = name.strip_suffix(".log")?;
    (digits.len() == 20 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

/// Name of the file in which version 1 had the first offset, and a checksum.
pub(super) const OLD_START_FILE: &str = "start-offset";

/// The segment files of a partition. All methods are called under the partition's lock.
#[derive(Debug)]
pub(super) struct Segments {
    pub(super) storage: Arc<dyn Storage>,
    pub(super) dir: PathBuf,
    segment_bytes: u64,
    /// Oldest first; the last one is written to.
    segments: VecDeque<Segment>,
    /// The last segment, once something was written since the log was opened.
    file: Option<Arc<dyn LogFile>>,
    /// Records before this offset are on the medium.
    pub(super) safe_end: i64,
    /// Why nothing can be written any more.
    broken: Option<String>,
}

impl Segments {
    pub(super) fn new(storage: Arc<dyn Storage>, dir: PathBuf, segment_bytes: u64, segments: VecDeque<Segment>, end: i64) -> Self {
        Segments { storage, dir, segment_bytes, segments, file: None, safe_end: end, broken: None }
    }

    /// From now on every write fails: what the file holds is not known any more.
    pub(super) fn break_off(&mut self, reason: &str) {
        self.broken = Some(format!("{reason}; the log must be opened again before it can be written"));
    }

    /// The file to be written to, and its segment.
    fn active(&mut self, end: i64) -> Result<Arc<dyn LogFile>, BrokerError> {
        if let Some(file) = &self.file {
            return Ok(file.clone());
        }
        let base = self.segments.back().map_or(end, |s| s.base_offset);
        let path = self.dir.join(file_name(base));
        let file = self.storage.append_to(&path).map_err(|e| failed(&path, e))?;
        if self.segments.is_empty() {
            self.storage.sync_dir(&self.dir).map_err(|e| failed(&self.dir, e))?;
            self.segments.push_back(Segment::new(base));
        }
        self.file = Some(file.clone());
        Ok(file)
    }

    /// Whether so many bytes belong into a new segment.
    pub(super) fn must_roll(&self, bytes: usize) -> bool {
        let length = self.segments.back().map_or(0, |s| s.length);
        length > 0 && length + bytes as u64 > self.segment_bytes
    }

    /// Closes the last segment and begins a new one at `end`. A closed segment is always safe, so
    /// that only the last one can have a torn end. No other sync of this partition may be going on.
    pub(super) fn roll(&mut self, end: i64) -> Result<(), BrokerError> {
        self.check()?;
        let old = self.active(end)?;
        if let Err(error) = old.sync() {
            self.break_off(&error.to_string());
            return Err(failed(&self.dir, error));
        }
        self.safe_end = end;
        let path = self.dir.join(file_name(end));
        let file = self.storage.append_to(&path).map_err(|e| failed(&path, e))?;
        if let Err(error) = self.storage.sync_dir(&self.dir) {
            // The old segment goes on; an empty one after it would have the wrong name by then.
            drop(file);
            if let Err(left) = self.storage.remove(&path) {
                self.break_off(&format!("a segment file that could not be used was left behind ({left})"));
            }
            return Err(failed(&path, error));
        }
        self.segments.push_back(Segment::new(end));
        self.file = Some(file);
        Ok(())
    }

    /// Writes batches that begin at offset `end`: all or none of them.
    pub(super) fn append(&mut self, end: i64, bytes: &[u8], pieces: &[Piece]) -> Result<(), BrokerError> {
        self.check()?;
        let file = self.active(end)?;
        let Some(segment) = self.segments.back_mut() else {
            return Err(failed(&self.dir, "there is no segment"));
        };
        if let Err(error) = file.append(bytes) {
            let path = self.dir.join(file_name(segment.base_offset));
            let length = segment.length;
            if let Err(cut) = file.truncate(length) {
                self.break_off(&format!("a partial write could not be cut off ({cut})"));
            }
            return Err(failed(&path, error));
        }
        for piece in pieces {
            segment.add(piece.base_offset, piece.max_timestamp_ms, piece.bytes);
        }
        Ok(())
    }

    /// What has to be synced to make the records before `end` safe; nothing if they are.
    pub(super) fn to_sync(&self, end: i64) -> Result<Option<Arc<dyn LogFile>>, BrokerError> {
        if self.safe_end >= end {
            return Ok(None);
        }
        self.check()?;
        Ok(self.file.clone())
    }

    /// Where the records from this offset on are.
    pub(super) fn find(&self, offset: i64) -> Option<Place> {
        let after = self.segments.partition_point(|s| s.base_offset <= offset);
        let segment = self.segments.get(after.checked_sub(1)?)?;
        let after = segment.spans.partition_point(|s| s.base_offset <= offset);
        segment.place(&self.dir, after.checked_sub(1)?)
    }

    /// The spans before offset `before` that have a record of at least this timestamp.
    pub(super) fn spans_with_timestamp(&self, timestamp_ms: i64, before: i64) -> Vec<Place> {
        let mut places = Vec::new();
        for segment in &self.segments {
            for (i, span) in segment.spans.iter().enumerate() {
                if span.max_timestamp_ms >= timestamp_ms && span.base_offset < before {
                    places.extend(segment.place(&self.dir, i));
                }
            }
        }
        places
    }

    /// Why nothing can be written any more, if that is so.
    pub(super) fn check(&self) -> Result<(), BrokerError> {
        match &self.broken {
            Some(reason) => Err(failed(&self.dir, reason)),
            None => Ok(()),
        }
    }

    /// Whether a whole segment lies before this offset.
    pub(super) fn has_before(&self, offset: i64) -> bool {
        self.segments.get(1).is_some_and(|next| next.base_offset <= offset)
    }

    /// Removes the segments before this offset. That they may go must be noted first: the note
    /// tells a deleted one from a lost one.
    pub(super) fn remove_before(&mut self, offset: i64) -> Result<(), BrokerError> {
        while self.has_before(offset) {
            if let Some(old) = self.segments.front() {
                let path = self.dir.join(file_name(old.base_offset));
                self.storage.remove(&path).map_err(|e| failed(&path, e))?;
            }
            self.segments.pop_front();
        }
        Ok(())
    }
}

/// Reads the first offset as version 1 noted it. A crash could leave a note that cannot be read.
pub(super) fn read_old_start(storage: &dyn Storage, dir: &Path) -> Option<i64> {
    let bytes = storage.read(&dir.join(OLD_START_FILE)).ok()?;
    let (offset, crc) = bytes.split_at_checked(8)?;
    (crc == crc32fast::hash(offset).to_be_bytes()).then(|| Some(i64::from_be_bytes(offset.try_into().ok()?))).flatten()
}

/// Reads the records of a span.
pub(super) fn read_place(storage: &dyn Storage, place: &Place) -> Result<super::chunk::Chunk, std::io::Error> {
    let bytes = storage.read_at(&place.path, place.position, place.length)?;
    batch::read_chunk(&bytes).ok_or_else(|| {
        std::io::Error::new(
            std::io::ErrorKind::InvalidData,
            format!("the batches from byte {} on are not as they were written (checksum)", place.position),
        )
    })
}
