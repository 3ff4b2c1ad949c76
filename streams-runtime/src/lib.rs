//! Compile-time typed stream processing on Kafka.

pub mod broker;
pub mod codec;
mod context;
mod error;
mod handles;
mod headers;
pub mod node;
pub mod operators;
pub mod partition;
pub mod plan;
pub mod prelude;
mod processor;
pub mod record;
pub mod stores;
pub mod task;
mod topology;

#[doc(hidden)]
pub mod __private;

pub use context::{Context, Handlers, SharedProducer, TaskMetrics};
pub use error::{BoxError, ErrorKind, Flow, OnError, TaskError};
pub use handles::{GlobalTable, Grouped, Stream, Table};
pub use headers::Headers;
pub use processor::{FixedKeyProcessor, Forward, ForwardValue, Processor, ProcessorContext, Record, ScheduleId, ScheduleKind};
pub use topology::{StoreName, Topology};
