//! What an application runs until: a future, a signal, the end of the input.

use std::future::Future;

use tokio::sync::oneshot;

use super::message::{Input, Mailbox, Request};

/// What [`App::run_until`](super::App::run_until) runs until: any future, or [`end_of_input`].
pub trait StopCondition {
    /// Completes when the application is to stop.
    fn wait(self, drain: Drain) -> impl Future<Output = ()> + Send;
}

/// Lets a condition wait for the end of the input.
#[derive(Clone)]
pub struct Drain {
    pub(super) control: Mailbox<Input>,
}

impl std::fmt::Debug for Drain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Drain")
    }
}

impl<F: Future<Output = ()> + Send> StopCondition for F {
    fn wait(self, _: Drain) -> impl Future<Output = ()> + Send {
        self
    }
}

/// Everything that the source topics hold is processed, and the results are committed.
#[derive(Clone, Copy, Debug)]
pub struct EndOfInput(());

/// Stops when all records of the source topics are processed and committed, internal topics included: `app.run_until(end_of_input())`.
pub fn end_of_input() -> EndOfInput {
    EndOfInput(())
}

impl StopCondition for EndOfInput {
    async fn wait(self, drain: Drain) {
        let (done, is_done) = oneshot::channel();
        let asked = drain.control.send(Input::Request(Request::Drain(done))).is_ok();
        if !asked || is_done.await.is_err() {
            // The application has ended, which whoever runs it hears of otherwise.
            std::future::pending::<()>().await;
        }
    }
}

/// Completes at Ctrl-C, or when the process is asked to terminate (SIGTERM).
pub async fn shutdown_signal() {
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::warn!(%error, "SIGTERM cannot be caught");
                std::future::pending::<()>().await;
            }
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        result = tokio::signal::ctrl_c() => {
            if let Err(error) = result {
                tracing::warn!(%error, "Ctrl-C cannot be caught");
                std::future::pending::<()>().await;
            }
        }
        () = terminated => {}
    }
}
