//! The handle of a running application.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::environment::Environment;
use super::error::Error;
use super::message::{Command, Input, Mailbox, Request};
use super::published::{AppState, Published};
use super::query::{StoreQuery, StoreWay};
use super::stop::{Drain, StopCondition, end_of_input};
use crate::client::{Client, IntoTopic, Producer, ReaderBuilder};
use crate::codec::StreamData;
use crate::context::TaskMetrics;
use crate::task::TaskId;
use crate::topology::{StoreName, Topology};

/// How long [`App::run_until`] gives the shutdown.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(60);

/// What the handle of an application holds, whatever its topology.
pub(super) struct AppParts {
    pub(super) env: Arc<Environment>,
    pub(super) published: Arc<Published>,
    pub(super) control: Mailbox<Input>,
    pub(super) workers: Arc<[Mailbox<Command>]>,
    /// What producers write through.
    pub(super) client: Arc<Client>,
}

/// The handle of a running application. Clones are handles of the same application: give one to each task or web handler that
/// needs it. When the last one is dropped the application stops, and nobody waits for it; what [`store`](App::store) returned does
/// not keep it running.
///
/// ```
/// # use streams_runtime::prelude::*;
/// # use streams_runtime::{App, AppState, Streams};
/// # topology! {
/// #     fn page_views() -> PageViews {
/// #         let views: Stream<String, String> = stream("views");
/// #         let per_page: Table<String, u64> = views.group_by_key().count();
/// #     }
/// # }
/// # #[tokio::main]
/// # async fn main() -> Result<(), streams_runtime::Error> {
/// let app = Streams::new(page_views()).application_id("page-views").embedded_in_memory().start().await?;
/// app.running().await?;
///
/// let handler: App<PageViews> = app.clone(); // as the state of an axum router, say
/// let elsewhere = tokio::spawn(async move {
///     assert_eq!(handler.store(PageViews::PER_PAGE).get("home").await?, None);
///     handler.stop();
///     Ok::<_, streams_runtime::Error>(())
/// });
///
/// app.run_until(std::future::pending()).await?; // ends: it was stopped elsewhere
/// assert_eq!(app.state(), AppState::Stopped);
/// # elsewhere.await.expect("no panic")?;
/// # Ok(())
/// # }
/// ```
pub struct App<T> {
    topology: Arc<T>,
    parts: Arc<AppParts>,
}

impl<T> Clone for App<T> {
    fn clone(&self) -> Self {
        App { topology: Arc::clone(&self.topology), parts: Arc::clone(&self.parts) }
    }
}

impl<T> std::fmt::Debug for App<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("application_id", &self.parts.env.config.application_id)
            .field("state", &self.parts.published.state())
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

impl<T: Topology> App<T> {
    pub(super) fn new(topology: Arc<T>, parts: AppParts) -> Self {
        App { topology, parts: Arc::new(parts) }
    }

    fn published(&self) -> &Published {
        &self.parts.published
    }

    /// The topology it runs.
    pub fn topology(&self) -> &T {
        &self.topology
    }

    /// Where it is in its life.
    pub fn state(&self) -> AppState {
        self.published().state()
    }

    /// Changes of the state, as they happen.
    pub fn states(&self) -> watch::Receiver<AppState> {
        self.published().state.subscribe()
    }

    /// What it has done so far.
    pub fn metrics(&self) -> AppMetrics {
        let mut found = self.published().look(|view| {
            let mut records = TaskMetrics::default();
            view.metrics.values().for_each(|metrics| records.add(*metrics));
            let running_tasks = view.tasks.values().filter(|place| place.running).count();
            AppMetrics { records, tasks: view.tasks.len(), running_tasks }
        });
        found.records.dropped += self.parts.env.globals.dropped();
        found
    }

    /// The tasks of this process that run now.
    pub fn tasks(&self) -> Vec<TaskId> {
        self.published().look(|view| view.tasks.iter().filter(|(_, place)| place.running).map(|(id, _)| *id).collect())
    }

    /// A store, for queries: `app.store(WordCount::COUNTS).get("word").await`.
    pub fn store<K, V>(&self, name: StoreName<K, V>) -> StoreQuery<K, V>
    where
        K: StreamData<Stored = K> + Clone + Send + 'static,
        V: StreamData<Stored = V> + Clone + Send + Sync + 'static,
    {
        StoreQuery::new(name, StoreWay::of(&self.parts))
    }

    /// Writes records of a topic: `app.producer(SlowViews::PAGE_VIEWS)`, whose types, formats and partitioner are those of the topology,
    /// or `app.producer::<String, View>("page-views")`. All producers of an application write through one client.
    pub fn producer<K: ?Sized + 'static, V: ?Sized + 'static>(&self, topic: impl IntoTopic<K, V>) -> Producer<K, V> {
        Producer::through(Arc::clone(&self.parts.client), topic)
    }

    /// Reads the records of a topic, for tests and tools: `app.reader(SlowViews::SLOW_VIEWS).to_end().await`, or
    /// `app.reader::<String, SlowView>("slow-views")`. It takes no part in the application's group.
    pub fn reader<K: Clone + 'static, V: Clone + 'static>(&self, topic: impl IntoTopic<K, V>) -> ReaderBuilder<K, V> {
        ReaderBuilder::new(Arc::clone(&self.parts.env.broker), topic)
    }

    /// Pauses this process: no record is processed and no schedule runs until [`resume`](App::resume). A turn that a worker has
    /// begun is finished first; a query that is asked after this call sees all of it.
    ///
    /// The process stays in its group and keeps its tasks. Their state is restored, queries are answered, and global tables go on
    /// following their topics. What is done is committed, and what caches held back goes downstream with that. [`drained`](App::drained) and [`end_of_input`] wait for the end of the pause
    /// if there is anything left to do. Other processes of the application are not paused.
    /// [`Streams::paused`](super::Streams::paused) starts a process so.
    ///
    /// Kafka Streams: `KafkaStreams.pause()` (KIP-834).
    pub fn pause(&self) {
        self.set_paused(true);
    }

    fn set_paused(&self, paused: bool) {
        let mut is_paused = self.published().paused();
        *is_paused = paused;
        for worker in self.parts.workers.iter() {
            if worker.send(Command::Pause(paused)).is_err() {
                tracing::debug!("a worker has ended, which is neither paused nor resumed");
            }
        }
    }

    /// Ends a pause. Where nothing was paused this does nothing.
    ///
    /// Kafka Streams: `KafkaStreams.resume()`.
    pub fn resume(&self) {
        self.set_paused(false);
    }

    /// Whether this process is paused. Its state may well be [`AppState::Running`].
    ///
    /// Kafka Streams: `KafkaStreams.isPaused()`.
    pub fn is_paused(&self) -> bool {
        *self.published().paused()
    }

    /// Waits until the tasks that this process has been given run.
    ///
    /// # Errors
    /// Why the application ended before that.
    pub async fn running(&self) -> Result<(), Error> {
        self.wait_for(|state| matches!(state, AppState::Running | AppState::Stopped | AppState::Failed)).await
    }

    /// Waits until the application has ended, whoever stopped it.
    ///
    /// # Errors
    /// Why it ended by itself. Everyone who waits gets it, also later.
    pub async fn stopped(&self) -> Result<(), Error> {
        self.wait_for(|state| matches!(state, AppState::Stopped | AppState::Failed)).await
    }

    /// Why the application ended by itself, if it did.
    pub fn failure(&self) -> Option<Error> {
        self.published().look(|view| view.failure.clone())
    }

    async fn wait_for(&self, condition: impl FnMut(&AppState) -> bool) -> Result<(), Error> {
        let mut states = self.states();
        let mut condition = condition;
        // The sender lives in `shared`, so the channel is open.
        let state = states.wait_for(|state| condition(state)).await.map_or(AppState::Failed, |state| *state);
        match state {
            AppState::Failed => Err(self.failure().unwrap_or_else(|| Error::Panicked("the application failed without an error".into()))),
            _ => Ok(()),
        }
    }

    /// Waits until everything that the source topics hold is processed and committed, internal topics and global tables included, and schedules
    /// that are due by the clock have run. The application goes on.
    ///
    /// # Errors
    /// Why the application ended before that.
    pub async fn drained(&self) -> Result<(), Error> {
        tokio::select! {
            biased;
            ended = self.stopped() => ended,
            () = end_of_input().wait(self.drain()) => Ok(()),
        }
    }

    fn drain(&self) -> Drain {
        Drain { control: self.parts.control.clone() }
    }

    /// Runs until the condition holds (a future such as [`shutdown_signal`](super::shutdown_signal), or [`end_of_input`]) or until somebody
    /// else stops the application, then stops: commits and leaves the group. The handle can still be asked afterwards.
    ///
    /// # Errors
    /// Why the application ended by itself, or that the shutdown took more than a minute.
    pub async fn run_until(&self, condition: impl StopCondition) -> Result<(), Error> {
        tokio::select! {
            biased;
            ended = self.stopped() => ended,
            () = condition.wait(self.drain()) => self.shutdown(SHUTDOWN_TIMEOUT).await,
        }
    }

    /// Asks the application to stop, and does not wait: [`stopped`](App::stopped) does. Whoever waits in [`run_until`](App::run_until)
    /// returns when it is over.
    pub fn stop(&self) {
        if self.parts.control.send(Input::Request(Request::Stop)).is_err() {
            tracing::debug!("the application has ended already");
        }
    }

    /// Stops: what is done is committed, the group is left at once. May be called from several places at the same time.
    ///
    /// # Errors
    /// Why the application had ended by itself, or that the time was not enough.
    pub async fn shutdown(&self, timeout: Duration) -> Result<(), Error> {
        self.stop();
        tokio::time::timeout(timeout, self.stopped()).await.unwrap_or(Err(Error::ShutdownTimedOut(timeout)))
    }
}
