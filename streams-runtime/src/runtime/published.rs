//! What the handle of an application sees of it: written by the control thread, read by any.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tokio::sync::watch;

use super::error::Error;
use super::layout::Layout;
use crate::context::TaskMetrics;
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
    /// Over, all is committed, and everything that the application had is given back.
    Stopped,
    /// Over, with an error.
    Failed,
}

impl AppState {
    pub(super) fn may_become(self, next: AppState) -> bool {
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

/// What the control machine knows, as of its last step.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) tasks: BTreeMap<TaskId, TaskPlace>,
    /// By worker.
    pub(crate) metrics: BTreeMap<usize, TaskMetrics>,
    pub(crate) layout: Arc<Layout>,
    /// The error that ended the application; the first one counts.
    pub(crate) failure: Option<Error>,
}

/// A view that any thread can look at, and a state that can be waited for.
pub(crate) struct Published {
    pub(crate) state: watch::Sender<AppState>,
    view: RwLock<View>,
    paused: Mutex<bool>,
}

impl Published {
    pub(crate) fn new(layout: Arc<Layout>, paused: bool) -> Self {
        let view = View { tasks: BTreeMap::new(), metrics: BTreeMap::new(), layout, failure: None };
        Published { state: watch::Sender::new(AppState::Starting), paused: Mutex::new(paused), view: RwLock::new(view) }
    }

    /// What is known now.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&View) -> R) -> R {
        look(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces what is known.
    pub(super) fn set(&self, view: View) {
        *self.view.write().unwrap_or_else(PoisonError::into_inner) = view;
    }

    /// What the handle asked for last. A caller sees its own request before the control thread has
    /// it.
    pub(crate) fn paused(&self) -> MutexGuard<'_, bool> {
        self.paused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_state(&self, next: AppState, application: &str) {
        self.state.send_if_modified(|state| {
            let changes = state.may_become(next);
            if changes {
                tracing::info!(application, from = ?*state, to = ?next, "state");
                *state = next;
            }
            changes
        });
    }

    /// The application is over, and everything that it had is given back.
    pub(super) fn end(&self, last: AppState) {
        self.state.send_replace(last);
    }

    pub(crate) fn state(&self) -> AppState {
        *self.state.borrow()
    }
}
