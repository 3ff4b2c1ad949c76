//! One partition: its records in order, in memory, and in segment files if the log is durable.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, Weak};

use super::batch;
use super::chunk::{CHUNK_BYTES, Chunk, Mark};
use super::options::{EmbeddedOptions, FsyncPolicy};
use super::recovery::Recovered;
use super::segment::{Piece, Place, Segments, read_place};
use super::signal::{Signal, lock};
use super::storage::{Storage, failed};
use crate::broker::{BrokerError, TopicPartition};
use crate::record::{RecordBatch, RecordRef};

/// Where a reader is. It remembers the place of its next record, so that reading on needs no search.
#[derive(Debug, Default)]
pub(super) struct Cursor {
    pub(super) offset: i64,
    /// The chunk that was read last, if it is closed.
    held: Option<Arc<Chunk>>,
    /// Base offset of the chunk that `byte` belongs to.
    chunk_base: i64,
    byte: usize,
}

impl Cursor {
    pub(super) fn new(offset: i64) -> Self {
        Cursor { offset, held: None, chunk_base: -1, byte: 0 }
    }

    fn copy(&mut self, chunk: &Chunk, max: usize, into: &mut RecordBatch) -> usize {
        let from = if self.chunk_base == chunk.base_offset { self.byte } else { 0 };
        let (copied, byte) = chunk.copy(from, self.offset, max, into);
        self.chunk_base = chunk.base_offset;
        self.byte = byte;
        self.offset += copied as i64;
        copied
    }
}

#[derive(Debug)]
pub(super) struct PartitionLog {
    pub(super) id: TopicPartition,
    options: EmbeddedOptions,
    state: Mutex<State>,
    /// `state.active.next_offset`, to be looked at without the lock.
    end: AtomicI64,
}

#[derive(Debug)]
struct State {
    start: i64,
    /// Closed chunks, oldest first.
    closed: VecDeque<Arc<Chunk>>,
    active: Chunk,
    readers: Vec<Weak<Signal>>,
    disk: Option<Disk>,
}

/// What a durable partition has besides memory.
#[derive(Debug)]
struct Disk {
    segments: Segments,
    synced_at_ms: i64,
    /// Bytes in the closed chunks.
    tail_bytes: usize,
    /// Batches that are being made.
    buffer: Vec<u8>,
    pieces: Vec<Piece>,
}

impl Disk {
    /// Makes a batch of what was pushed to a chunk since the mark.
    fn take(&mut self, chunk: &Chunk, mark: Mark, max_timestamp_ms: i64) {
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

/// Where the next records of a reader are.
enum Source {
    End,
    Copied(usize),
    Chunk(Arc<Chunk>),
    File(Arc<dyn Storage>, Place),
}

impl State {
    /// Takes back an append that failed. No reader has seen it: the lock was held all the time.
    fn roll_back(&mut self, mark: Mark, closed: usize) {
        if self.closed.len() > closed
            && let Some(original) = self.closed.drain(closed..).next()
            && let Ok(original) = Arc::try_unwrap(original)
        {
            self.active = original;
        }
        self.active.roll_back(mark);
    }

    /// Counts the chunks that were closed, and drops the oldest while there are too many bytes: they are in the files.
    fn shed(&mut self, closed_before: usize, limit: usize) {
        let Some(disk) = &mut self.disk else {
            return;
        };
        for chunk in self.closed.range(closed_before..) {
            disk.tail_bytes += chunk.bytes.len();
        }
        while disk.tail_bytes > limit
            && let Some(oldest) = self.closed.pop_front()
        {
            disk.tail_bytes -= oldest.bytes.len();
        }
    }

    /// The first offset that can be read without a file.
    fn first_in_memory(&self) -> i64 {
        self.closed.front().map_or(self.active.base_offset, |c| c.base_offset)
    }

    fn is_sync_due(&self, options: &EmbeddedOptions, interval_ms: u64) -> bool {
        let Some(disk) = &self.disk else {
            return false;
        };
        let elapsed_ms = options.clock.now_ms().saturating_sub(disk.synced_at_ms);
        u64::try_from(elapsed_ms).is_ok_and(|e| e >= interval_ms)
    }

    /// The closed chunk with this offset.
    fn find_closed(&self, offset: i64) -> Option<&Arc<Chunk>> {
        let after = self.closed.partition_point(|c| c.base_offset <= offset);
        let chunk = self.closed.get(after.checked_sub(1)?)?;
        (offset < chunk.next_offset).then_some(chunk)
    }
}

impl PartitionLog {
    pub(super) fn in_memory(id: TopicPartition, options: &EmbeddedOptions) -> Self {
        Self::new(id, options, 0, 0, None)
    }

    pub(super) fn durable(
        id: TopicPartition,
        options: &EmbeddedOptions,
        storage: Arc<dyn Storage>,
        dir: PathBuf,
        recovered: Recovered,
    ) -> Self {
        let segments = Segments::new(storage, dir, options.segment_bytes, recovered.segments, recovered.end);
        let disk = Disk { segments, synced_at_ms: options.clock.now_ms(), tail_bytes: 0, buffer: Vec::new(), pieces: Vec::new() };
        Self::new(id, options, recovered.start, recovered.end, Some(disk))
    }

    fn new(id: TopicPartition, options: &EmbeddedOptions, start: i64, end: i64, disk: Option<Disk>) -> Self {
        PartitionLog {
            id,
            options: options.clone(),
            state: Mutex::new(State { start, closed: VecDeque::new(), active: Chunk::new(end), readers: Vec::new(), disk }),
            end: AtomicI64::new(end),
        }
    }

    /// The offset of the next record to be written.
    pub(super) fn end(&self) -> i64 {
        self.end.load(Ordering::Acquire)
    }

    /// The first offset that is there.
    pub(super) fn start(&self) -> i64 {
        lock(&self.state).start
    }

    /// Has `signal` raised whenever records arrive, as long as it lives.
    pub(super) fn watch(&self, signal: &Arc<Signal>) {
        let mut state = lock(&self.state);
        state.readers.retain(|r| r.strong_count() > 0);
        state.readers.push(Arc::downgrade(signal));
    }

    pub(super) fn unwatch(&self, signal: &Arc<Signal>) {
        let mut state = lock(&self.state);
        let gone = Arc::downgrade(signal);
        if let Some(at) = state.readers.iter().position(|r| r.ptr_eq(&gone)) {
            state.readers.swap_remove(at);
        }
    }

    /// Appends all records or none; returns the end after them. `stamp_ms` replaces their timestamps.
    pub(super) fn append<'a>(&self, records: impl Iterator<Item = RecordRef<'a>>, stamp_ms: Option<i64>) -> Result<i64, BrokerError> {
        let mut guard = lock(&self.state);
        let state = &mut *guard;
        let before = state.active.mark();
        let closed_before = state.closed.len();
        let mut mark = before;
        let mut max_timestamp_ms = i64::MIN;
        for record in records {
            if state.active.is_full() {
                if let Some(disk) = &mut state.disk {
                    disk.take(&state.active, mark, max_timestamp_ms);
                }
                let next = Chunk::new(state.active.next_offset);
                let full = std::mem::replace(&mut state.active, next);
                state.closed.push_back(Arc::new(full.close()));
                mark = state.active.mark();
                max_timestamp_ms = i64::MIN;
            }
            let timestamp_ms = stamp_ms.unwrap_or(record.timestamp_ms);
            max_timestamp_ms = max_timestamp_ms.max(timestamp_ms);
            state.active.push(&record, timestamp_ms);
        }
        let end = state.active.next_offset;
        if end == before.next_offset {
            return Ok(end);
        }
        if let Some(disk) = &mut state.disk {
            disk.take(&state.active, mark, max_timestamp_ms);
            let written = disk.segments.append(before.next_offset, &disk.buffer, &disk.pieces);
            disk.buffer.clear();
            disk.buffer.shrink_to(CHUNK_BYTES);
            disk.pieces.clear();
            if let Err(error) = written {
                state.roll_back(before, closed_before);
                return Err(error);
            }
            state.shed(closed_before, self.options.tail_bytes);
        }
        self.end.store(end, Ordering::Release);
        for reader in &state.readers {
            if let Some(signal) = reader.upgrade() {
                signal.raise();
            }
        }
        let is_due = match self.options.fsync {
            FsyncPolicy::EveryWrite => true,
            FsyncPolicy::Interval { ms } => state.is_sync_due(&self.options, ms),
            FsyncPolicy::EveryFlush | FsyncPolicy::Never => false,
        };
        drop(guard);
        if is_due {
            self.sync()?;
        }
        Ok(end)
    }

    /// Makes what was written safe, as the fsync policy has it.
    pub(super) fn flush(&self) -> Result<(), BrokerError> {
        match self.options.fsync {
            FsyncPolicy::EveryFlush | FsyncPolicy::EveryWrite => self.sync(),
            FsyncPolicy::Never => Ok(()),
            FsyncPolicy::Interval { ms } => {
                if lock(&self.state).is_sync_due(&self.options, ms) {
                    self.sync()?;
                }
                Ok(())
            }
        }
    }

    /// Makes everything that was written safe. Others can write meanwhile.
    pub(super) fn sync(&self) -> Result<(), BrokerError> {
        let (file, end) = {
            let mut state = lock(&self.state);
            let end = state.active.next_offset;
            let Some(disk) = &mut state.disk else {
                return Ok(());
            };
            disk.synced_at_ms = self.options.clock.now_ms();
            match disk.segments.to_sync(end)? {
                Some(file) => (file, end),
                None => return Ok(()),
            }
        };
        // If a new segment was begun meanwhile, the old one, which this file is, was synced then.
        let synced = file.sync();
        let mut state = lock(&self.state);
        let Some(disk) = &mut state.disk else {
            return Ok(());
        };
        match synced {
            Ok(()) => {
                disk.segments.safe_end = disk.segments.safe_end.max(end);
                Ok(())
            }
            Err(error) => {
                // The system may have dropped what it could not write, and would report success the next time.
                disk.segments.break_off(&format!("a sync failed ({error})"));
                Err(failed(&disk.segments.dir, error))
            }
        }
    }

    /// Bytes of records in memory.
    #[cfg(test)]
    pub(super) fn memory_bytes(&self) -> usize {
        let state = lock(&self.state);
        let closed: usize = state.closed.iter().map(|c| c.bytes.capacity()).sum();
        closed + state.active.bytes.capacity()
    }

    /// Whether the records before `end` are as safe as the fsync policy makes them.
    pub(super) fn is_durable_to(&self, end: i64) -> bool {
        match self.options.fsync {
            FsyncPolicy::Interval { .. } | FsyncPolicy::Never => true,
            FsyncPolicy::EveryFlush | FsyncPolicy::EveryWrite => lock(&self.state).disk.as_ref().is_none_or(|d| d.segments.safe_end >= end),
        }
    }

    /// Copies up to `max` records from the cursor on, and moves it. Returns how many, and the end of the partition.
    pub(super) fn read(&self, cursor: &mut Cursor, max: usize, into: &mut RecordBatch) -> Result<(usize, i64), BrokerError> {
        let mut copied = 0;
        loop {
            let (source, end) = self.next_source(cursor, max - copied, into)?;
            match source {
                Source::End => return Ok((copied, end)),
                Source::Copied(count) => copied += count,
                Source::Chunk(chunk) => {
                    // Outside of the lock: writers need not wait while a reader copies old records.
                    let count = cursor.copy(&chunk, max - copied, into);
                    if count == 0 {
                        return Ok((copied, end));
                    }
                    copied += count;
                    cursor.held = Some(chunk);
                }
                Source::File(storage, place) => match read_place(&*storage, &place) {
                    Ok(chunk) => {
                        let count = cursor.copy(&chunk, max - copied, into);
                        if count == 0 {
                            let reason = format!("offset {} is not where it was", cursor.offset);
                            return Err(failed(&place.path, reason));
                        }
                        copied += count;
                        cursor.held = Some(Arc::new(chunk));
                    }
                    // Deleted between the look at the index and the reading of the file: the next look says so.
                    Err(_) if cursor.offset < self.start() => {}
                    Err(error) => return Err(failed(&place.path, error)),
                },
            }
        }
    }

    fn next_source(&self, cursor: &mut Cursor, max: usize, into: &mut RecordBatch) -> Result<(Source, i64), BrokerError> {
        let state = lock(&self.state);
        let end = state.active.next_offset;
        if cursor.offset < state.start || cursor.offset > end {
            return Err(self.out_of_range(cursor.offset, state.start));
        }
        if cursor.offset == end || max == 0 {
            return Ok((Source::End, end));
        }
        if cursor.offset >= state.active.base_offset {
            cursor.held = None;
            let count = cursor.copy(&state.active, max, into);
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

    fn out_of_range(&self, offset: i64, earliest: i64) -> BrokerError {
        BrokerError::OffsetOutOfRange { partition: self.id.clone(), offset, earliest }
    }

    /// The first offset with at least this timestamp; the end if there is none.
    pub(super) fn find_timestamp(&self, timestamp_ms: i64) -> Result<i64, BrokerError> {
        let (start, in_memory, before, files) = {
            let state = lock(&self.state);
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
                Err(_) if self.start() > start => continue,
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

    /// Deletes the records before this offset.
    pub(super) fn delete_before(&self, offset: i64) -> Result<(), BrokerError> {
        let mut guard = lock(&self.state);
        let state = &mut *guard;
        if offset > state.active.next_offset {
            return Err(self.out_of_range(offset, state.start));
        }
        if offset <= state.start {
            return Ok(());
        }
        if let Some(disk) = &mut state.disk {
            disk.segments.delete_before(offset)?;
        }
        state.start = offset;
        while let Some(oldest) = state.closed.front()
            && oldest.next_offset <= offset
        {
            if let Some(disk) = &mut state.disk {
                disk.tail_bytes -= oldest.bytes.len();
            }
            state.closed.pop_front();
        }
        if state.active.next_offset == offset && !state.active.is_empty() {
            state.active = Chunk::new(offset);
        }
        Ok(())
    }
}
