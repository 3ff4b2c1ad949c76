//! When a worker commits, and what follows: tasks that are asked back are given back, a worker that
//! is to stop closes its tasks, and others begin anew.

use std::time::Duration;

use super::commit::{Commit, Outcome, Progress, Settled, Surroundings};
use super::error::Error;
use super::message::Report;
use super::now::{Now, later};
use super::outcome::TaskOutcome;
use super::worker::Worker;
use crate::broker::BrokerError;

/// How often it is reported that a commit waits.
const REPORT_INTERVAL: Duration = Duration::from_secs(10);

/// How long the last commit of a worker that is told to stop may take.
pub(super) const STOP_LIMIT: Duration = Duration::from_secs(15);

/// When a worker commits.
pub(super) struct Commits {
    pub(super) commit: Option<Commit>,
    /// The next one by the interval.
    next: Duration,
    /// A processor asked for one, or much waits for one.
    pub(super) requested: bool,
    /// Everything that was done is committed.
    pub(super) is_clean: bool,
    /// The broker did not take the offsets: not before then.
    not_before: Duration,
    waiting_since: Option<Duration>,
    reported: Option<Duration>,
}

impl Commits {
    pub(super) fn new(next: Duration) -> Self {
        Commits { commit: None, next, requested: false, is_clean: true, not_before: Duration::ZERO, waiting_since: None, reported: None }
    }

    /// Whether one is to begin; `urgent`: somebody waits for it.
    pub(super) fn is_due(&self, mono: Duration, urgent: bool) -> bool {
        self.commit.is_none() && mono >= self.not_before && (urgent || self.requested || (mono >= self.next && !self.is_clean))
    }

    /// When the next one is due.
    pub(super) fn due(&self, urgent: bool) -> Duration {
        match urgent || self.requested {
            true => self.not_before,
            false if self.is_clean => Duration::MAX,
            false => self.next.max(self.not_before),
        }
    }

    pub(super) fn begun(&mut self, mono: Duration, next: Duration, commit: Commit) {
        self.next = next;
        self.requested = false;
        self.waiting_since = Some(mono);
        self.reported = None;
        self.commit = Some(commit);
    }

    /// The broker does not take the offsets: the next attempt is a little later.
    pub(super) fn deferred(&mut self, mono: Duration, error: &BrokerError) {
        const PAUSE: Duration = Duration::from_millis(100);
        self.not_before = mono + PAUSE;
        tracing::warn!(%error, "the commit failed; trying again with the next one");
    }

    /// Reports a commit that waits for long, now and then.
    pub(super) fn report(&mut self, mono: Duration) {
        let Some(since) = self.waiting_since.filter(|_| self.commit.is_some()) else { return };
        let last = self.reported.unwrap_or(since);
        if mono.saturating_sub(last) >= REPORT_INTERVAL {
            self.reported = Some(mono);
            let for_ms = u64::try_from(mono.saturating_sub(since).as_millis()).unwrap_or(u64::MAX);
            tracing::warn!(for_ms, "a commit waits for the broker");
        }
    }
}

impl Worker {
    pub(super) fn surroundings(&mut self, now: Now) -> Surroundings<'_> {
        Surroundings {
            env: &self.env,
            member: &*self.member,
            producer: &self.producer,
            tasks: &mut self.tasks,
            metrics: &mut self.finished,
            wall_ms: now.wall_ms,
            waker: &self.answers,
        }
    }

    /// Whether a commit is waited for: by the group, by the end of the application, or by whoever
    /// waits for the end of the input.
    pub(super) fn is_urgent(&self, busy: bool) -> bool {
        !self.partings.is_empty()
            || self.stopping.is_some()
            || !self.outgrown.is_empty()
            || (self.drain.is_some() && !busy && !self.commits.is_clean)
    }

    /// Begins a commit if one is due, and brings the one under way a step further.
    pub(super) fn step_commit(&mut self, now: Now, busy: bool, out: &mut Vec<Report>) -> Result<bool, TaskOutcome> {
        if !self.is_held && self.commits.is_due(now.mono, self.is_urgent(busy)) {
            let next = later(now.mono, self.env.config.commit_interval);
            let commit = Commit::begin(&mut self.tasks)?;
            self.commits.begun(now.mono, next, commit);
        }
        let Some(commit) = self.commits.commit.take() else { return self.give_up_trying(now) };
        match commit.step(&mut self.surroundings(now))? {
            Progress::Waiting(commit) => {
                self.commits.commit = Some(commit);
                self.commits.report(now.mono);
                self.give_up_trying(now)
            }
            Progress::Ended(Outcome::Committed(offsets, settled)) => {
                let any = !offsets.is_empty();
                self.commits.is_clean = true;
                self.undelivered_since = None;
                let internal = offsets.into_iter().filter(|c| self.layout.is_internal(&c.partition.topic));
                let processed: Vec<_> = internal.map(|commit| (commit.partition, commit.offset)).collect();
                if !processed.is_empty() {
                    out.push(Report::Processed(processed));
                }
                self.report_metrics(out);
                self.settle_partings(out, Some(&settled))?;
                if self.stopping.is_some() {
                    self.close_all()?;
                } else if !self.outgrown.is_empty() {
                    self.renew_outgrown(out)?;
                }
                Ok(any)
            }
            Progress::Ended(Outcome::Deferred(error)) => {
                self.commits.deferred(now.mono, &error);
                let over = |until: &Duration| now.mono >= *until;
                if self.stopping.as_ref().is_some_and(over) {
                    return Err(Error::LastCommit(error).into());
                }
                if self.partings.front().is_some_and(|(_, _, until)| over(until)) {
                    self.settle_partings(out, Some(&Settled::uncommitted(&error)))?;
                }
                Ok(false)
            }
        }
    }

    /// A worker that is to stop does not wait for ever.
    fn give_up_trying(&self, now: Now) -> Result<bool, TaskOutcome> {
        match self.stopping {
            Some(until) if now.mono >= until => {
                let (what, address) = ("the last commit".to_owned(), self.env.broker.address());
                let after_ms = u64::try_from(STOP_LIMIT.as_millis()).unwrap_or(u64::MAX);
                Err(Error::LastCommit(BrokerError::TimedOut { what, after_ms, address }).into())
            }
            _ => Ok(false),
        }
    }
}
