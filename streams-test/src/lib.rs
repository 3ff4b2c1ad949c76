//! Tests of topologies without a broker: [`TestDriver`] pipes typed records in, reads typed results, moves the wall clock and looks into
//! stores. It runs the same generated code, tasks, stores and formats as production.
//!
//! [`simulate`] runs whole applications, several processes of them, while a seed decides what goes
//! wrong.
//!
//! ```
//! use streams_runtime::prelude::*;
//! use streams_test::TestDriver;
//!
//! topology! {
//!     fn word_count() -> WordCount {
//!         let lines: Stream<(), String> = stream("lines");
//!         let counts: Table<String, u64> = lines
//!             .flat_map_values(|line, out| for word in line.split(' ') { out(word) })
//!             .group_by(|_, word| word.to_owned())
//!             .count();
//!         counts.to_stream().to("counts");
//!     }
//! }
//!
//! # fn main() -> Result<(), streams_test::DriverError> {
//! let driver = TestDriver::new(word_count())?;
//! let lines = driver.input::<(), str>("lines")?;
//! let counts = driver.output::<String, u64>("counts");
//!
//! lines.pipe((), "to be or not to be")?;
//! let last = counts.read_pairs().pop();
//! assert_eq!(last, Some(("be".to_owned(), 2)));
//! assert_eq!(driver.store(WordCount::COUNTS)?.get("to"), Some(2));
//! # Ok(())
//! # }
//! ```

mod builder;
mod driver;
mod engine;
mod error;
mod found;
mod input;
mod output;
mod record;
mod recorder;
mod session_store;
pub mod simulate;
mod store;
mod versioned_store;
mod window_store;

pub use builder::TestDriverBuilder;
pub use driver::TestDriver;
pub use error::DriverError;
pub use input::TestInput;
pub use output::TestOutput;
pub use record::{OutputRecord, RawRecord};
pub use session_store::TestSessionStore;
pub use store::TestStore;
pub use versioned_store::TestVersionedStore;
pub use window_store::TestWindowStore;
