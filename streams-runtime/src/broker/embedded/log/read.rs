//! Reading a partition: from memory where it can be had there, else from a segment.

use std::sync::Arc;

use super::PartitionLog;
use crate::broker::BrokerError;
use crate::broker::embedded::chunk::{Chunk, Room};
use crate::broker::embedded::segment::{Place, read_place};
use crate::broker::embedded::signal::lock;
use crate::broker::embedded::storage::{Storage, failed};
use crate::record::RecordBatch;

/// Where a reader is. It remembers the place of its next record, so that reading on needs no
/// search.
#[derive(Debug, Default)]
pub(in crate::broker::embedded) struct Cursor {
    pub(in crate::broker::embedded) offset: i64,
    /// The chunk that was read last, if it is closed.
    held: Option<Arc<Chunk>>,
    /// Base offset of the chunk that `byte` belongs to.
    chunk_base: i64,
    byte: usize,
}

impl Cursor {
    pub(in crate::broker::embedded) fn new(offset: i64) -> Self {
        Cursor { offset, held: None, chunk_base: -1, byte: 0 }
    }

    fn copy(&mut self, chunk: &Chunk, room: &mut Room, into: &mut RecordBatch) -> usize {
        let from = if self.chunk_base == chunk.base_offset { self.byte } else { 0 };
        let (copied, byte) = chunk.copy(from, self.offset, room, into);
        self.chunk_base = chunk.base_offset;
        self.byte = byte;
        self.offset += copied as i64;
        copied
    }
}

/// Where the next records of a reader are.
enum Source {
    End,
    Copied(usize),
    Chunk(Arc<Chunk>),
    File(Arc<dyn Storage>, Place),
}

impl PartitionLog {
    /// Copies records from the cursor on while there is room, and moves it. Returns how many, and
    /// the end of the partition.
    pub(in crate::broker::embedded) fn read(
        &self,
        cursor: &mut Cursor,
        mut room: Room,
        into: &mut RecordBatch,
    ) -> Result<(usize, i64), BrokerError> {
        let mut copied = 0;
        loop {
            let (source, end) = self.next_source(cursor, &mut room, into)?;
            match source {
                Source::End | Source::Copied(0) => return Ok((copied, end)),
                Source::Copied(count) => copied += count,
                Source::Chunk(chunk) => {
                    // Outside of the lock: writers need not wait while a reader copies old records.
                    let count = cursor.copy(&chunk, &mut room, into);
                    if count == 0 {
                        return Ok((copied, end));
                    }
                    copied += count;
                    cursor.held = Some(chunk);
                }
                Source::File(storage, place) => match read_place(&*storage, &place) {
                    Ok(chunk) => {
                        let count = cursor.copy(&chunk, &mut room, into);
                        if count == 0 && !room.is_used_up() {
                            let reason = format!("offset {} is not where it was", cursor.offset);
                            return Err(failed(&place.path, reason));
                        }
                        copied += count;
                        cursor.held = Some(Arc::new(chunk));
                    }
                    // Deleted between the look at the index and the reading of the file: the next
                    // look says so.
                    Err(_) if self.is_gone(cursor.offset) => {}
                    Err(error) => return Err(failed(&place.path, error)),
                },
            }
        }
    }

    fn next_source(&self, cursor: &mut Cursor, room: &mut Room, into: &mut RecordBatch) -> Result<(Source, i64), BrokerError> {
        let state = lock(&self.state);
        self.check_there(&state)?;
        let end = state.active.next_offset;
        if cursor.offset < state.start || cursor.offset > end {
            return Err(self.out_of_range(cursor.offset, state.start));
        }
        if cursor.offset == end || room.is_used_up() {
            return Ok((Source::End, end));
        }
        if cursor.offset >= state.active.base_offset {
            cursor.held = None;
            let count = cursor.copy(&state.active, room, into);
            return Ok((Source::Copied(count), end));
        }
        if let Some(held) = &cursor.held
            && held.base_offset <= cursor.offset
            && cursor.offset < held.next_offset
        {
            return Ok((Source::Chunk(held.clone()), end));
        }
        if let Some(chunk) = state.find_closed(cursor.offset) {
            return Ok((Source::Chunk(chunk.clone()), end));
        }
        let disk = state.disk.as_ref();
        match disk.and_then(|d| Some((d.segments.storage.clone(), d.segments.find(cursor.offset)?))) {
            Some((storage, place)) => Ok((Source::File(storage, place), end)),
            None => Err(self.out_of_range(cursor.offset, state.start)),
        }
    }

    /// Whether a record was deleted.
    fn is_gone(&self, offset: i64) -> bool {
        let state = lock(&self.state);
        state.is_deleted || offset < state.start
    }

    pub(super) fn out_of_range(&self, offset: i64, earliest: i64) -> BrokerError {
        BrokerError::OffsetOutOfRange { partition: self.id.clone(), offset, earliest }
    }

    /// The first offset with at least this timestamp; the end if there is none.
    pub(in crate::broker::embedded) fn find_timestamp(&self, timestamp_ms: i64) -> Result<i64, BrokerError> {
        let (start, in_memory, before, files) = {
            let state = lock(&self.state);
            self.check_there(&state)?;
            let start = state.start;
            let chunks = state.closed.iter();
            let in_memory = chunks
                .filter_map(|chunk| chunk.find_timestamp(start, timestamp_ms))
                .next()
                .or_else(|| state.active.find_timestamp(start, timestamp_ms))
                .unwrap_or(state.active.next_offset);
            let before = state.first_in_memory();
            let files = state.disk.as_ref().map(|disk| {
                let places = disk.segments.spans_with_timestamp(timestamp_ms, before);
                (disk.segments.storage.clone(), places)
            });
            (start, in_memory, before, files)
        };
        let Some((storage, places)) = files else {
            return Ok(in_memory);
        };
        for place in places {
            let chunk = match read_place(&*storage, &place) {
                Ok(chunk) => chunk,
                // Deleted meanwhile.
                Err(_) if self.is_gone(start) => continue,
                Err(error) => return Err(failed(&place.path, error)),
            };
            if let Some(offset) = chunk.find_timestamp(start, timestamp_ms)
                && offset < before
            {
                return Ok(offset);
            }
        }
        Ok(in_memory)
    }
}
