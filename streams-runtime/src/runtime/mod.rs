//! The running application: `config` → `start` (checks, internal topics) → `control` (group membership, who runs what) →
//! `worker` (the loop that moves records) → `restore`, `commit`; queries are messages to workers.

mod app;
mod commit;
mod config;
mod control;
mod error;
mod global;
mod guard;
mod launch;
mod layout;
mod opening;
mod partitioning;
mod query;
mod record;
mod restore;
mod shared;
mod startup;
mod stop;
mod streams;
mod worker;

pub use app::{App, AppMetrics};
pub use error::{Error, StartupProblem};
pub use partitioning::Partitioning;
pub use query::{Cursor, Page, Pages, QueryError, Rows, StoreQuery};
pub use shared::AppState;
pub use stop::{EndOfInput, StopCondition, end_of_input, shutdown_signal};
pub use streams::Streams;
