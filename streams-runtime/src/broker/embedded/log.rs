//! One partition: its records in order, in memory, and in segment files if the log is durable.

mod read;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use super::batch;
use super::chunk::{CHUNK_BYTES, Chunk, Mark};
use super::options::{EmbeddedOptions, FsyncPolicy};
use super::recovery::Recovered;
use super::segment::{Piece, Segments};
use super::signal::{Signal, lock};
use super::storage::{Storage, failed};
use crate::broker::{BrokerError, TopicPartition};
use crate::record::RecordRef;

pub(super) use read::Cursor;

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
    synced_at: Duration,
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
        options.monotonic_clock.elapsed().saturating_sub(disk.synced_at) >= Duration::from_millis(interval_ms)
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
        let disk = Disk { segments, synced_at: options.monotonic_clock.elapsed(), tail_bytes: 0, buffer: Vec::new(), pieces: Vec::new() };
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
            disk.synced_at = self.options.monotonic_clock.elapsed();
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
