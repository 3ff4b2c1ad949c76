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
mod runtime;
pub mod stores;
pub mod task;
pub mod time;
mod topology;

#[doc(hidden)]
pub mod __private;

pub use context::{Context, Handlers, SharedProducer, TaskMetrics};
pub use error::{BoxError, ErrorKind, Flow, OnError, TaskError};
pub use handles::{GlobalTable, Grouped, Stream, Table};
pub use headers::Headers;
pub use processor::{FixedKeyProcessor, Forward, ForwardValue, Processor, ProcessorContext, Record, ScheduleId, ScheduleKind};
pub use runtime::{
    App, AppMetrics, AppState, EndOfInput, Error, QueryError, StartupProblem, StopCondition, StoreQuery, Streams, end_of_input,
    shutdown_signal,
};
pub use topology::{StoreName, Topology};

pub use streams_macros::{StreamData, topology};

/// `#[topology]`, the attribute form of [`topology!`]. Import it by name: `use streams_runtime::attribute::topology;`.
pub mod attribute {
    pub use streams_macros::topology_attribute as topology;
}
