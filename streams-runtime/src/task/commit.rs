//! The commit of a task, in its two halves, and what has to leave before it.

use super::{Input, Task};
use crate::broker::{CommitOffset, Producer};
use crate::context::Context;
use crate::error::{ErrorKind, TaskError};
use crate::node::Signal;
use crate::stores::StoreError;

/// What the stores of a task may hold back together until the commit; more makes the commit come
/// early.
const OVERLAY_MAX_BYTES: usize = 64 * 1024 * 1024;

impl Task {
    /// Bytes that the stores hold back until the commit. Many tasks hold back many times as much:
    /// who runs several may want to commit before one of them does.
    pub fn uncommitted_bytes(&self) -> usize {
        self.cx.stores.iter().map(|store| store.uncommitted_bytes()).sum()
    }

    /// Whether so much waits for the commit that it should come early.
    pub(super) fn overlays_are_full(&self) -> bool {
        self.uncommitted_bytes() > OVERLAY_MAX_BYTES
    }

    pub(super) fn flush_full_caches(&mut self) -> Result<(), Box<TaskError>> {
        let (mut forwarding, mut quiet) = (false, false);
        for store in self.cx.stores.iter_mut().filter(|s| s.is_full()) {
            if store.forwards() { forwarding = true } else { quiet = true }
        }
        if forwarding {
            self.cx.leave_record();
            self.signal(&mut Signal::Flush)?;
        }
        if quiet {
            self.flush_quiet_stores()?;
        }
        Ok(())
    }

    fn flush_quiet_stores(&mut self) -> Result<(), Box<TaskError>> {
        let Context { stores, out, .. } = &mut self.cx;
        let result: Result<(), StoreError> = stores.iter_mut().try_for_each(|store| store.flush_quietly(out));
        result.map_err(|e| self.cx.store_error("store", e))
    }

    /// First half of a commit: everything cached goes downstream, to the changelogs and to the
    /// producer. Returns the offsets to commit once all of that is acknowledged.
    ///
    /// # Errors
    /// When the task has to stop.
    pub fn prepare_commit(&mut self) -> Result<Vec<CommitOffset>, Box<TaskError>> {
        self.cx.leave_record();
        self.signal(&mut Signal::Flush)?;
        self.flush_quiet_stores()?;
        self.cx.hand_over().map_err(|e| self.cx.produce_error("output", e))?;
        let times = self.times();
        Ok(self.inputs.iter().filter_map(|input| input.uncommitted(&times)).collect())
    }

    /// Between the halves, when all that was handed over is acknowledged: the changelogs are told
    /// of rows that are gone since they have become results. Earlier, a crash could lose such a
    /// result and the row with it. Whether anything was written, which has to be acknowledged as
    /// well.
    ///
    /// # Errors
    /// When the producer takes nothing.
    pub fn tell_gone(&mut self) -> Result<bool, Box<TaskError>> {
        let Context { stores, out, .. } = &mut self.cx;
        let mut written = false;
        for store in stores.iter_mut() {
            written |= store.flush_gone(out);
        }
        self.cx.hand_over().map_err(|e| self.cx.produce_error("store", e))?;
        Ok(written)
    }

    /// Second half, after the offsets are committed: what the stores hold back goes to their
    /// backends, with the changelog offsets it is equal to. In this order a backend is never ahead
    /// of what is committed.
    ///
    /// # Errors
    /// When a store fails.
    pub fn finish_commit(&mut self, producer: &dyn Producer) -> Result<(), Box<TaskError>> {
        for input in &mut self.inputs {
            input.committed();
        }
        let (inputs, partition) = (&self.inputs, self.id.partition);
        let read_up_to = |topic: &str| {
            let read = inputs.iter().find(|input| *input.partition().topic == *topic && input.partition().partition == partition);
            read.map(Input::consumed)
        };
        let result: Result<(), StoreError> = self.cx.stores.iter_mut().try_for_each(|store| {
            let written = match store.source() {
                Some(topic) => read_up_to(topic),
                None => store.changelog().and_then(|(topic, partition)| producer.acknowledged_end(topic, partition)),
            };
            // A store that is ahead of what this task has written, since it was restored further,
            // is not put back.
            match written.max(store.position()) {
                Some(position) => store.commit(position),
                None if store.uncommitted_rows() > 0 => store.commit(0),
                None => Ok(()),
            }
        });
        result.map_err(|e| self.cx.error(ErrorKind::Store, "commit", e.into()))
    }
}
