//! What waits for the medium or takes records away: syncs and deletions. They have turns.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

use super::PartitionLog;
use super::disk::note;
use crate::broker::BrokerError;
use crate::broker::embedded::bounds::{Bounds, BoundsFile};
use crate::broker::embedded::chunk::Chunk;
use crate::broker::embedded::signal::lock;
use crate::broker::embedded::storage::{LogFile, failed};

impl PartitionLog {
    /// Makes the records before `end` safe. Others can write meanwhile; those who sync too wait for
    /// their turn, since a system tells a failure to write to one of them only.
    pub(super) fn sync_to(&self, end: i64) -> Result<(), BrokerError> {
        if self.to_sync(end)?.is_none() {
            return Ok(());
        }
        let mut turn = lock(&self.turn);
        // Whoever had the turn before may have synced these as well.
        let Some((file, start, end)) = self.to_sync(end)? else {
            return Ok(());
        };
        let synced = file.sync();
        let mut state = lock(&self.state);
        let Some(disk) = &mut state.disk else {
            return Ok(());
        };
        match synced {
            Ok(()) => disk.segments.safe_end = disk.segments.safe_end.max(end),
            Err(error) => {
                // The system may have dropped what it could not write, and would report success the
                // next time.
                disk.segments.break_off(&format!("a sync failed ({error})"));
                return Err(failed(&disk.segments.dir, error));
            }
        }
        let bounds = Bounds { start, safe_end: disk.segments.safe_end };
        drop(state);
        if let Some(file) = &mut *turn {
            note(file, bounds);
        }
        Ok(())
    }

    /// The file that has to be synced to make the records before `end` safe, the first offset, and
    /// the end of what the sync is for.
    #[expect(clippy::type_complexity)]
    fn to_sync(&self, end: i64) -> Result<Option<(Arc<dyn LogFile>, i64, i64)>, BrokerError> {
        let mut state = lock(&self.state);
        self.check_there(&state)?;
        let (start, all) = (state.start, state.active.next_offset);
        let Some(disk) = &mut state.disk else {
            return Ok(None);
        };
        let Some(file) = disk.segments.to_sync(end)? else {
            return Ok(None);
        };
        disk.synced_at = self.options.monotonic_clock.elapsed();
        Ok(Some((file, start, all)))
    }

    /// Makes everything safe, and the bounds too, before the log is closed.
    pub(in crate::broker::embedded) fn close(&self) -> Result<(), BrokerError> {
        self.sync_to(self.end())?;
        lock(&self.turn).as_mut().map_or(Ok(()), BoundsFile::close)
    }

    /// Deletes the records before this offset.
    pub(in crate::broker::embedded) fn delete_before(&self, offset: i64) -> Result<(), BrokerError> {
        let mut turn = lock(&self.turn);
        let mut guard = lock(&self.state);
        let state = &mut *guard;
        self.check_there(state)?;
        if offset > state.active.next_offset {
            return Err(self.out_of_range(offset, state.start));
        }
        if offset <= state.start {
            return Ok(());
        }
        if let (Some(disk), Some(file)) = (&mut state.disk, &mut *turn) {
            disk.segments.check()?;
            let bounds = Bounds { start: offset, safe_end: disk.segments.safe_end };
            // Unsynced the note may be lost in a crash, and deleted records come back, to be
            // deleted again.
            if disk.segments.has_before(offset) {
                file.replace(bounds)?
            } else {
                file.note(bounds)?
            }
            disk.segments.remove_before(offset)?;
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

    /// The topic was deleted: whoever still has this partition is told so. Its files belong to
    /// nobody any more.
    pub(in crate::broker::embedded) fn delete(&self) {
        let _turn = lock(&self.turn);
        let mut state = lock(&self.state);
        state.is_deleted = true;
        state.disk = None;
        state.closed.clear();
        state.active = Chunk::new(state.active.next_offset);
        self.end.store(-1, Ordering::Release);
        for signal in state.readers.iter().filter_map(Weak::upgrade) {
            signal.raise();
        }
    }
}
