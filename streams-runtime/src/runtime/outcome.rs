//! What an error means for tasks.
//!
//! ```text
//!              Damaged: its state is cleared
//!            ┌───────────────────────────────┐
//!            ▼                               │
//!   Opened ──▶ Restoring ──▶ Running ────────┤
//!            ▲                               │
//!            └───────────────────────────────┘
//!              Fenced: as it was committed
//!
//!   Fatal: the application ends
//! ```

use super::error::Error;
use crate::broker::BrokerError;
use crate::error::TaskError;
use crate::task::TaskId;

/// What an error means for the tasks of a worker.
#[derive(Debug)]
pub(super) enum TaskOutcome {
    /// The application ends.
    Fatal(Error),
    /// What a store of this task has is of no use: the task is dropped, the store cleared, and the
    /// task opened again.
    Damaged { task: TaskId, store: String, error: Error },
    /// The tasks belong to others by now: all are dropped without a commit. Those that the group
    /// leaves here are opened again.
    Fenced(BrokerError),
}

impl TaskOutcome {
    /// What an error of a task means for it.
    pub(super) fn of(task: TaskId, error: Box<TaskError>) -> Self {
        let store = error.damaged_store().map(str::to_owned);
        let error = Error::task(task, error);
        match store {
            Some(store) => TaskOutcome::Damaged { task, store, error },
            None => TaskOutcome::Fatal(error),
        }
    }
}

impl From<Error> for TaskOutcome {
    fn from(error: Error) -> Self {
        TaskOutcome::Fatal(error)
    }
}

impl From<BrokerError> for TaskOutcome {
    fn from(error: BrokerError) -> Self {
        TaskOutcome::Fatal(error.into())
    }
}
