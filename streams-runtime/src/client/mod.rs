//! Typed records into topics and out of them: what a program around a topology, its tests and its tools need.
//!
//! ```text
//! Producer::send → SendRecord (encoded) → queue → writing: a thread with a broker::Writer → Delivery: partition, offset
//! ReaderBuilder::open → reading: a thread with a broker::Consumer → queue → Reader::next (decoded)
//! ```
//!
//! [`TopicName`] says what a topic holds: `topology!` makes a constant for each topic whose types are written in it.

mod data;
mod error;
mod formats;
#[doc(hidden)]
pub mod generated;
mod producer;
mod reader;
mod reading;
mod send;
mod topic;
mod writing;

pub use data::AsData;
pub use error::{ReadError, SendError};
pub use formats::{Formats, codecs};
pub use producer::{Producer, Sent};
pub use reader::{ConsumerRecord, Reader, ReaderBuilder};
pub use send::{Delivery, SendRecord};
pub use topic::{ChoosePartition, IntoTopic, TopicName};
pub(crate) use writing::{Client, ClientConfig};
