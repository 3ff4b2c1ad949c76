//! The handle of a running application.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;

use super::control::WorkerHandle;
use super::error::Error;
use super::query::StoreQuery;
use super::shared::{AppState, Shared, lock};
use super::startup::StateDirectory;
use crate::codec::StreamData;
use crate::context::TaskMetrics;
use crate::task::TaskId;
use crate::topology::{StoreName, Topology};

/// How long [`App::run_until`] gives the shutdown.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(60);

/// What the handle of an application holds, whatever its topology.
pub(super) struct AppParts {
    pub(super) shared: Arc<Shared>,
    pub(super) workers: Arc<[WorkerHandle]>,
    pub(super) stop: Arc<AtomicBool>,
    pub(super) directory: Option<StateDirectory>,
}

/// A running application. Dropping it stops it, without waiting.
pub struct App<T> {
    topology: Arc<T>,
    shared: Arc<Shared>,
    workers: Arc<[WorkerHandle]>,
    stop: Arc<AtomicBool>,
    _directory: Option<StateDirectory>,
}

impl<T> std::fmt::Debug for App<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("application_id", &self.shared.config.application_id)
            .field("state", &*self.shared.state.borrow())
            .finish()
    }
}

/// What an application has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AppMetrics {
    /// Counted by the tasks of this process.
    pub records: TaskMetrics,
    /// Tasks of this process.
    pub tasks: usize,
    /// Those of them that run.
    pub running_tasks: usize,
}

impl<T> Drop for App<T> {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
    }
}

impl<T: Topology> App<T> {
    pub(super) fn new(topology: Arc<T>, parts: AppParts) -> Self {
        let AppParts { shared, workers, stop, directory } = parts;
        App { topology, shared, workers, stop, _directory: directory }
    }

    /// The topology it runs.
    pub fn topology(&self) -> &T {
        &self.topology
    }

    /// Where it is in its life.
    pub fn state(&self) -> AppState {
        *self.shared.state.borrow()
    }

    /// Changes of the state, as they happen.
    pub fn states(&self) -> watch::Receiver<AppState> {
        self.shared.state.subscribe()
    }

    /// What it has done so far.
    pub fn metrics(&self) -> AppMetrics {
        let mut records = TaskMetrics::default();
        lock(&self.shared.metrics).values().for_each(|m| records.add(*m));
        records.dropped += self.shared.globals.dropped();
        let tasks = lock(&self.shared.tasks);
        AppMetrics { records, tasks: tasks.len(), running_tasks: tasks.values().filter(|t| t.running).count() }
    }

    /// The tasks of this process that run now.
    pub fn tasks(&self) -> Vec<TaskId> {
        lock(&self.shared.tasks).iter().filter(|(_, place)| place.running).map(|(id, _)| *id).collect()
    }

    /// A store, for queries: `app.store(WordCount::COUNTS).get("word").await`.
    pub fn store<K, V>(&self, name: StoreName<K, V>) -> StoreQuery<K, V>
    where
        K: StreamData<Stored = K> + Clone + Send + 'static,
        V: StreamData<Stored = V> + Clone + Send + Sync + 'static,
    {
        StoreQuery::new(name, Arc::clone(&self.shared), Arc::clone(&self.workers))
    }

    /// Waits until the tasks that this process has been given run.
    ///
    /// # Errors
    /// Why the application ended before that.
    pub async fn running(&self) -> Result<(), Error> {
        match self.wait_for(|state| matches!(state, AppState::Running | AppState::Stopped | AppState::Failed)).await {
            AppState::Failed => Err(self.take_failure()),
            _ => Ok(()),
        }
    }

    async fn wait_for(&self, condition: impl FnMut(&AppState) -> bool) -> AppState {
        let mut states = self.shared.state.subscribe();
        let mut condition = condition;
        // The sender lives in `shared`, so the channel is open.
        states.wait_for(|state| condition(state)).await.map_or(AppState::Failed, |state| *state)
    }

    fn take_failure(&self) -> Error {
        lock(&self.shared.failure)
            .take()
            .unwrap_or_else(|| Error::Panicked("the application has failed, and the error was reported before".into()))
    }

    /// Waits until everything that the source topics hold is processed and committed, internal topics and global tables included, and schedules
    /// that are due by the clock have run. The application goes on.
    ///
    /// # Errors
    /// Why the application ended before that.
    pub async fn drained(&self) -> Result<(), Error> {
        let ended = self.wait_for(|state| matches!(state, AppState::Failed | AppState::Stopped));
        tokio::select! {
            biased;
            state = ended => match state {
                AppState::Failed => Err(self.take_failure()),
                _ => Ok(()),
            },
            () = end_of_input().wait(self.drain()) => Ok(()),
        }
    }

    fn drain(&self) -> Drain {
        Drain { shared: Arc::clone(&self.shared), workers: Arc::clone(&self.workers) }
    }

    /// Runs until the condition holds (a future such as [`shutdown_signal`], or [`end_of_input`]), then stops: commits and leaves the group.
    ///
    /// # Errors
    /// Why the application ended by itself, or that the shutdown took more than a minute.
    pub async fn run_until(self, condition: impl StopCondition) -> Result<(), Error> {
        let ended = self.wait_for(|state| matches!(state, AppState::Failed | AppState::Stopped));
        tokio::select! {
            biased;
            _ = ended => {}
            () = condition.wait(self.drain()) => {}
        }
        self.shutdown(SHUTDOWN_TIMEOUT).await
    }

    /// Stops: what is done is committed, the group is left at once.
    ///
    /// # Errors
    /// Why the application had ended by itself, or that the time was not enough.
    pub async fn shutdown(self, timeout: Duration) -> Result<(), Error> {
        self.stop.store(true, Ordering::Release);
        let ended = self.wait_for(|state| matches!(state, AppState::Failed | AppState::Stopped));
        match tokio::time::timeout(timeout, ended).await {
            Ok(AppState::Failed) => Err(self.take_failure()),
            Ok(_) => Ok(()),
            Err(_) => Err(Error::ShutdownTimedOut(timeout)),
        }
    }
}

/// What [`App::run_until`] runs until: any future, or [`end_of_input`].
pub trait StopCondition {
    /// Completes when the application is to stop.
    fn wait(self, drain: Drain) -> impl Future<Output = ()> + Send;
}

/// Lets a condition wait for the end of the input.
#[derive(Clone)]
pub struct Drain {
    shared: Arc<Shared>,
    workers: Arc<[WorkerHandle]>,
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
        let request = drain.shared.drains.ask();
        // A worker that waits for records would commit only when it looks up by itself.
        drain.workers.iter().for_each(|worker| worker.waker.wake());
        while !drain.shared.drains.is_met(request) {
            tokio::time::sleep(Duration::from_millis(1)).await;
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
