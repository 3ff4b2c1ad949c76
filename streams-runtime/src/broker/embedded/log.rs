//! One partition: its records in order, in memory, and in segment files if the log is durable.

mod disk;
mod read;
mod safety;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use super::bounds::{Bounds, BoundsFile};
use super::chunk::{Chunk, Mark};
use super::options::{EmbeddedOptions, FsyncPolicy};
use super::recovery::Recovered;
use super::segment::Segments;
use super::signal::{Signal, lock};
use super::storage::Storage;
use crate::broker::{BrokerError, TopicPartition};
use crate::record::RecordRef;

use self::disk::{Disk, Written};
pub(super) use read::Cursor;

#[derive(Debug)]
pub(super) struct PartitionLog {
    pub(super) id: TopicPartition,
    options: EmbeddedOptions,
    state: Mutex<State>,
    /// Held by whoever syncs or deletes: one at a time, and before the lock of the state. Has the
    /// bounds of a durable partition.
    turn: Mutex<Option<BoundsFile>>,
    /// `state.active.next_offset`, to be looked at without the lock; -1 when the topic was deleted.
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
    /// The topic was deleted.
    is_deleted: bool,
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

    /// Counts the chunks that were closed, and drops the oldest while there are too many bytes:
    /// they are in the files.
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
        let bounds = Bounds { start: recovered.start, safe_end: recovered.end };
        let bounds = BoundsFile::new(storage.clone(), dir.clone(), bounds, recovered.bounds_bytes);
        let segments = Segments::new(storage, dir, options.segment_bytes, recovered.segments, recovered.end);
        let disk = Disk::new(segments, options.monotonic_clock.elapsed());
        Self::new(id, options, recovered.start, recovered.end, Some((disk, bounds)))
    }

    fn new(id: TopicPartition, options: &EmbeddedOptions, start: i64, end: i64, disk: Option<(Disk, BoundsFile)>) -> Self {
        let (disk, bounds) = disk.unzip();
        let active = Chunk::new(end);
        PartitionLog {
            id,
            options: options.clone(),
            state: Mutex::new(State { start, closed: VecDeque::new(), active, readers: Vec::new(), disk, is_deleted: false }),
            turn: Mutex::new(bounds),
            end: AtomicI64::new(end),
        }
    }

    /// The offset of the next record to be written; -1 when the topic was deleted.
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

    /// Appends all records or none; returns the end after them. `stamp_ms` replaces their
    /// timestamps.
    pub(super) fn append<'a, R>(&self, records: R, stamp_ms: Option<i64>) -> Result<i64, BrokerError>
    where
        R: Iterator<Item = RecordRef<'a>> + Clone,
    {
        let (end, sync_is_due) = match self.try_append(records.clone(), stamp_ms, None)? {
            Some(appended) => appended,
            // A new segment is to be begun while a sync is going on, which holds the turn and may
            // need the lock of the state.
            None => {
                let mut turn = lock(&self.turn);
                self.try_append(records, stamp_ms, Some(&mut turn))?.ok_or_else(|| self.failure("two syncs at once"))?
            }
        };
        if sync_is_due {
            self.sync_to(end)?;
        }
        Ok(end)
    }

    /// `None` if the turn is needed and somebody has it. Else the end, and whether a sync is due.
    fn try_append<'a>(
        &self,
        records: impl Iterator<Item = RecordRef<'a>>,
        stamp_ms: Option<i64>,
        turn: Option<&mut Option<BoundsFile>>,
    ) -> Result<Option<(i64, bool)>, BrokerError> {
        let mut guard = lock(&self.state);
        let state = &mut *guard;
        self.check_there(state)?;
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
            return Ok(Some((end, false)));
        }
        if let Some(disk) = &mut state.disk {
            disk.take(&state.active, mark, max_timestamp_ms);
            match disk.write(before.next_offset, state.start, turn, &self.turn) {
                Ok(Written::All) => state.shed(closed_before, self.options.tail_bytes),
                Ok(Written::NotMyTurn) => {
                    state.roll_back(before, closed_before);
                    return Ok(None);
                }
                Err(error) => {
                    state.roll_back(before, closed_before);
                    return Err(error);
                }
            }
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
        Ok(Some((end, is_due)))
    }

    /// Makes what was written safe, as the fsync policy has it.
    pub(super) fn flush(&self) -> Result<(), BrokerError> {
        self.flush_to(self.end())
    }

    /// The same for the records before `end`.
    pub(super) fn flush_to(&self, end: i64) -> Result<(), BrokerError> {
        match self.options.fsync {
            FsyncPolicy::EveryFlush | FsyncPolicy::EveryWrite => self.sync_to(end),
            FsyncPolicy::Never => Ok(()),
            FsyncPolicy::Interval { ms } => {
                if lock(&self.state).is_sync_due(&self.options, ms) {
                    self.sync_to(end)?;
                }
                Ok(())
            }
        }
    }

    fn failure(&self, reason: &str) -> BrokerError {
        BrokerError::Other { what: format!("writing to {}", self.id), reason: reason.to_owned(), fatal: false }
    }

    fn check_there(&self, state: &State) -> Result<(), BrokerError> {
        match state.is_deleted {
            true => Err(BrokerError::UnknownTopic { topic: self.id.topic.to_string() }),
            false => Ok(()),
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
}
