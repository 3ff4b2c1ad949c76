//! Compile-time typed stream processing on Kafka.
//!
//! Declare a topology with [`topology!`], and the compiler checks the whole graph: names, operators, state, and the types on every edge.
//! The result is a plain value that runs on Kafka, on a log inside the process, or in the test driver of the crate `streams-test`, with the
//! semantics, names and bytes of Kafka Streams.
//!
//! ```
//! use streams_runtime::prelude::*;
//! use streams_runtime::{Streams, end_of_input};
//!
//! topology! {
//!     /// How often each word occurs.
//!     pub fn word_count() -> WordCount {
//!         let lines: Stream<(), String> = stream("lines");
//!         let words = lines.flat_map_values(|line, out| for word in line.split(' ') { out(word) });
//!         let counts: Table<String, u64> = words.group_by(|_, word| word.to_owned()).count();
//!         counts.to_stream().to("word-counts");
//!     }
//! }
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), streams_runtime::Error> {
//! let app = Streams::new(word_count())
//!     .application_id("word-count") // consumer group, and prefix of internal topics
//!     .embedded_in_memory()         // on Kafka: .brokers("localhost:9092")
//!     .start()
//!     .await?;
//! app.producer(WordCount::LINES).send((), "to be or not to be").await?;
//! app.drained().await?; // what there was is processed
//! assert_eq!(app.store(WordCount::COUNTS).get("be").await?, Some(2));
//! app.run_until(end_of_input()).await // in a service: shutdown_signal()
//! # }
//! ```
//!
//! # The way of a record
//!
//! ```text
//! broker ---> consumer ---> input of a task ---> decode ---> operators, stores ---> encode ---> producer ---> broker
//!             batches       lowest time next     typed       pushed by reference    batches
//!
//! commit:  caches flushed, results and changelogs acknowledged  ->  offsets committed  ->  state written to its backend
//! ```
//!
//! A task is one sub-topology for one partition. Worker threads run tasks; a control thread takes part in the consumer group and says who
//! runs what; [`App`], on the async side, asks and waits. Nothing here blocks an executor.
//!
//! # Where to find what
//!
//! - [`topology!`] for the language; the methods of [`Stream`], [`Table`] and [`Grouped`] for the operators.
//! - [`Streams`] for settings, [`App`] for what runs, [`StoreQuery`] for looking into state.
//! - [`Producer`] and [`Reader`] for typed records into topics and out of them.
//! - [`codec`] for wire formats, [`StreamData`] to give a type one.
//! - [`Processor`] for code per record, [`stores`] for state in another place, [`broker`] for the seam to Kafka and the embedded log.
//! - [`OnError`] for records that cannot be decoded or processed, [`OnDropped`] for those that operators leave out.
//!
//! # Features
//!
//! `kafka` (default): Apache Kafka through librdkafka, which compiles C. `tls`, `tls-vendored`, `sasl-gssapi`: security for it.

pub mod broker;
mod checks;
pub mod client;
pub mod codec;
mod context;
mod dropped;
#[doc(hidden)]
pub mod editor;
mod error;
mod handles;
mod headers;
mod log_limit;
pub mod node;
pub mod operators;
pub mod partition;
pub mod plan;
pub mod prelude;
mod processor;
mod produce_error;
pub mod query;
pub mod record;
mod runtime;
pub mod stores;
pub mod task;
pub mod time;
mod topology;
pub mod windows;

#[doc(hidden)]
pub mod __private;

pub use client::{ConsumerRecord, Producer, ReadError, Reader, SendError, TopicName};
pub use context::{Context, Handlers, HeadersMut, RecordContext, RecordMetadata, SharedProducer, TaskMetrics};
pub use dropped::{DropReason, DroppedRecord, OnDropped};
pub use error::{BoxError, ErrorKind, Flow, OnError, TaskError};
pub use handles::{GlobalTable, Grouped, Stream, Table};
pub use headers::Headers;
pub use operators::{SessionWindowedStream, TimeWindowedStream};
pub use processor::{
    BranchingFixedKeyProcessor, BranchingProcessor, FixedKeyProcessor, Forward, ForwardValue, GlobalView, KeyValueView, Out, OutValue,
    Outlets, OutputNodes, Outputs, Processor, ProcessorCall, ProcessorCode, ProcessorContext, ProcessorWrapper, ReadOnly, ReadWrite,
    Record, ScheduleId, ScheduleKind, SessionView, StoppedBehind, StoreHandle, StoreHandles, ValueOutlets, ValueOutputNodes, ValueOutputs,
    VersionedView, WindowView, WrapProcessors,
};
pub use produce_error::{CausingRecord, OnProduceError, ProduceError, ProduceErrorKind};
#[doc(hidden)]
pub use runtime::machine;
pub use runtime::{
    App, AppMetrics, AppState, EndOfInput, Error, Partitioning, QueryError, StartupProblem, StopCondition, StoreQuery, Streams,
    end_of_input, shutdown_signal,
};
pub use topology::{AnyTopology, StoreName, Topology};
pub use windows::{KeyWindow, SessionWindow, Window, Windowed};

pub use streams_macros::StreamData;

/// Declares a topology: the compiler checks the whole graph, and the result is a plain value.
///
/// ```
/// use streams_runtime::prelude::*;
///
/// topology! {
///     /// Counts the words of at least `min_len` letters.
///     pub fn word_count(input: String, min_len: usize) -> WordCount {
///         let lines: Stream<Option<String>, String> = stream(input);
///         let words = lines.flat_map_values(|line, out| for word in line.split(' ') { out(word) });
///         let (long, short) = words.split().branch(|_, word| word.len() >= *min_len).otherwise();
///         let counts: Table<String, u64> = long.group_by(|_, word| word.to_owned()).count();
///         counts.to_stream().to("word-counts");
///         short.to("short-words");
///     }
/// }
///
/// let topology: WordCount = word_count("text".to_owned(), 4);
/// assert_eq!(WordCount::COUNTS.name(), "counts");
/// assert!(WordCount::DESCRIPTION.contains("counts-repartition"));
/// # let _ = topology;
/// ```
///
/// - The macro makes the struct (`WordCount`) with the parameters, the function that returns it, and the constants `DESCRIPTION`
///   (in the form of Kafka Streams' description), `MERMAID`, `DOT`, `FINGERPRINT` (changes with the names of topics and state, written
///   types, formats, windows and partitioning), one [`StoreName`] for each state and one [`TopicName`] for each topic whose types the
///   graph tells (`WordCount::WORD_COUNTS`; with `_TOPIC` behind it where a state has that name). A topic that is a parameter has a
///   method instead (`topology.input_topic()`). Closures see the parameters as shared references.
/// - **Sources** stand alone in a `let` with a written type: `stream(topic)`, `stream([a, b])`, `stream(pattern("regex"))`, `table(topic)`,
///   `global_table(topic)`, and for processors `key_value_store()`, `window_store(retention, size)`, `session_store(retention)` and
///   `versioned_store(history)`. A topic is a literal, a constant, or any expression of the
///   parameters whose type is text (`config.topic`, `format!("{prefix}-x")`); it is evaluated when the topology starts. The written type may be
///   an alias. Options follow: `.timestamp(|key, value| ms)`,
///   `.with(KeyCodec, ValueCodec)`, `.offset_reset(Earliest)`, `.partitions(12)`, `.named("x")`.
/// - **Operators** are the methods of [`Stream`], [`Table`] and [`Grouped`]; closures get references. A function can stand for a
///   closure, by its name or held by a parameter. Those with a closure have a `try_` twin
///   whose `Err` goes to the process handler. A name that is used twice is a fan-out: the first use gets each record first.
/// - **Processors** are code of one's own per record: `stream.process(processor, stores)` with a [`Processor`], and `process_values` with a
///   [`FixedKeyProcessor`], which cannot change the key, so that there is no repartition on its account. `stores` is the name of a store or
///   a tuple of names, and may be left out; a table or a global table can be given as well, to be read. Several outputs are bound with a
///   tuple: `let (a, b) = stream.process(processor);` with a [`BranchingProcessor`] or [`BranchingFixedKeyProcessor`]. What is forwarded
///   has the time and the headers of the context; [`forward_at`](Forward::forward_at) gives it another time,
///   [`forward_new`](Forward::forward_new) a time and headers of its own. Tables have `transform_values`.
/// - **State is named by its `let`**: store, changelog, repartition topic and query handle. `.named("x")` behind the operator overrides
///   it, so that a variable can be renamed and the state kept. Its type is written, everything else is inferred.
/// - A **repartition topic** is inserted exactly where a changed key meets a grouping, `to_table` or a join; it is named after the state or the join that
///   needs it, of two streams with the side behind it.
/// - **`#[optimized]`** above the function is Kafka Streams' `topology.optimization=all`, at compile time: all consumers of a stream with a `let` share one repartition
///   topic, which is named after that stream (`<let>-repartition`); a table's topic is the changelog of its store (`.with`, `.timestamp` and `.versioned` tables
///   excepted), so that it should be compacted; a stream joined with itself keeps its records once. The results are the same; `DESCRIPTION` and
///   `DESCRIPTION_UNOPTIMIZED` show the difference. `#[optimized(merge_repartitions)]`, `reuse_source_topics` and `single_store_self_joins` ask for one of these. Internal topics
///   differ, so that a running application has to be reset before this is switched on or off. A left join of a stream, which keeps records with null keys, has a topic of its own.
/// - A statement without `let` ends in `.to(topic)` (or `.to(|key, value, cx| topic)`), `.for_each(…)`, `.print(label)` or `.process(…)`.
///
/// `STREAMS_DUMP=WordCount cargo check` prints what the macro makes of a topology that is compiled. If this crate was renamed, say so first
/// in the macro: `#![runtime(path)]`. All messages of the macro are explained in `streams-macros/DIAGNOSTICS.md`.
pub use streams_macros::topology;

/// `#[topology]`, the attribute form of [`topology!`](crate::topology!), for functions that rustfmt should format. Import it by name.
///
/// ```
/// use streams_runtime::attribute::topology;
/// use streams_runtime::prelude::Stream;
///
/// #[topology]
/// pub fn copy(from: String, to: String) -> Copy {
///     let records: Stream<Option<Vec<u8>>, Option<Vec<u8>>> = stream(from);
///     records.to(to);
/// }
/// ```
pub mod attribute {
    pub use streams_macros::topology_attribute as topology;
}

/// The README's code compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct ReadmeDoctests;
