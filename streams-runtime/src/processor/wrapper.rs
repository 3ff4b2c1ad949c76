//! Something around every call of a processor's code: for logs, times, traces and faults.

use std::fmt;
use std::sync::Arc;

use crate::context::Context;
use crate::error::BoxError;

/// What is called of a processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessorCall {
    /// `init`.
    Init,
    /// `process` of a record, or `transform` of a row.
    Process,
    /// `punctuate`.
    Punctuate,
    /// `close`.
    Close,
}

/// Stands around the processors of an application, one for each processor of each task: see `Streams::wrap_processors`.
///
/// It sees the record at hand through the context (topic, partition, offset, time, headers) and the outcome, not the typed key and value.
/// Operators with closures are not wrapped.
///
/// Kafka Streams: `ProcessorWrapper` (KIP-1112).
///
/// ```
/// use std::time::Instant;
///
/// use streams_runtime::prelude::*;
/// use streams_runtime::{ProcessorCall, ProcessorCode, ProcessorWrapper};
///
/// /// Tells how long each record takes.
/// struct Timed(String);
///
/// impl ProcessorWrapper for Timed {
///     fn call(&mut self, call: ProcessorCall, cx: &mut Context, code: ProcessorCode<'_>) -> Result<(), BoxError> {
///         let (begun, place) = (Instant::now(), format!("{}-{}@{}", cx.topic(), cx.partition(), cx.offset()));
///         let outcome = code.run(cx);
///         println!("{} {call:?} {place}: {:?}, {}", self.0, begun.elapsed(), if outcome.is_ok() { "done" } else { "failed" });
///         outcome
///     }
/// }
/// ```
pub trait ProcessorWrapper: 'static {
    /// Called instead of the processor's code, which `code.run(cx)` runs. Without it the call is skipped: a record is then processed by nobody.
    ///
    /// # Errors
    /// What is returned takes the place of what the processor returned.
    fn call(&mut self, call: ProcessorCall, cx: &mut Context, code: ProcessorCode<'_>) -> Result<(), BoxError>;
}

/// Wraps some processors: `None` leaves one as it is.
impl<W: ProcessorWrapper> ProcessorWrapper for Option<W> {
    fn call(&mut self, call: ProcessorCall, cx: &mut Context, code: ProcessorCode<'_>) -> Result<(), BoxError> {
        match self {
            Some(wrapper) => wrapper.call(call, cx, code),
            None => code.run(cx),
        }
    }
}

/// The code of a processor that a [`ProcessorWrapper`] stands around.
pub struct ProcessorCode<'a>(pub(super) &'a mut dyn FnMut(&mut Context) -> Result<(), BoxError>);

impl ProcessorCode<'_> {
    /// Runs it.
    ///
    /// # Errors
    /// What the processor returns; and [`StoppedBehind`] if a node behind it stopped the task, which no wrapper can undo.
    pub fn run(self, cx: &mut Context) -> Result<(), BoxError> {
        (self.0)(cx)
    }
}

/// The outcome of a call in which a node behind the processor failed.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a node behind the processor stopped the task")]
pub struct StoppedBehind;

type Make = dyn Fn(&str) -> Box<dyn ProcessorWrapper> + Send + Sync;

/// Makes the wrappers of an application's processors.
#[derive(Clone, Default)]
pub struct WrapProcessors(Option<Arc<Make>>);

impl WrapProcessors {
    /// Makes them by the names of the processors in the topology.
    pub fn new<W: ProcessorWrapper>(make: impl Fn(&str) -> W + Send + Sync + 'static) -> Self {
        WrapProcessors(Some(Arc::new(move |node| Box::new(make(node)))))
    }

    pub(crate) fn wrapper(&self, node: &str) -> Option<Box<dyn ProcessorWrapper>> {
        self.0.as_ref().map(|make| make(node))
    }
}

impl fmt::Debug for WrapProcessors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "WrapProcessors(…)" } else { "WrapProcessors" })
    }
}
