//! Tasks that leave a worker: handed over, lost, or dropped to begin anew.
//!
//! ```text
//!            committed                      the group gives them
//!   Running ──────────▶ closed, settled ──▶ to another worker, maybe of another process
//!      │     lost
//!      ├──────────────▶ closed, what they have sent is forgotten
//!      │     damaged, fenced, or outgrown
//!      └──────────────▶ closed, and opened again here
//! ```

use super::commit::Settled;
use super::error::Error;
use super::lease;
use super::message::Report;
use super::now::Now;
use super::opening::Stage;
use super::outcome::{Damage, TaskOutcome};
use super::worker::{Assigned, Worker};
use crate::broker::BrokerError;
use crate::task::TaskId;

/// How often the state of one task may turn out to be damaged.
const MAX_DAMAGES: u32 = 3;

impl Worker {
    /// Ends a task that has nothing left to commit.
    pub(super) fn close(&mut self, id: TaskId) -> Result<(), TaskOutcome> {
        self.anew.remove(&id);
        if let Some(inquiry) = &mut self.inquiry {
            inquiry.task_closed(id);
        }
        let Some(mut assigned) = self.tasks.remove(&id) else { return Ok(()) };
        assigned.stop_reading(&mut *self.consumer)?;
        match assigned.stage {
            Stage::Opened => {}
            Stage::Restoring(restore) => restore.abandon(&mut **self.restorer.as_mut().unwrap_or(&mut self.consumer))?,
            Stage::Running => assigned.task.close().map_err(|error| TaskOutcome::of(id, error))?,
        }
        self.finished.add(assigned.task.metrics());
        tracing::info!(worker = self.index, task = %id, "task closed");
        Ok(())
    }

    /// Gives tasks up whose next owner has begun. What of them waits in the producer is forgotten;
    /// if that may hold anything of the other tasks, they begin anew at what is committed of them.
    pub(super) fn lose(&mut self, lost: &[TaskId], out: &mut Vec<Report>) -> Result<(), TaskOutcome> {
        self.commits.commit = None;
        for task in lost {
            self.close(*task)?;
        }
        // Nothing of it is to be sent now, so no flush asks for it.
        let under_way = !self.producer.borrow().is_settled();
        self.is_unsettled |= under_way;
        if under_way {
            self.producer.borrow_mut().purge();
            self.drop_running(out)?;
        }
        self.share_cache();
        if self.stopping.is_some() && !lost.is_empty() {
            let reason = "its tasks were given to others before it had ended".to_owned();
            let error = BrokerError::Fenced { group: self.env.config.application_id.clone(), reason };
            return Err(Error::LastCommit(error).into());
        }
        Ok(())
    }

    /// Drops all running tasks without a commit; they are opened again.
    pub(super) fn drop_running(&mut self, out: &mut Vec<Report>) -> Result<(), TaskOutcome> {
        self.is_unsettled = true;
        let running: Vec<TaskId> = self.tasks.iter().filter(|(_, a)| a.is_running()).map(|(id, _)| *id).collect();
        for id in running {
            self.close(id)?;
            if self.stopping.is_none() {
                self.anew.insert(id, None);
                out.push(Report::Reopened(id));
            }
        }
        Ok(())
    }

    /// Drops all running tasks, and what of them is not acknowledged.
    fn forget_running(&mut self, out: &mut Vec<Report>) -> Result<(), TaskOutcome> {
        self.commits.commit = None;
        self.producer.borrow_mut().purge();
        self.drop_running(out)
    }

    /// The process has stood still, and others may have its tasks. What is not acknowledged does
    /// not leave the client any more; the tasks begin anew if they stay here.
    pub(super) fn stand_still(&mut self, out: &mut Vec<Report>) -> Result<(), TaskOutcome> {
        // What the group is being told of is acknowledged. Its answer says whose the tasks are.
        if self.commits.commit.as_ref().is_some_and(|commit| !commit.is_flushing()) {
            return Ok(());
        }
        let is_clean = self.commits.commit.is_none() && self.producer.borrow().is_settled();
        if !is_clean && self.tasks.values().any(Assigned::is_running) {
            tracing::warn!(worker = self.index, "this process has stood still; its tasks begin anew if they stay here");
            self.forget_running(out)?;
        }
        // The process cannot join again before it has given back what the group has asked for.
        self.settle_partings(out, None)
    }

    /// Whether results have not been acknowledged for as long as the delivery time-out says.
    fn has_waited_too_long(&mut self, now: Now) -> bool {
        let config = &self.env.config;
        let first = config.delivery_timeout.min(lease::length(config.session_timeout));
        let since = *self.undelivered_since.get_or_insert(now.mono);
        now.mono.saturating_sub(since) + first >= config.delivery_timeout
    }

    /// After an error: what of the worker goes on, and how.
    pub(super) fn recover(&mut self, outcome: TaskOutcome, now: Now, out: &mut Vec<Report>) -> Result<(), Error> {
        let recovered = match outcome {
            TaskOutcome::Fatal(error) => return Err(*error),
            TaskOutcome::Damaged(damage) => {
                let Damage { task, store, error } = *damage;
                let damages = self.damages.entry(task).or_default();
                *damages += 1;
                if *damages > MAX_DAMAGES {
                    return Err(error);
                }
                tracing::error!(%task, store, %error, "the state is of no use; it is cleared and restored");
                self.commits.commit = None;
                self.is_unsettled = true;
                self.close(task).map(|()| {
                    self.anew.insert(task, Some(store));
                    out.push(Report::Reopened(task));
                })
            }
            TaskOutcome::Fenced(error) | TaskOutcome::Undelivered(error) if self.stopping.is_some() => {
                return Err(Error::LastCommit(*error));
            }
            TaskOutcome::Undelivered(error) if self.has_waited_too_long(now) => return Err((*error).into()),
            TaskOutcome::Fenced(error) | TaskOutcome::Undelivered(error) => {
                // The group will say who has them. What was done since the last commit is done
                // again there.
                tracing::warn!(%error, "not committed; the tasks begin anew if they stay here");
                let dropped = self.forget_running(out);
                self.settle_partings(out, None).and(dropped)
            }
        };
        match recovered {
            Ok(()) => Ok(()),
            Err(TaskOutcome::Fatal(error)) => Err(*error),
            Err(TaskOutcome::Damaged(damage)) => Err(damage.error),
            Err(TaskOutcome::Fenced(error) | TaskOutcome::Undelivered(error)) => Err((*error).into()),
        }
    }

    /// Closes the tasks that the group has asked back, and says so; without a proof that nothing of
    /// them is under way, as soon as that is so.
    pub(super) fn settle_partings(&mut self, out: &mut Vec<Report>, settled: Option<&Settled>) -> Result<(), TaskOutcome> {
        if self.partings.is_empty() {
            return Ok(());
        }
        for (number, tasks, _) in std::mem::take(&mut self.partings) {
            for task in tasks {
                self.close(task)?;
            }
            match settled {
                Some(settled) => out.push(Report::GivenUp(number, settled.clone())),
                None => self.unconfirmed.push(number),
            }
        }
        self.share_cache();
        Ok(())
    }

    /// Opens tasks anew of which everything is committed.
    pub(super) fn renew_outgrown(&mut self, out: &mut Vec<Report>) -> Result<(), TaskOutcome> {
        let outgrown = std::mem::take(&mut self.outgrown);
        let tasks: Vec<TaskId> = self.tasks.keys().filter(|id| outgrown.contains(&id.sub_topology)).copied().collect();
        for task in tasks {
            self.close(task)?;
            self.anew.insert(task, None);
            out.push(Report::Reopened(task));
        }
        Ok(())
    }

    pub(super) fn close_all(&mut self) -> Result<(), TaskOutcome> {
        let tasks: Vec<TaskId> = self.tasks.keys().copied().collect();
        tasks.into_iter().try_for_each(|task| self.close(task))
    }
}
