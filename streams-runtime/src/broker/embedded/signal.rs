//! How a reader that waits learns that there is something to read.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Locks, whatever a thread that panicked may have left: every change under these locks is complete or rolled back.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A flag that can be waited for. Raised twice it is still one signal, so a busy reader costs a writer one atomic swap.
#[derive(Debug, Default)]
pub(super) struct Signal {
    raised: AtomicBool,
    gate: Mutex<()>,
    changed: Condvar,
}

impl Signal {
    pub(super) fn raise(&self) {
        if !self.raised.swap(true, Ordering::SeqCst) {
            // The gate makes sure that a waiter is either before its look at the flag or already asleep.
            drop(lock(&self.gate));
            self.changed.notify_all();
        }
    }

    /// Waits for the flag, or until the time is up, and lowers it.
    pub(super) fn wait(&self, timeout: Duration) {
        if self.raised.swap(false, Ordering::SeqCst) {
            return;
        }
        let start = Instant::now();
        let mut gate = lock(&self.gate);
        while !self.raised.swap(false, Ordering::SeqCst) {
            let Some(left) = timeout.checked_sub(start.elapsed()) else {
                return;
            };
            if left.is_zero() {
                return;
            }
            gate = self.changed.wait_timeout(gate, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
