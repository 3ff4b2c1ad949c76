//! Subscribed topics that the broker does not know: for a while after a topic was made that is the case, and passes.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

use super::later::{begin, sleep};
use crate::broker::{Answer, BrokerError};

/// Between two looks whether they are there.
const PAUSE: Duration = Duration::from_millis(200);

/// How long librdkafka, too, takes a topic that is not there for one that is to come (`topic.metadata.propagation.max.ms`).
const DEFAULT_PATIENCE: Duration = Duration::from_secs(30);

/// What a look finds: the first topic that is not there, `None` if all are.
type Look = Answer<Option<String>>;

/// Since when a topic is missing.
pub(super) struct Missing {
    patience: Duration,
    noted: Mutex<Option<Noted>>,
}

struct Noted {
    /// How long the broker has said so. While there is no connection nobody knows.
    missing_for: Duration,
    /// When the broker last said so; `None`: the last look had no answer.
    said: Option<Instant>,
    next: Next,
}

enum Next {
    Pause(Answer<()>),
    Look(Look),
}

fn pause() -> Next {
    Next::Pause(begin(async {
        sleep(PAUSE).await;
        Ok(())
    }))
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
    pub(super) fn note(&self, reason: &str) {
        let mut noted = self.noted();
        if noted.is_none() {
            tracing::warn!(reason, "waiting for the topic");
            *noted = Some(Noted { missing_for: Duration::ZERO, said: None, next: pause() });
        }
    }

    /// Whether something is missing.
    pub(super) fn is_noted(&self) -> bool {
        self.noted().is_some()
    }

    /// Goes on looking, with `ask`; whether everything is there now. Never waits: `waker` is woken
    /// when there is more to do.
    ///
    /// # Errors
    /// [`BrokerError::UnknownTopic`] when a topic has been missing for too long; looking goes on.
    pub(super) fn look(&self, ask: impl Fn() -> Look, waker: &Waker) -> Result<bool, BrokerError> {
        let mut place = self.noted();
        let Some(noted) = &mut *place else { return Ok(false) };
        loop {
            let found = match &mut noted.next {
                Next::Pause(pause) => {
                    if pause.try_take(waker).is_none() {
                        return Ok(false);
                    }
                    noted.next = Next::Look(ask());
                    continue;
                }
                Next::Look(look) => match look.try_take(waker) {
                    None => return Ok(false),
                    Some(found) => found,
                },
            };
            noted.next = pause();
            match found {
                Ok(None) => {
                    *place = None;
                    return Ok(true);
                }
                Ok(Some(topic)) => {
                    let before = noted.said.replace(Instant::now());
                    noted.missing_for += before.map_or(Duration::ZERO, |before| before.elapsed());
                    if noted.missing_for >= self.patience {
                        return Err(BrokerError::UnknownTopic { topic });
                    }
                }
                Err(_) => noted.said = None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks until the pause is over and the answer is taken.
    fn look(missing: &Missing, answer: &Result<Option<String>, BrokerError>) -> Result<bool, BrokerError> {
        std::thread::sleep(PAUSE + Duration::from_millis(20));
        missing.look(|| Answer::ready(answer.clone()), Waker::noop())
    }

    #[test]
    fn what_is_missing_is_looked_for_until_the_patience_ends_and_after() {
        let missing = Missing::new(Some("300"));
        let gone = Ok(Some("a".to_owned()));
        missing.note("topic a");
        assert!(!missing.look(|| panic!("at once"), Waker::noop()).unwrap());
        assert!(!look(&missing, &gone).unwrap());
        assert!(!look(&missing, &gone).unwrap());
        assert!(matches!(look(&missing, &gone), Err(BrokerError::UnknownTopic { topic }) if topic == "a"));
        assert!(look(&missing, &Ok(None)).unwrap());
        assert!(!missing.is_noted());
    }

    #[test]
    fn time_without_a_connection_does_not_count() {
        let missing = Missing::new(Some("300"));
        let (gone, away) = (Ok(Some("a".to_owned())), Err(BrokerError::Unavailable { address: "b".into(), reason: "c".into() }));
        missing.note("topic a");
        for answer in [&gone, &away, &away, &away, &gone, &away, &gone] {
            assert!(!look(&missing, answer).unwrap());
        }
        assert!(!look(&missing, &gone).unwrap());
        assert!(look(&missing, &gone).is_err());
    }
}
