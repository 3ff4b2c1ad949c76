//! How the threads of librdkafka wake a reader.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::broker::Waker;

/// A flag to wait for. It stays up until someone waited for it.
#[derive(Default)]
pub(super) struct Signal {
    up: Mutex<bool>,
    changed: Condvar,
}

impl Signal {
    /// Raises the flag. Takes only its own lock, for an instant: it is called with locks of librdkafka held.
    pub(super) fn raise(&self) {
        *self.up.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_one();
    }

    /// Waits until the flag is up, takes it down, and returns whether it was.
    pub(super) fn wait(&self, timeout: Duration) -> bool {
        let up = self.up.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut up, _) = self.changed.wait_timeout_while(up, timeout, |up| !*up).unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *up)
    }
}

/// What the owner of a client is woken with.
#[derive(Default)]
pub(super) struct Bell(Mutex<Option<Waker>>);

impl Bell {
    /// From now on this waker is called, also at once: something may be there already.
    pub(super) fn set(&self, waker: Waker) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(waker);
        self.ring();
    }

    /// Wakes the owner. It is called with locks of librdkafka held.
    pub(super) fn ring(&self) {
        let waker = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// A waker for an answer that the owner is to look at.
    pub(super) fn task(self: &Arc<Self>) -> std::task::Waker {
        let bell = self.clone();
        Waker::new(move || bell.ring()).task()
    }
}

/// Whether the queue of one partition may hold something.
pub(super) struct Ready {
    maybe: AtomicBool,
    signal: Arc<Signal>,
}

impl Ready {
    pub(super) fn new(signal: Arc<Signal>) -> Self {
        Ready { maybe: AtomicBool::new(true), signal }
    }

    /// There may be something: the queue was empty and is not now, or it was left with something in it.
    pub(super) fn set(&self) {
        self.maybe.store(true, Ordering::Release);
        self.signal.raise();
    }

    /// Whether there may be something. Takes the mark away *before* the queue is looked at, so that what comes
    /// meanwhile sets it again.
    pub(super) fn take(&self) -> bool {
        self.maybe.load(Ordering::Relaxed) && self.maybe.swap(false, Ordering::AcqRel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_is_kept_for_the_next_wait_and_used_up_by_it() {
        let signal = Signal::default();
        signal.raise();
        assert!(signal.wait(Duration::ZERO));
        assert!(!signal.wait(Duration::ZERO));
    }

    #[test]
    fn ready_is_set_until_taken_and_raises_the_signal() {
        let signal = Arc::new(Signal::default());
        let ready = Ready::new(signal.clone());
        assert!(ready.take());
        assert!(!ready.take());
        ready.set();
        assert!(signal.wait(Duration::ZERO));
        assert!(ready.take());
    }
}
