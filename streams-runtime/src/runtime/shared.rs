//! What the threads of an application share.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::config::Config;
use super::error::Error;
use super::layout::Layout;
use crate::broker::{Broker, TopicPartition};
use crate::context::TaskMetrics;
use crate::plan::TopologyPlan;
use crate::stores::GlobalStores;
use crate::task::TaskId;

/// Life of an application.
///
/// ```text
/// Starting ─→ Rebalancing ⇄ Running ─→ Stopping ─→ Stopped
///     └────────────┴───────────┴──→ Failed
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppState {
    /// Checks, internal topics, global tables.
    Starting,
    /// Tasks are being handed out, taken back or restored.
    Rebalancing,
    /// All tasks of this process run.
    Running,
    /// Commits what is done and leaves the group.
    Stopping,
    /// Over, all is committed.
    Stopped,
    /// Over, with an error.
    Failed,
}

impl AppState {
    fn may_become(self, next: AppState) -> bool {
        use AppState::*;
        matches!(
            (self, next),
            (Starting, Rebalancing | Stopping | Failed)
                | (Rebalancing, Running | Stopping | Failed)
                | (Running, Rebalancing | Stopping | Failed)
                | (Stopping, Stopped | Failed)
        )
    }
}

/// Where a task of this process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TaskPlace {
    pub(crate) worker: usize,
    pub(crate) running: bool,
}

pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) broker: Arc<dyn Broker>,
    pub(crate) plan: TopologyPlan,
    /// Replaced as a whole when a pattern source matches a new topic.
    layout: RwLock<Arc<Layout>>,
    pub(crate) globals: GlobalStores,
    pub(crate) state: watch::Sender<AppState>,
    pub(crate) tasks: Mutex<BTreeMap<TaskId, TaskPlace>>,
    pub(crate) metrics: Mutex<BTreeMap<usize, TaskMetrics>>,
    /// Committed offsets of repartition topics, before which records can be deleted.
    pub(crate) purgeable: Mutex<BTreeMap<TopicPartition, i64>>,
    /// Who waits for the end of the input.
    pub(crate) drains: Drains,
    pub(crate) beats: Beats,
    /// Up to where each partition of the topics of global tables is in them.
    pub(crate) global_positions: Mutex<BTreeMap<TopicPartition, i64>>,
    /// Whether records and schedules are left alone for now.
    pub(crate) paused: AtomicBool,
    /// The error that ended the application; the first one counts.
    pub(crate) failure: Mutex<Option<Error>>,
}

/// When each worker last went round its loop. By the monotonic clock: the wall clock may be set
/// while a worker does nothing wrong.
#[derive(Debug)]
pub(crate) struct Beats {
    begun: Instant,
    /// Milliseconds since then, by worker.
    last_ms: Vec<AtomicU64>,
}

impl Beats {
    fn new(workers: usize) -> Self {
        Beats { begun: Instant::now(), last_ms: (0..workers).map(|_| AtomicU64::new(0)).collect() }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// A worker goes round its loop.
    pub(crate) fn beat(&self, worker: usize) {
        self.last_ms[worker].store(self.now_ms(), Ordering::Relaxed);
    }

    /// A worker has ended: it is not stuck.
    pub(crate) fn end(&self, worker: usize) {
        self.last_ms[worker].store(u64::MAX, Ordering::Relaxed);
    }

    /// A worker that has not gone round its loop for longer than `limit`.
    pub(crate) fn stuck_for(&self, limit: Duration) -> Option<usize> {
        let now_ms = self.now_ms();
        let silent = |last: &AtomicU64| Duration::from_millis(now_ms.saturating_sub(last.load(Ordering::Relaxed)));
        self.last_ms.iter().position(|last| silent(last) > limit)
    }
}

/// Requests to be told when all input is processed, by number. A worker answers with the last request that it knew of *before* it looked
/// around and found nothing to do: what was there when a request was made, a due schedule too, is done before the request is met.
#[derive(Debug)]
pub(crate) struct Drains {
    asked: AtomicU64,
    met: AtomicU64,
    /// By worker.
    idle: Vec<AtomicU64>,
}

impl Drains {
    fn new(workers: usize) -> Self {
        Drains { asked: AtomicU64::new(0), met: AtomicU64::new(0), idle: (0..workers).map(|_| AtomicU64::new(0)).collect() }
    }

    /// A new request.
    pub(crate) fn ask(&self) -> u64 {
        self.asked.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// The last request, if it is not met.
    pub(crate) fn open(&self) -> Option<u64> {
        let asked = self.asked.load(Ordering::Acquire);
        (asked > self.met.load(Ordering::Acquire)).then_some(asked)
    }

    /// This request is met, and those before it.
    pub(crate) fn meet(&self, request: u64) {
        self.met.fetch_max(request, Ordering::AcqRel);
    }

    pub(crate) fn is_met(&self, request: u64) -> bool {
        self.met.load(Ordering::Acquire) >= request
    }

    /// What a worker found when it looked around: nothing to do since `request`, or something.
    pub(crate) fn note(&self, worker: usize, request: Option<u64>) {
        self.idle[worker].store(request.unwrap_or(0), Ordering::Release);
    }

    /// Whether no worker has anything left to do since `request`.
    pub(crate) fn all_idle(&self, request: u64) -> bool {
        self.idle.iter().all(|idle| idle.load(Ordering::Acquire) >= request)
    }
}

/// A lock that a panic elsewhere does not make useless: all data behind it is whole at every step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn new(config: Config, broker: Arc<dyn Broker>, plan: TopologyPlan, layout: Layout, globals: GlobalStores) -> Self {
        let threads = config.threads;
        Shared {
            broker,
            plan,
            layout: RwLock::new(Arc::new(layout)),
            globals,
            state: watch::Sender::new(AppState::Starting),
            tasks: Mutex::default(),
            metrics: Mutex::default(),
            purgeable: Mutex::default(),
            drains: Drains::new(threads),
            beats: Beats::new(threads),
            global_positions: Mutex::default(),
            paused: AtomicBool::new(config.paused),
            failure: Mutex::default(),
            config,
        }
    }

    /// Topics and tasks as of now.
    pub(crate) fn layout(&self) -> Arc<Layout> {
        Arc::clone(&self.layout.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set_layout(&self, layout: Layout) {
        *self.layout.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(layout);
    }

    pub(crate) fn set_state(&self, next: AppState) {
        self.state.send_if_modified(|state| {
            let changes = state.may_become(next);
            if changes {
                tracing::info!(application = self.config.application_id, from = ?*state, to = ?next, "state");
                *state = next;
            }
            changes
        });
    }

    /// Keeps the first error; the control thread sees it and ends the application.
    pub(crate) fn fail(&self, error: Error) {
        tracing::error!(application = self.config.application_id, %error, "the application ends");
        lock(&self.failure).get_or_insert(error);
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Acquire)
    }

    pub(crate) fn has_failed(&self) -> bool {
        lock(&self.failure).is_some()
    }

    /// Whether the workers are about to be told to stop.
    pub(crate) fn is_ending(&self) -> bool {
        self.has_failed() || matches!(*self.state.borrow(), AppState::Stopping | AppState::Stopped | AppState::Failed)
    }

    /// Running if every task of this process runs, rebalancing otherwise.
    pub(crate) fn update_state(&self, rebalancing: bool) {
        let all_run = lock(&self.tasks).values().all(|place| place.running);
        self.set_state(if all_run && !rebalancing { AppState::Running } else { AppState::Rebalancing });
    }
}
