//! One partition: its records in order, in memory, and in segment files if the log is durable.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, Weak};

use super::chunk::{CHUNK_BYTES, Chunk};
use super::signal::{Signal, lock};
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
        Cursor {
            offset,
            held: None,
            chunk_base: -1,
            byte: 0,
        }
    }

    fn copy(&mut self, chunk: &Chunk, max: usize, into: &mut RecordBatch) -> usize {
        let from = if self.chunk_base == chunk.base_offset {
            self.byte
        } else {
            0
        };
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
}

/// Where the next records of a reader are.
enum Source {
    End,
    Copied(usize),
    Chunk(Arc<Chunk>),
}

impl State {
    /// The closed chunk with this offset.
    fn find_closed(&self, offset: i64) -> Option<&Arc<Chunk>> {
        let after = self.closed.partition_point(|c| c.base_offset <= offset);
        let chunk = self.closed.get(after.checked_sub(1)?)?;
        (offset < chunk.next_offset).then_some(chunk)
    }
}

impl PartitionLog {
    pub(super) fn in_memory(id: TopicPartition) -> Self {
        PartitionLog {
            id,
            state: Mutex::new(State {
                start: 0,
                closed: VecDeque::new(),
                active: Chunk::new(0),
                readers: Vec::new(),
            }),
            end: AtomicI64::new(0),
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
    pub(super) fn append<'a>(
        &self,
        records: impl Iterator<Item = RecordRef<'a>>,
        stamp_ms: Option<i64>,
    ) -> Result<i64, BrokerError> {
        let mut state = lock(&self.state);
        let state = &mut *state;
        for record in records {
            if state.active.bytes.len() >= CHUNK_BYTES {
                let next = Chunk::new(state.active.next_offset);
                let full = std::mem::replace(&mut state.active, next);
                state.closed.push_back(Arc::new(full));
            }
            state
                .active
                .push(&record, stamp_ms.unwrap_or(record.timestamp_ms));
        }
        let end = state.active.next_offset;
        self.end.store(end, Ordering::Release);
        for reader in &state.readers {
            if let Some(signal) = reader.upgrade() {
                signal.raise();
            }
        }
        Ok(end)
    }

    /// Makes what was written safe, as the fsync policy has it.
    pub(super) fn flush(&self) -> Result<(), BrokerError> {
        Ok(())
    }

    /// Whether the records before `end` are as safe as the fsync policy makes them.
    pub(super) fn is_durable_to(&self, _end: i64) -> bool {
        true
    }

    /// Copies up to `max` records from the cursor on, and moves it. Returns how many, and the end of the partition.
    pub(super) fn read(
        &self,
        cursor: &mut Cursor,
        max: usize,
        into: &mut RecordBatch,
    ) -> Result<(usize, i64), BrokerError> {
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
            }
        }
    }

    fn next_source(
        &self,
        cursor: &mut Cursor,
        max: usize,
        into: &mut RecordBatch,
    ) -> Result<(Source, i64), BrokerError> {
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
        match state.find_closed(cursor.offset) {
            Some(chunk) => Ok((Source::Chunk(chunk.clone()), end)),
            None => Err(self.out_of_range(cursor.offset, state.start)),
        }
    }

    fn out_of_range(&self, offset: i64, earliest: i64) -> BrokerError {
        BrokerError::OffsetOutOfRange {
            partition: self.id.clone(),
            offset,
            earliest,
        }
    }

    /// The first offset with at least this timestamp; the end if there is none.
    pub(super) fn find_timestamp(&self, timestamp_ms: i64) -> Result<i64, BrokerError> {
        let state = lock(&self.state);
        let start = state.start;
        for chunk in &state.closed {
            if let Some(offset) = chunk.find_timestamp(start, timestamp_ms) {
                return Ok(offset);
            }
        }
        Ok(state
            .active
            .find_timestamp(start, timestamp_ms)
            .unwrap_or(state.active.next_offset))
    }

    /// Deletes the records before this offset.
    pub(super) fn delete_before(&self, offset: i64) -> Result<(), BrokerError> {
        let mut state = lock(&self.state);
        if offset > state.active.next_offset {
            return Err(self.out_of_range(offset, state.start));
        }
        if offset <= state.start {
            return Ok(());
        }
        state.start = offset;
        while state
            .closed
            .front()
            .is_some_and(|c| c.next_offset <= offset)
        {
            state.closed.pop_front();
        }
        if state.active.next_offset == offset && !state.active.is_empty() {
            state.active = Chunk::new(offset);
        }
        Ok(())
    }
}
