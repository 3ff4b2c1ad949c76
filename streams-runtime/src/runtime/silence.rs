//! A broker that does not answer is asked again, and reported now and then.

use std::time::Duration;

use crate::broker::BrokerError;

/// How often a broker that does not answer is reported.
const REPORT_INTERVAL: Duration = Duration::from_secs(10);

/// How long a topic that is not there is waited for: it may be made again, and a broker that has
/// just come back may not know it yet.
pub(super) const MISSING_PATIENCE: Duration = Duration::from_secs(30);

/// How soon it is asked again.
const PAUSE: Duration = Duration::from_millis(200);

/// A broker that does not answer: since when, when it was last reported, and when it is asked
/// again.
#[derive(Default)]
pub(super) struct Silence {
    since: Option<Duration>,
    reported: Option<Duration>,
    next_question: Option<Duration>,
}

impl Silence {
    /// Whether the broker may be asked.
    pub(super) fn is_over(&self, mono: Duration) -> bool {
        self.next_question.is_none_or(|next| mono >= next)
    }

    /// When it may be asked again.
    pub(super) fn until(&self) -> Option<Duration> {
        self.next_question
    }

    /// The broker has answered.
    pub(super) fn ends(&mut self, mono: Duration) {
        if let Some(since) = self.since.take() {
            tracing::info!(after_ms = mono.saturating_sub(since).as_millis(), "the broker answers again");
        }
        self.reported = None;
        self.next_question = None;
    }

    /// The broker does not answer. Other errors are no silence.
    pub(super) fn goes_on(&mut self, mono: Duration, what: &'static str, error: BrokerError) -> Result<(), BrokerError> {
        let since = *self.since.get_or_insert(mono);
        let may_be_made = error.is_about_what_is_missing() && mono.saturating_sub(since) < MISSING_PATIENCE;
        if !error.is_retriable() && !may_be_made {
            return Err(error);
        }
        self.next_question = Some(mono + PAUSE);
        if self.reported.is_none_or(|reported| mono.saturating_sub(reported) >= REPORT_INTERVAL) {
            self.reported = Some(mono);
            tracing::warn!(%error, what, "the broker does not answer; asking again");
        }
        Ok(())
    }
}
