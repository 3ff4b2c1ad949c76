//! What an error means for tasks.
//!
//! ```text
//!              Damaged: its state is cleared
//!            ┌───────────────────────────────┐
//!            ▼                               │
//!   Opened ──▶ Restoring ──▶ Running ────────┤
//!            ▲                               │
//!            └───────────────────────────────┘
//!              Fenced, Undelivered: as it was committed
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
    Fatal(Box<Error>),
    /// What a store of this task has is of no use: the task is dropped, the store cleared, and the
    /// task opened again.
    Damaged(Box<Damage>),
    /// The tasks belong to others by now: all are dropped without a commit. Those that the group
    /// leaves here are opened again.
    Fenced(Box<BrokerError>),
    /// A result was not acknowledged in time, and may be written or not: all tasks of the worker
    /// are dropped without a commit, and opened again. The application ends if that goes on.
    Undelivered(Box<BrokerError>),
}

/// State that is of no use.
#[derive(Debug)]
pub(super) struct Damage {
    pub(super) task: TaskId,
    pub(super) store: String,
    /// How it showed.
    pub(super) error: Error,
}

impl TaskOutcome {
    /// What an error of a task means for it.
    pub(super) fn of(task: TaskId, error: Box<TaskError>) -> Self {
        // The producer says so with any record that comes after the one that was not delivered.
        if let Some(undelivered @ BrokerError::Undelivered { .. }) = error.source.downcast_ref() {
            return undelivered.clone().into();
        }
        let store = error.damaged_store().map(str::to_owned);
        let error = Error::task(task, error);
        TaskOutcome::of_store(task, store, error)
    }
}

impl TaskOutcome {
    /// What an error means that shows the damage of a store, if it is named.
    pub(super) fn of_store(task: TaskId, store: Option<String>, error: Error) -> Self {
        match store {
            Some(store) => TaskOutcome::Damaged(Box::new(Damage { task, store, error })),
            None => error.into(),
        }
    }
}

impl From<Error> for TaskOutcome {
    fn from(error: Error) -> Self {
        TaskOutcome::Fatal(Box::new(error))
    }
}

impl From<BrokerError> for TaskOutcome {
    fn from(error: BrokerError) -> Self {
        match error {
            BrokerError::Undelivered { .. } => TaskOutcome::Undelivered(Box::new(error)),
            error => TaskOutcome::Fatal(Box::new(error.into())),
        }
    }
}
