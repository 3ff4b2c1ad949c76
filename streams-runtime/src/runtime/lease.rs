//! How long a process may be sure of its tasks without looking at the group.
//!
//! A process may stand still for longer than its session: it is stopped, or its machine is. When it
//! goes on, others have its tasks, and nobody has said so yet. What it would write then is behind
//! what the new owners have restored.
//!
//! ```text
//!            nobody has looked at the group for the length of the lease
//!   Sure ───────────────────────────────────────────────────────────────▶ RunOut
//!    ▲                                                                       │
//!    └───────────────────────────────────────────────────────────────────────┘
//!            the group still lists this process
//! ```
//!
//! Workers hold still while the lease has run out. What was handed to the producer before expires
//! in the client by the same limit.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::broker::{Answer, GroupMember};

/// The longest time between two heartbeats of a member.
const LONGEST_HEARTBEAT: Duration = Duration::from_secs(3);

/// Until when a process may be sure of its tasks. The control machine renews it; workers look.
#[derive(Clone, Debug)]
pub(super) struct Lease {
    until_us: Arc<AtomicU64>,
    length: Duration,
}

impl Lease {
    pub(super) fn new(session_timeout: Duration, mono: Duration) -> Self {
        let lease = Lease { until_us: Arc::default(), length: length(session_timeout) };
        lease.renew(mono);
        lease
    }

    fn renew(&self, mono: Duration) {
        let until = u64::try_from((mono + self.length).as_micros()).unwrap_or(u64::MAX);
        self.until_us.store(until, Ordering::Release);
    }

    /// Whether the group may have given the tasks to others without a word.
    pub(super) fn has_run_out(&self, mono: Duration) -> bool {
        mono.as_micros() >= u128::from(self.until_us.load(Ordering::Acquire))
    }
}

/// How long a lease is: when it runs out, the session of a member that was well at its beginning
/// has not yet. A member beats at least every third of its session.
pub(super) fn length(session_timeout: Duration) -> Duration {
    session_timeout - LONGEST_HEARTBEAT.min(session_timeout / 3)
}

/// The control machine's side of the lease.
pub(super) struct Keeper {
    lease: Lease,
    /// Whom the group lists, once the lease has run out.
    asked: Option<Answer<Vec<String>>>,
    next_question: Duration,
}

/// Between two questions to the group.
const PAUSE: Duration = Duration::from_millis(200);

impl Keeper {
    pub(super) fn new(lease: Lease) -> Self {
        Keeper { lease, asked: None, next_question: Duration::ZERO }
    }

    /// Renews the lease, or asks the group once it has run out. To be called with each look at the
    /// group; says when it is to be called again if that is soon.
    pub(super) fn step(&mut self, mono: Duration, client_id: &str, member: &dyn GroupMember, waker: &std::task::Waker) -> Option<Duration> {
        if !self.lease.has_run_out(mono) {
            self.lease.renew(mono);
            return None;
        }
        if self.asked.is_none() && mono >= self.next_question {
            if self.next_question.is_zero() {
                tracing::warn!(
                    lease_ms = self.lease.length.as_millis(),
                    "this process has stood still; it goes on when the group still lists it"
                );
            }
            self.asked = Some(member.members());
        }
        if let Some(found) = self.asked.as_mut().and_then(|asked| asked.try_take(waker)) {
            self.asked = None;
            self.next_question = mono + PAUSE;
            match found {
                Ok(members) if members.iter().any(|member| member == client_id) => {
                    self.next_question = Duration::ZERO;
                    self.lease.renew(mono);
                    return None;
                }
                // The loss is on its way here. Afterwards the process joins again.
                Ok(_) => tracing::debug!("the group does not list this process"),
                Err(error) => tracing::debug!(%error, "whether the group lists this process is not known"),
            }
        }
        Some(mono + PAUSE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_ends_before_the_session() {
        for (session_ms, length_ms) in [(45_000, 42_000), (6_000, 4_000), (30, 20), (0, 0)] {
            assert_eq!(length(Duration::from_millis(session_ms)), Duration::from_millis(length_ms));
        }
    }

    #[test]
    fn a_lease_that_is_not_renewed_runs_out() {
        let at = Duration::from_millis;
        let lease = Lease::new(at(6_000), at(1_000));
        assert!(!lease.has_run_out(at(4_999)));
        assert!(lease.has_run_out(at(5_000)));
        lease.renew(at(9_000));
        assert!(!lease.has_run_out(at(12_999)));
    }
}
