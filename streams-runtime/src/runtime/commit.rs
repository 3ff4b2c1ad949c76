//! The commit, in an order that may not change:
//!
//! 1. every task flushes its caches: changes go downstream, to the changelogs, and wait in the overlays of the stores;
//! 2. the producer is flushed: all results and changelog records are acknowledged. Before that no offset may be committed, or a crash
//!    would lose results. Only then do the changelogs hear of rows that are gone since they have become results, with a flush of its own;
//! 3. the offsets are committed. A crash before this repeats records: at least once;
//! 4. the overlays go to the stores' backends, with the changelog offsets they are equal to. Not earlier, or a store could be ahead of
//!    what is committed; a crash before this costs only reading the tail of the changelog.

use std::time::{Duration, Instant};

use super::error::Error;
use super::shared::lock;
use super::worker::{Worker, later};
use crate::broker::{BrokerError, CommitOffset};
use crate::context::settle_refused;
use crate::error::TaskError;

/// How long one attempt waits for acknowledgements before other work has its turn.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(5);

/// What an attempt to commit came to.
#[derive(Debug)]
pub(super) enum Outcome {
    /// There was nothing to commit, or it is the business of others by now.
    Nothing,
    /// Everything done so far is committed.
    Committed,
    /// Results or rows of changelogs are still on their way.
    Unacknowledged(BrokerError),
    /// All is acknowledged, but the broker does not take the offsets for now. Nothing is lost: the
    /// next attempt carries on.
    Deferred(BrokerError),
}

impl Worker {
    /// Commits everything done so far.
    pub(super) fn commit(&mut self) -> Result<Outcome, Error> {
        self.next_commit = later(Instant::now(), self.shared.config.commit_interval);
        self.commit_requested = false;
        let mut offsets: Vec<CommitOffset> = Vec::new();
        for (id, assigned) in self.tasks.iter_mut().filter(|(_, a)| a.is_running()) {
            offsets.extend(assigned.task.prepare_commit().map_err(|source| Error::task(*id, source))?);
        }
        if let Some(error) = self.acknowledged()? {
            return Ok(Outcome::Unacknowledged(error));
        }
        let mut gone = false;
        for (id, assigned) in self.tasks.iter_mut().filter(|(_, a)| a.is_running()) {
            gone |= assigned.task.tell_gone().map_err(|source| Error::task(*id, source))?;
        }
        if gone && let Some(error) = self.acknowledged()? {
            return Ok(Outcome::Unacknowledged(error));
        }
        if !offsets.is_empty() {
            match self.member.commit(&offsets).wait() {
                Ok(()) => {}
                Err(error) if error.is_retriable() => {
                    tracing::warn!(%error, "the commit failed; trying again with the next one");
                    return Ok(Outcome::Deferred(error));
                }
                Err(error @ BrokerError::Fenced { .. }) => {
                    // The tasks belong to others by now; the group will say so. What was done since the last commit is done again there.
                    tracing::warn!(%error, "not committed");
                    return Ok(Outcome::Nothing);
                }
                Err(error) => return Err(error.into()),
            }
        }
        let producer = self.producer.borrow();
        for (id, assigned) in self.tasks.iter_mut().filter(|(_, a)| a.is_running()) {
            assigned.task.finish_commit(&**producer).map_err(|source| Error::task(*id, source))?;
        }
        drop(producer);
        self.note_purgeable(&offsets);
        Ok(if offsets.is_empty() { Outcome::Nothing } else { Outcome::Committed })
    }

    /// Waits until all that was handed over is acknowledged, or refused and dealt with; an error if the broker is away for now.
    fn acknowledged(&mut self) -> Result<Option<BrokerError>, Error> {
        loop {
            let flushed = self.producer.borrow_mut().flush(FLUSH_TIMEOUT);
            // Before an error is looked at: what was refused is refused, also if the rest is still on its way.
            let letters = self.settle_refused()?;
            match flushed {
                Ok(()) if letters => {}
                Ok(()) => return Ok(None),
                Err(error) if error.is_retriable() => {
                    tracing::warn!(%error, "results are not acknowledged yet; the commit waits");
                    return Ok(Some(error));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Asks the handler about results that the broker has refused; whether dead letters were sent, which are to be acknowledged as well.
    pub(super) fn settle_refused(&mut self) -> Result<bool, Error> {
        let config = &self.shared.config;
        let mut producer = self.producer.borrow_mut();
        settle_refused(&mut **producer, &config.handlers, &mut self.finished, config.clock.now_ms())
            .map_err(|source: Box<TaskError>| Error::Result(source.into()))
    }

    /// Processed records of internal topics are of no use any more.
    fn note_purgeable(&self, offsets: &[CommitOffset]) {
        let layout = self.shared.layout();
        let mut purgeable = lock(&self.shared.purgeable);
        for commit in offsets.iter().filter(|c| layout.is_internal(&c.partition.topic)) {
            purgeable.insert(commit.partition.clone(), commit.offset);
        }
    }

    /// What tasks did so far is acknowledged before their next owner begins: rows of a changelog
    /// that arrived later would stand behind those of the next owner, and count after the next
    /// restart. That takes no longer than the delivery timeout. If only the offsets are not taken,
    /// the next owner does the same again.
    pub(super) fn commit_before_handing_over(&mut self) -> Result<(), Error> {
        loop {
            match self.commit()? {
                Outcome::Nothing | Outcome::Committed => return Ok(()),
                Outcome::Deferred(error) => {
                    tracing::warn!(%error, "tasks are handed over without a last commit; their next owner repeats a part");
                    return Ok(());
                }
                Outcome::Unacknowledged(error) if self.shared.is_ending() => {
                    tracing::warn!(%error, "the application ends before all is acknowledged");
                    return Ok(());
                }
                Outcome::Unacknowledged(error) => {
                    tracing::warn!(%error, "tasks are handed over when all is acknowledged");
                    self.shared.beats.beat(self.index);
                }
            }
        }
    }

    /// The last commit of tasks that are about to leave. If it fails they leave all the same: their records are processed again elsewhere,
    /// or after the next start.
    pub(super) fn commit_before_leaving(&mut self) -> Result<(), Error> {
        let result = match self.commit() {
            Ok(Outcome::Nothing | Outcome::Committed) => return Ok(()),
            Ok(Outcome::Unacknowledged(error) | Outcome::Deferred(error)) => Error::LastCommit(error),
            Err(error) => error,
        };
        tracing::warn!(error = %result, "tasks leave without a last commit");
        Err(result)
    }
}
