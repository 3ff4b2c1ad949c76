//! What a broker is asked, and answers later.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake};
use std::thread::Thread;

use super::BrokerError;

/// An answer that a broker gives later.
///
/// Asking has begun when it is returned; to drop it is to lose interest, and what was asked for may
/// be done all the same. It is a future that nothing drives but its broker: threads without an
/// executor look with [`try_take`](Self::try_take) whenever they are woken, programs may
/// [`wait`](Self::wait). A broker that does not answer in time answers with
/// [`BrokerError::TimedOut`], so that every answer comes.
///
/// ```
/// use streams_runtime::broker::{Answer, BrokerError};
///
/// let answer = Answer::ready(Ok(7));
/// assert_eq!(answer.wait()?, 7);
/// # Ok::<(), BrokerError>(())
/// ```
#[must_use = "an answer is nothing until it is looked at"]
pub struct Answer<T>(State<T>);

enum State<T> {
    Ready(Result<T, BrokerError>),
    Later(Pin<Box<dyn Future<Output = Result<T, BrokerError>> + Send>>),
    Taken,
}

impl<T> Answer<T> {
    /// An answer that is there.
    pub fn ready(result: Result<T, BrokerError>) -> Self {
        Answer(State::Ready(result))
    }

    /// An answer that is there when the future is done.
    pub fn later(future: impl Future<Output = Result<T, BrokerError>> + Send + 'static) -> Self {
        Answer(State::Later(Box::pin(future)))
    }

    /// Takes the answer if it is there, once. Otherwise `waker` is woken when it is. Never waits.
    pub fn try_take(&mut self, waker: &std::task::Waker) -> Option<Result<T, BrokerError>> {
        match &mut self.0 {
            State::Later(future) => match future.as_mut().poll(&mut Context::from_waker(waker)) {
                Poll::Ready(result) => {
                    self.0 = State::Taken;
                    Some(result)
                }
                Poll::Pending => None,
            },
            State::Ready(_) => match std::mem::replace(&mut self.0, State::Taken) {
                State::Ready(result) => Some(result),
                State::Later(_) | State::Taken => None,
            },
            State::Taken => None,
        }
    }

    /// Blocks the thread until the answer is there: for programs and tests, never for async code.
    ///
    /// # Errors
    /// What the broker answers.
    pub fn wait(mut self) -> Result<T, BrokerError> {
        let waker = Arc::new(Unpark(std::thread::current())).into();
        loop {
            if let Some(result) = self.try_take(&waker) {
                return result;
            }
            std::thread::park();
        }
    }
}

impl<T: Send + 'static> Answer<T> {
    /// The answer, made into something else.
    pub fn map<U: Send + 'static>(self, make: impl FnOnce(T) -> U + Send + 'static) -> Answer<U> {
        match self.0 {
            State::Ready(result) => Answer::ready(result.map(make)),
            later => Answer::later(async move { Answer(later).await.map(make) }),
        }
    }
}

impl<T> Unpin for Answer<T> {}

impl<T> Future for Answer<T> {
    type Output = Result<T, BrokerError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.try_take(cx.waker()).map_or(Poll::Pending, Poll::Ready)
    }
}

impl<T> fmt::Debug for Answer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            State::Ready(_) => "Answer(ready)",
            State::Later(_) => "Answer(later)",
            State::Taken => "Answer(taken)",
        })
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_comes_from_another_thread_ends_the_waiting() {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let answer = Answer::later(async move { Ok(receiver.await.unwrap_or(0)) });
        let thread = std::thread::spawn(move || sender.send(5));
        assert_eq!(answer.map(|n| n + 1).wait().unwrap(), 6);
        thread.join().unwrap().unwrap();
    }

    #[test]
    fn an_answer_is_taken_once() {
        let mut answer = Answer::ready(Ok(1));
        assert!(matches!(answer.try_take(std::task::Waker::noop()), Some(Ok(1))));
        assert!(answer.try_take(std::task::Waker::noop()).is_none());
    }
}
