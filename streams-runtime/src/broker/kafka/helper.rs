//! A thread for the few calls of librdkafka that block.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError, mpsc};

use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// See the [module](self). The thread begins with the first job, and ends when the helper is
/// dropped.
#[derive(Default)]
pub(super) struct Helper(Mutex<Option<mpsc::Sender<Job>>>);

impl Helper {
    /// Runs `job` after those before it, and gives its result; `None` if there is no thread. A job
    /// that nobody waits for any more when its turn comes is left out.
    pub(super) fn run<T, F>(&self, job: F) -> impl Future<Output = Option<T>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        self.push(Box::new(move || {
            if !sender.is_closed() {
                // Nobody may wait any more.
                let _ = sender.send(job());
            }
        }));
        async move { receiver.await.ok() }
    }

    /// Runs `job` after those before it.
    pub(super) fn push(&self, job: Job) {
        let mut jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if jobs.is_none() {
            let (sender, receiver) = mpsc::channel::<Job>();
            let spawned = std::thread::Builder::new().name("kafka-helper".to_owned()).spawn(move || {
                while let Ok(job) = receiver.recv() {
                    // Who waits for the job hears that it has no result.
                    if catch_unwind(AssertUnwindSafe(job)).is_err() {
                        tracing::error!("a question to a Kafka client panicked; this is a bug");
                    }
                }
            });
            match spawned {
                Ok(_) => *jobs = Some(sender),
                Err(error) => tracing::error!(%error, "no thread for questions to a Kafka client"),
            }
        }
        if let Some(sender) = &*jobs
            && sender.send(job).is_err()
        {
            // The thread is gone; the next job gets a new one.
            *jobs = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::Answer;

    #[test]
    fn jobs_run_one_after_the_other_and_none_is_lost_to_one_that_panics() {
        let helper = Helper::default();
        let answer = |number: i32| {
            let job = helper.run(move || if number == 1 { panic!("at job 1") } else { number });
            Answer::later(async { Ok(job.await) })
        };
        let answers = [0, 1, 2].map(answer);
        assert_eq!(answers.map(|answer| answer.wait().unwrap()), [Some(0), None, Some(2)]);
    }

    #[test]
    fn what_nobody_waits_for_is_left_out() {
        let helper = Helper::default();
        let (go, wait) = mpsc::channel::<()>();
        let first = helper.run(move || wait.recv().is_ok());
        let (ran, did) = mpsc::channel();
        drop(helper.run(move || ran.send(())));
        go.send(()).unwrap();
        assert_eq!(Answer::later(async { Ok(first.await) }).wait().unwrap(), Some(true));
        assert!(did.recv().is_err());
    }
}
