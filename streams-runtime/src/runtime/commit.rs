//! The commit, in an order that may not change:
//!
//! ```text
//!            every task flushes          all of it is       rows that are gone      all of it is
//!            its caches                  acknowledged       leave the changelogs    acknowledged
//!   Running ──────────────────▶ Flushing ────────────────────────────────▶ FlushingGone ─────────┐
//!                                  │ nothing is gone                                              ▼
//!                                  └──────────────────────────────────────────────────────▶ Acknowledged
//!                                                                                                 │
//!   Running ◀────────────────── Committed ◀────────────────── Committing ◀────────────────────────┘
//!            overlays go to                 the group has                 the offsets are sent
//!            the backends                   the offsets
//! ```
//!
//! 1. Every task flushes its caches: changes go downstream, to the changelogs, and wait in the
//!    overlays of the stores.
//! 2. All results and changelog records are acknowledged. Before that no offset may be committed,
//!    or a crash would lose results. Only then do the changelogs hear of rows that are gone since
//!    they have become results, with a flush of its own.
//! 3. The offsets are committed. A crash before this repeats records: at least once.
//! 4. The overlays go to the stores' backends, with the changelog offsets they are equal to. Not
//!    earlier, or a store could be ahead of what is committed; a crash before this costs only
//!    reading the tail of the changelog.
//!
//! Each stage is a type that only the stage before it can become. No record is processed meanwhile,
//! so that what is committed is what was flushed; tasks are opened and restored, and queries
//! answered.

use super::environment::Environment;
use super::error::Error;
use super::outcome::TaskOutcome;
use super::worker::Tasks;
use crate::broker::{Answer, BrokerError, CommitOffset, Flushed, GroupMember};
use crate::context::{SharedProducer, TaskMetrics, settle_refused};
use crate::error::TaskError;

/// A commit under way.
pub(super) enum Commit {
    Flushing(Flushing),
    FlushingGone(FlushingGone),
    Committing(Committing),
}

/// Results and rows of changelogs are on their way.
pub(super) struct Flushing {
    offsets: Vec<CommitOffset>,
}

/// The last deletions of changelogs are on their way.
pub(super) struct FlushingGone {
    offsets: Vec<CommitOffset>,
}

/// Everything that the offsets stand for is safe.
struct Acknowledged {
    offsets: Vec<CommitOffset>,
}

/// The group is being told.
pub(super) struct Committing {
    offsets: Vec<CommitOffset>,
    answer: Answer<()>,
}

/// The group has the offsets.
struct Committed {
    offsets: Vec<CommitOffset>,
}

/// What a commit came to.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Everything done so far is committed: these offsets.
    Committed(Vec<CommitOffset>, Settled),
    /// All is acknowledged, but the broker does not take the offsets for now. Nothing is lost: the
    /// next attempt carries on.
    Deferred(BrokerError),
}

/// Whether a commit has ended.
pub(super) enum Progress {
    /// Something has to arrive first.
    Waiting(Commit),
    Ended(Outcome),
}

/// Proof that tasks may be handed over: nothing that they have sent can arrive any more behind what
/// their next owner sends.
#[derive(Clone, Debug)]
pub(crate) struct Settled(());

impl Settled {
    /// The tasks are lost: their next owner has begun, and what was on its way here is purged.
    pub(super) fn lost() -> Self {
        Settled(())
    }

    /// All is acknowledged, and the offsets are not taken: the next owner does a part again.
    pub(super) fn uncommitted(error: &BrokerError) -> Self {
        tracing::warn!(%error, "tasks are handed over without a last commit; their next owner repeats a part");
        Settled(())
    }
}

/// What a commit needs of its worker.
pub(super) struct Surroundings<'a> {
    pub(super) env: &'a Environment,
    pub(super) member: &'a dyn GroupMember,
    pub(super) producer: &'a SharedProducer,
    pub(super) tasks: &'a mut Tasks,
    /// Counts results that were refused after they were sent.
    pub(super) metrics: &'a mut TaskMetrics,
    pub(super) wall_ms: i64,
    pub(super) waker: &'a std::task::Waker,
}

impl Surroundings<'_> {
    /// Whether all that was handed over is acknowledged, or refused and dealt with.
    fn is_acknowledged(&mut self) -> Result<bool, TaskOutcome> {
        let flushed = self.producer.borrow_mut().flush_step();
        // Before an error is looked at: what was refused is refused, also if the rest is on its
        // way.
        let letters = self.settle_refused()?;
        Ok(flushed? == Flushed::Done && !letters)
    }

    /// Asks the handler about results that the broker has refused; whether dead letters were sent,
    /// which are to be acknowledged as well.
    pub(super) fn settle_refused(&mut self) -> Result<bool, TaskOutcome> {
        let handlers = &self.env.config.handlers;
        let mut producer = self.producer.borrow_mut();
        let settled = settle_refused(&mut **producer, handlers, self.metrics, self.wall_ms);
        settled.map_err(|source: Box<TaskError>| Error::Result(source.into()).into())
    }
}

impl Commit {
    /// Begins a commit of everything done so far.
    ///
    /// # Errors
    /// When a task fails at what waited in its caches.
    pub(super) fn begin(tasks: &mut Tasks) -> Result<Commit, TaskOutcome> {
        let mut offsets: Vec<CommitOffset> = Vec::new();
        for (id, assigned) in tasks.iter_mut().filter(|(_, a)| a.is_running()) {
            offsets.extend(assigned.task.prepare_commit().map_err(|error| TaskOutcome::of(*id, error))?);
        }
        Ok(Commit::Flushing(Flushing { offsets }))
    }

    /// Goes as far as it can without waiting.
    ///
    /// # Errors
    /// When a record has failed, a task cannot go on, or the offsets are refused.
    pub(super) fn step(self, around: &mut Surroundings<'_>) -> Result<Progress, TaskOutcome> {
        let acknowledged = match self {
            Commit::Flushing(flushing) => {
                if !around.is_acknowledged()? {
                    return Ok(Progress::Waiting(Commit::Flushing(flushing)));
                }
                match flushing.tell_gone(around)? {
                    Gone::Nothing(acknowledged) => acknowledged,
                    Gone::Told(flushing) => return Commit::FlushingGone(flushing).step(around),
                }
            }
            Commit::FlushingGone(flushing) => {
                if !around.is_acknowledged()? {
                    return Ok(Progress::Waiting(Commit::FlushingGone(flushing)));
                }
                Acknowledged { offsets: flushing.offsets }
            }
            Commit::Committing(committing) => return committing.step(around),
        };
        acknowledged.commit(around).step(around)
    }

    /// Whether acknowledgements are waited for.
    pub(super) fn is_flushing(&self) -> bool {
        matches!(self, Commit::Flushing(_) | Commit::FlushingGone(_))
    }
}

enum Gone {
    Nothing(Acknowledged),
    Told(FlushingGone),
}

impl Flushing {
    /// The changelogs hear of rows that are gone since they have become results.
    fn tell_gone(self, around: &mut Surroundings<'_>) -> Result<Gone, TaskOutcome> {
        let mut gone = false;
        for (id, assigned) in around.tasks.iter_mut().filter(|(_, a)| a.is_running()) {
            gone |= assigned.task.tell_gone().map_err(|error| TaskOutcome::of(*id, error))?;
        }
        let offsets = self.offsets;
        Ok(if gone { Gone::Told(FlushingGone { offsets }) } else { Gone::Nothing(Acknowledged { offsets }) })
    }
}

impl Acknowledged {
    fn commit(self, around: &Surroundings<'_>) -> Committing {
        let answer = if self.offsets.is_empty() { Answer::ready(Ok(())) } else { around.member.commit(&self.offsets) };
        Committing { offsets: self.offsets, answer }
    }
}

impl Committing {
    fn step(mut self, around: &mut Surroundings<'_>) -> Result<Progress, TaskOutcome> {
        match self.answer.try_take(around.waker) {
            None => Ok(Progress::Waiting(Commit::Committing(self))),
            Some(Ok(())) => Ok(Progress::Ended(Committed { offsets: self.offsets }.finish(around)?)),
            // A topic that was deleted is made again, or the application ends after a while.
            Some(Err(error)) if error.is_retriable() || error.is_about_what_is_missing() => Ok(Progress::Ended(Outcome::Deferred(error))),
            Some(Err(error @ BrokerError::Fenced { .. })) => Err(TaskOutcome::Fenced(Box::new(error))),
            Some(Err(error)) => Err(error.into()),
        }
    }
}

impl Committed {
    /// The overlays go to the backends.
    fn finish(self, around: &mut Surroundings<'_>) -> Result<Outcome, TaskOutcome> {
        let producer = around.producer.borrow();
        for (id, assigned) in around.tasks.iter_mut().filter(|(_, a)| a.is_running()) {
            assigned.task.finish_commit(&**producer).map_err(|error| TaskOutcome::of(*id, error))?;
        }
        Ok(Outcome::Committed(self.offsets, Settled(())))
    }
}
