//! The running application: `config` → `start` (checks, internal topics) → `control` (group membership, who runs what) →
//! `worker` (the loop that moves records) → `restore`, `commit`; queries are messages to workers.

mod app;
mod beats;
mod commit;
mod commits;
mod config;
mod control;
mod drain;
mod ending;
mod environment;
mod error;
mod fingerprint;
mod global;
mod launch;
mod layout;
mod lease;
mod leaving;
pub mod machine;
mod message;
mod now;
mod opening;
mod outcome;
mod partitioning;
mod published;
mod query;
mod reading;
mod record;
mod restore;
mod revocation;
mod shares;
mod silence;
mod start;
mod startup;
mod stop;
mod streams;
mod turns;
mod upkeep;
mod worker;

pub use app::{App, AppMetrics};
pub use error::{Error, StartupProblem};
pub use partitioning::Partitioning;
pub use published::AppState;
pub use query::{Cursor, Page, Pages, QueryError, Rows, StoreQuery};
pub use stop::{EndOfInput, StopCondition, end_of_input, shutdown_signal};
pub use streams::Streams;
