//! Tests of topologies without a broker: [`TestDriver`] pipes typed records in, reads typed results, moves the wall clock and looks into
//! stores. It runs the same generated code, tasks, stores and formats as production.

mod driver;
mod engine;
mod error;
mod input;
mod output;
mod record;
mod recorder;
mod store;

pub use driver::{TestDriver, TestDriverBuilder};
pub use error::DriverError;
pub use input::TestInput;
pub use output::TestOutput;
pub use record::{OutputRecord, RawRecord};
pub use store::TestStore;
