//! Consecutive records of a partition in one piece of memory.

use super::encoding;
use crate::record::{RecordBatch, RecordRef};

/// The size of a full chunk, unless its last record is large.
pub(super) const CHUNK_BYTES: usize = 256 * 1024;

/// What is left free, so that the last record of a chunk seldom makes its memory double.
const SPARE_BYTES: usize = 8 * 1024;

#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) base_offset: i64,
    pub(super) next_offset: i64,
    pub(super) max_timestamp_ms: i64,
    /// Encoded records, one after the other.
    pub(super) bytes: Vec<u8>,
}

/// How much a reader still takes: so many records and bytes, but one record of any size.
#[derive(Debug)]
pub(super) struct Room {
    records: usize,
    bytes: usize,
    took_one: bool,
    is_used_up: bool,
}

impl Room {
    pub(super) fn new(records: usize, bytes: usize) -> Self {
        Room { records, bytes, took_one: false, is_used_up: records == 0 }
    }

    /// Whether nothing more is taken.
    pub(super) fn is_used_up(&self) -> bool {
        self.is_used_up
    }

    fn take(&mut self, bytes: usize) -> bool {
        if self.is_used_up || (self.took_one && bytes > self.bytes) {
            self.is_used_up = true;
            return false;
        }
        self.took_one = true;
        self.bytes = self.bytes.saturating_sub(bytes);
        self.records -= 1;
        self.is_used_up = self.records == 0;
        true
    }
}

/// The state of a chunk before an append that may have to be taken back.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    pub(super) next_offset: i64,
    max_timestamp_ms: i64,
    pub(super) bytes: usize,
}

impl Chunk {
    pub(super) fn new(base_offset: i64) -> Self {
        Chunk { base_offset, next_offset: base_offset, max_timestamp_ms: i64::MIN, bytes: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() >= CHUNK_BYTES - SPARE_BYTES
    }

    /// Gives back memory that a closed chunk does not need.
    pub(super) fn close(mut self) -> Self {
        if self.bytes.capacity() - self.bytes.len() > 4 * SPARE_BYTES {
            self.bytes.shrink_to_fit();
        }
        self
    }

    pub(super) fn push(&mut self, record: &RecordRef<'_>, timestamp_ms: i64) {
        encoding::encode(&mut self.bytes, self.next_offset, timestamp_ms, record);
        self.next_offset += 1;
        self.max_timestamp_ms = self.max_timestamp_ms.max(timestamp_ms);
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { next_offset: self.next_offset, max_timestamp_ms: self.max_timestamp_ms, bytes: self.bytes.len() }
    }

    pub(super) fn roll_back(&mut self, mark: Mark) {
        self.bytes.truncate(mark.bytes);
        self.next_offset = mark.next_offset;
        self.max_timestamp_ms = mark.max_timestamp_ms;
    }

    /// Copies records from `offset` on while there is room; the first of them is looked for from
    /// byte `from` on. Returns how many, and the byte after the last.
    pub(super) fn copy(&self, from: usize, offset: i64, room: &mut Room, into: &mut RecordBatch) -> (usize, usize) {
        let mut at = from;
        let mut copied = 0;
        while let Some(record) = encoding::at(&self.bytes, at) {
            if record.offset >= offset {
                if !room.take(record.next - at) {
                    break;
                }
                if record.decode_into(into).is_none() {
                    break;
                }
                copied += 1;
            }
            at = record.next;
        }
        (copied, at)
    }

    /// The first offset from `from_offset` on with at least this timestamp.
    pub(super) fn find_timestamp(&self, from_offset: i64, timestamp_ms: i64) -> Option<i64> {
        if self.max_timestamp_ms < timestamp_ms {
            return None;
        }
        let mut at = 0;
        while let Some(record) = encoding::at(&self.bytes, at) {
            if record.offset >= from_offset && record.timestamp_ms >= timestamp_ms {
                return Some(record.offset);
            }
            at = record.next;
        }
        None
    }
}
