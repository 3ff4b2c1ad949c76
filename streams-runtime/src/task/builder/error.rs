//! What can be wrong with a task that is to be made.

use crate::broker::BrokerError;
use crate::stores::StoreError;

/// Why a task could not be made.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A store could not be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A topic could not be looked up.
    #[error(transparent)]
    Broker(#[from] BrokerError),
    /// The windows of an operator are impossible, or its store forgets them too early.
    #[error("state `{store}`: {problem}")]
    Windows {
        /// The state.
        store: String,
        /// What is wrong, and what to write.
        problem: String,
    },
    /// A join with a grace period looks further back than its table does.
    #[error(
        "state `{store}`: a grace of {grace_ms} ms is longer than the history of `{table}`, which is {history_ms} ms: make the history at least as long"
    )]
    History {
        /// Where the join holds its records.
        store: String,
        /// The table with the history.
        table: String,
        /// How long records are held.
        grace_ms: i64,
        /// How far back the table can be read.
        history_ms: i64,
    },
    /// Generated code and plan do not fit: a defect of this library.
    #[error("defect in generated code: {0}")]
    Defect(String),
}

impl BuildError {
    /// The name of the store whose [damage](StoreError::is_damage) is the reason. The task can be
    /// made with that store [cleared](crate::task::TaskBuilder::clear_store).
    pub fn damaged_store(&self) -> Option<&str> {
        match self {
            BuildError::Store(error) if error.is_damage() => Some(error.store()),
            _ => None,
        }
    }
}

crate::error::debug_is_display!(BuildError);
