//! The files of a partition, and the batches that are being made for them.

use std::sync::{Mutex, PoisonError, TryLockError};
use std::time::Duration;

use crate::broker::BrokerError;
use crate::broker::embedded::batch;
use crate::broker::embedded::bounds::{Bounds, BoundsFile};
use crate::broker::embedded::chunk::{CHUNK_BYTES, Chunk, Mark};
use crate::broker::embedded::segment::{Piece, Segments};

/// What a durable partition has besides memory.
#[derive(Debug)]
pub(super) struct Disk {
    pub(super) segments: Segments,
    pub(super) synced_at: Duration,
    /// Bytes in the closed chunks.
    pub(super) tail_bytes: usize,
    /// Batches that are being made.
    buffer: Vec<u8>,
    pieces: Vec<Piece>,
}

impl Disk {
    pub(super) fn new(segments: Segments, synced_at: Duration) -> Self {
        Disk { segments, synced_at, tail_bytes: 0, buffer: Vec::new(), pieces: Vec::new() }
    }

    /// Makes a batch of what was pushed to a chunk since the mark.
    pub(super) fn take(&mut self, chunk: &Chunk, mark: Mark, max_timestamp_ms: i64) {
        let records = &chunk.bytes[mark.bytes..];
        if records.is_empty() {
            return;
        }
        let before = self.buffer.len();
        let count = (chunk.next_offset - mark.next_offset) as u32;
        batch::write(&mut self.buffer, mark.next_offset, count, max_timestamp_ms, records);
        self.pieces.push(Piece { base_offset: mark.next_offset, max_timestamp_ms, bytes: (self.buffer.len() - before) as u64 });
    }
}

/// What became of a write.
pub(super) enum Written {
    All,
    /// A new segment is to be begun, and somebody is syncing. Nothing was written.
    NotMyTurn,
}

/// Notes bounds that are as true without the note.
pub(super) fn note(file: &mut BoundsFile, bounds: Bounds) {
    if let Err(error) = file.note(bounds) {
        tracing::debug!(%error, "could not note up to where a log is safe");
    }
}

impl Disk {
    /// Writes the batches that were made, which begin at offset `end`. Only whoever has the turn
    /// may begin a new segment.
    pub(super) fn write(
        &mut self,
        end: i64,
        start: i64,
        turn: Option<&mut Option<BoundsFile>>,
        turns: &Mutex<Option<BoundsFile>>,
    ) -> Result<Written, BrokerError> {
        let mut written = Ok(Written::All);
        if self.segments.must_roll(self.buffer.len()) {
            let mut taken = None;
            let turn = match (turn, turns.try_lock()) {
                (Some(turn), _) => Some(turn),
                (None, Ok(free)) => Some(&mut **taken.insert(free)),
                (None, Err(TryLockError::Poisoned(free))) => Some(&mut **taken.insert(PoisonError::into_inner(free))),
                (None, Err(TryLockError::WouldBlock)) => None,
            };
            written = match turn {
                None => Ok(Written::NotMyTurn),
                Some(bounds) => self.segments.roll(end).map(|()| {
                    if let Some(file) = bounds {
                        note(file, Bounds { start, safe_end: end });
                    }
                    Written::All
                }),
            };
        }
        if let Ok(Written::All) = written {
            written = self.segments.append(end, &self.buffer, &self.pieces).map(|()| Written::All);
        }
        self.buffer.clear();
        self.buffer.shrink_to(CHUNK_BYTES);
        self.pieces.clear();
        written
    }
}
