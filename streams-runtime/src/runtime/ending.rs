//! The end of a process: its parts commit and end, and then it leaves its group.
//!
//! ```text
//!                     told to stop,               every part              the group
//!                     or something failed         has ended               has been told
//!   TakingPart ─────────────────────▶ Stopping ─────────────▶ Leaving ──────────────▶ Ended
//! ```

use std::time::Duration;

use super::control::{Control, Outbox};
use super::error::Error;
use super::message::{Command, Parting};
use super::now::{Now, Wake};
use crate::broker::{Answer, BrokerError, GroupEvent};

/// The longest time between two looks at the group while it is being left.
const LEAVING_ROUND: Duration = Duration::from_millis(5);

/// How long the parts of the process may take to end.
const STOP_LIMIT: Duration = Duration::from_secs(60);

/// How long the group may take to hear that the process leaves.
const LEAVE_LIMIT: Duration = Duration::from_secs(5);

/// How far a process is in its life.
pub(super) enum Phase {
    TakingPart,
    Stopping { until: Duration },
    Leaving { answer: Answer<()>, until: Duration },
    Ended,
}

impl Control {
    /// Has all parts commit and end.
    pub(super) fn stop(&mut self, now: Now, out: &mut Outbox) {
        if matches!(self.phase, Phase::TakingPart) {
            self.phase = Phase::Stopping { until: now.mono + STOP_LIMIT };
            out.extend(self.parts.iter().map(|part| (*part, Command::Stop)));
        }
    }

    /// From the request to stop to the end.
    pub(super) fn end(&mut self, now: Now, out: &mut Outbox) -> Wake {
        if let Phase::Stopping { until } = self.phase {
            // A closure that blocks also blocks the way out.
            let stuck = self.watch_workers(now, out).err();
            let timed_out = (now.mono >= until).then_some(Error::ShutdownTimedOut(STOP_LIMIT));
            let hopeless = stuck.or(timed_out);
            if !self.parts.is_empty() && hopeless.is_none() && !matches!(self.failure(), Some(Error::Stuck { .. })) {
                // The membership is kept alive, so that the last commits are accepted.
                match self.member.poll(Duration::ZERO) {
                    Ok(Some(GroupEvent::Lost(partitions))) => self.give_up(partitions, Parting::Lost, out),
                    Ok(_) => {}
                    Err(error) => tracing::debug!(%error, "group, while stopping"),
                }
                return Wake::At(now.mono + LEAVING_ROUND);
            }
            if let Some(error) = hopeless.filter(|_| !self.parts.is_empty()) {
                self.fail(error);
            }
            self.phase = Phase::Leaving { answer: self.member.leave(), until: now.mono + LEAVE_LIMIT };
        }
        if let Phase::Leaving { answer, until } = &mut self.phase {
            let left = answer.try_take(&self.answers).or_else(|| {
                let (what, address) = ("leaving the group".to_owned(), self.env.broker.address());
                let after_ms = u64::try_from(LEAVE_LIMIT.as_millis()).unwrap_or(u64::MAX);
                (now.mono >= *until).then_some(Err(BrokerError::TimedOut { what, after_ms, address }))
            });
            match left {
                None => {
                    if let Err(error) = self.member.poll(Duration::ZERO) {
                        tracing::debug!(%error, "group, while leaving");
                    }
                    return Wake::At(now.mono + LEAVING_ROUND);
                }
                Some(Ok(())) => {}
                Some(Err(error)) => tracing::warn!(%error, "could not leave the group; its session will time out"),
            }
            self.phase = Phase::Ended;
        }
        Wake::Ended
    }
}
