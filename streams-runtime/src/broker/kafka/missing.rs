//! Subscribed topics that the broker does not know: for a while after a topic was made that is the case, and passes.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Between two looks whether they are there.
const PAUSE: Duration = Duration::from_millis(200);

/// How long librdkafka, too, takes a topic that is not there for one that is to come (`topic.metadata.propagation.max.ms`).
const DEFAULT_PATIENCE: Duration = Duration::from_secs(30);

/// Since when a topic is missing.
pub(super) struct Missing {
    patience: Duration,
    noted: Mutex<Option<Noted>>,
}

struct Noted {
    since: Instant,
    looked: Instant,
    reason: String,
}

impl Missing {
    /// `patience_ms`: the client's setting, if it is given.
    pub(super) fn new(patience_ms: Option<&str>) -> Self {
        let given = patience_ms.and_then(|text| text.parse().ok()).map(Duration::from_millis);
        Missing { patience: given.unwrap_or(DEFAULT_PATIENCE), noted: Mutex::default() }
    }

    fn noted(&self) -> MutexGuard<'_, Option<Noted>> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The client says that a topic is not there.
    pub(super) fn note(&self, reason: String) {
        let mut noted = self.noted();
        if noted.is_none() {
            tracing::warn!(reason, "waiting for the topic");
            let now = Instant::now();
            *noted = Some(Noted { since: now, looked: now, reason });
        }
    }

    /// Whether something is missing that was not looked for a moment ago; if so, [`looked`](Self::looked) must follow.
    pub(super) fn is_due(&self) -> bool {
        self.noted().as_ref().is_some_and(|noted| noted.looked.elapsed() >= PAUSE)
    }

    /// What came of the look; the reason, when a topic has been missing for too long.
    pub(super) fn looked(&self, all_there: bool) -> Result<(), String> {
        let mut noted = self.noted();
        if all_there {
            *noted = None;
        } else if let Some(noted) = &mut *noted {
            noted.looked = Instant::now();
            if noted.since.elapsed() >= self.patience {
                return Err(noted.reason.clone());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_looked_for_until_the_patience_ends() {
        let missing = Missing::new(Some("300"));
        assert!(!missing.is_due());
        missing.note("topic a".into());
        assert!(!missing.is_due());
        std::thread::sleep(PAUSE);
        assert!(missing.is_due());
        assert_eq!(missing.looked(false), Ok(()));
        missing.note("topic b".into());
        std::thread::sleep(PAUSE);
        assert_eq!(missing.looked(false), Err("topic a".into()));
        assert_eq!(missing.looked(true), Ok(()));
        assert!(!missing.is_due());
    }
}
