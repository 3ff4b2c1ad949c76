//! Answers that come later: beginning them, their time limit, pauses.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use crate::broker::{Answer, BrokerError};

/// Begins what is asked, since a future does nothing before it is polled, and answers later.
pub(super) fn begin<T: Send + 'static>(future: impl Future<Output = Result<T, BrokerError>> + Send + 'static) -> Answer<T> {
    let mut answer = Answer::later(future);
    match answer.try_take(Waker::noop()) {
        Some(result) => Answer::ready(result),
        None => answer,
    }
}

/// What `future` gives, or `over()` when the time is up.
pub(super) async fn until<T>(
    time: Instant,
    future: impl Future<Output = Result<T, BrokerError>>,
    over: impl FnOnce() -> BrokerError,
) -> Result<T, BrokerError> {
    let mut future = pin!(future);
    let mut sleep = pin!(sleep_until(time));
    let result = poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(result) => Poll::Ready(Some(result)),
        Poll::Pending => sleep.as_mut().poll(cx).map(|()| None),
    });
    result.await.unwrap_or_else(|| Err(over()))
}

/// Done after a while.
pub(super) fn sleep(time: Duration) -> Sleep {
    sleep_until(Instant::now() + time)
}

fn sleep_until(until: Instant) -> Sleep {
    Sleep { until, number: None }
}

/// See [`sleep`].
pub(super) struct Sleep {
    until: Instant,
    /// The sleeper's number, once it is registered.
    number: Option<u64>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if Instant::now() >= self.until {
            return Poll::Ready(());
        }
        let number = timer().wake_at(self.until, self.number, cx.waker());
        self.number = Some(number);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            timer().sleepers().wakers.remove(&(self.until, number));
        }
    }
}

/// Wakes sleepers, on a thread of its own that waits until the next one is due. One for the
/// process.
#[derive(Default)]
struct Timer {
    sleepers: Mutex<Sleepers>,
    sooner: Condvar,
}

#[derive(Default)]
struct Sleepers {
    wakers: BTreeMap<(Instant, u64), Waker>,
    next: u64,
    /// The thread looks by then at the latest; `None`: it waits for the first sleeper.
    looks_at: Option<Instant>,
    running: bool,
}

fn timer() -> &'static Timer {
    static TIMER: OnceLock<Timer> = OnceLock::new();
    TIMER.get_or_init(Timer::default)
}

impl Timer {
    fn sleepers(&self) -> MutexGuard<'_, Sleepers> {
        self.sleepers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has `waker` called at that time; the sleeper's number.
    fn wake_at(&'static self, until: Instant, number: Option<u64>, waker: &Waker) -> u64 {
        let mut sleepers = self.sleepers();
        let number = number.unwrap_or_else(|| {
            sleepers.next += 1;
            sleepers.next
        });
        sleepers.wakers.insert((until, number), waker.clone());
        if !sleepers.running {
            let spawned = std::thread::Builder::new().name("kafka-timer".to_owned()).spawn(|| self.run());
            match spawned {
                Ok(_) => sleepers.running = true,
                Err(error) => tracing::error!(%error, "no thread for time limits: a broker that is away may be waited for without limit"),
            }
        }
        if sleepers.looks_at.is_none_or(|at| until < at) {
            sleepers.looks_at = Some(until);
            self.sooner.notify_one();
        }
        number
    }

    fn run(&self) {
        let mut sleepers = self.sleepers();
        loop {
            let now = Instant::now();
            let mut due = Vec::new();
            while let Some(first) = sleepers.wakers.first_entry().filter(|first| first.key().0 <= now) {
                due.push(first.remove());
            }
            if !due.is_empty() {
                drop(sleepers);
                due.into_iter().for_each(Waker::wake);
                sleepers = self.sleepers();
                continue;
            }
            sleepers.looks_at = sleepers.wakers.first_key_value().map(|((until, _), _)| *until);
            sleepers = match sleepers.looks_at {
                None => self.sooner.wait(sleepers).unwrap_or_else(PoisonError::into_inner),
                Some(at) => {
                    let left = at.saturating_duration_since(now);
                    self.sooner.wait_timeout(sleepers, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn late() -> BrokerError {
        BrokerError::TimedOut { what: "it".into(), after_ms: 5, address: "a".into() }
    }

    #[test]
    fn what_never_comes_ends_with_the_time() {
        let begun = Instant::now();
        let answer: Answer<()> = begin(until(begun + Duration::from_millis(30), std::future::pending(), late));
        assert!(matches!(answer.wait(), Err(BrokerError::TimedOut { .. })));
        assert!(begun.elapsed() >= Duration::from_millis(30));
    }

    #[test]
    fn sleepers_are_woken_in_their_order_whoever_came_first() {
        let begun = Instant::now();
        let sleeper = |ms: u64| {
            std::thread::spawn(move || {
                let answer = begin(async move {
                    sleep(Duration::from_millis(ms)).await;
                    Ok(())
                });
                answer.wait().unwrap();
                begun.elapsed()
            })
        };
        let threads = [60, 20, 40].map(|ms| (ms, sleeper(ms)));
        for (ms, thread) in threads {
            let took = thread.join().unwrap();
            assert!(took >= Duration::from_millis(ms) && took < Duration::from_secs(5), "{ms}: {took:?}");
        }
    }

    #[test]
    fn asking_has_begun_before_anybody_looks() {
        let (sender, receiver) = std::sync::mpsc::channel();
        let answer = begin(async move {
            sender.send(()).unwrap();
            sleep(Duration::from_millis(1)).await;
            Ok(())
        });
        receiver.try_recv().unwrap();
        drop(answer);
    }
}
