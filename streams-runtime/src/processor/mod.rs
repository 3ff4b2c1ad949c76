//! Processors written by hand: any code per record, with typed stores and schedules.

mod context;
mod forward;
mod global;
mod host;
mod key_value;
mod outputs;
mod read_only;
mod schedules;
mod session;
mod value_outputs;
mod versioned;
mod window;
mod wrapper;

pub use context::{ProcessorContext, StoreHandle, StoreHandles};
pub(crate) use forward::{FixedKeyOutlet, Outlet};
pub use forward::{Forward, ForwardValue};
pub use global::GlobalView;
pub(crate) use host::{Host, outcome};
pub use key_value::KeyValueView;
pub use outputs::{BranchingProcessor, Out, Outlets, OutputNodes, Outputs};
pub use read_only::{ReadOnly, ReadWrite};
pub(crate) use schedules::Schedules;
pub use schedules::{ScheduleId, ScheduleKind};
pub use session::SessionView;
pub use value_outputs::{BranchingFixedKeyProcessor, OutValue, ValueOutlets, ValueOutputNodes, ValueOutputs};
pub use versioned::VersionedView;
pub use window::WindowView;
pub use wrapper::{ProcessorCall, ProcessorCode, ProcessorWrapper, StoppedBehind, WrapProcessors};

use crate::error::BoxError;
#[cfg(doc)]
use crate::stores::{GlobalRows, KeyValue, WindowState};

/// A record as a processor sees it. Topic, partition, offset and headers are in the context.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a, K: ?Sized, V: ?Sized> {
    /// The key.
    pub key: &'a K,
    /// The value.
    pub value: &'a V,
    /// Milliseconds since the Unix epoch.
    pub timestamp_ms: i64,
}

/// Code that runs for every record of a stream: `stream.process(processor, stores)`.
///
/// Each task has a processor of its own: the expression in the topology is evaluated once per task. The key may change, so a grouping or a join
/// after it goes through a repartition topic.
///
/// ```
/// use streams_runtime::prelude::*;
///
/// /// Passes a record on when its value differs from the one before of the same key.
/// struct Changes;
///
/// impl Processor<String, i64> for Changes {
///     type KeyOut = String;
///     type ValueOut = i64;
///     type Stores = KeyValue<String, i64>;
///
///     fn process<O: Forward<String, i64>>(
///         &mut self,
///         record: Record<'_, String, i64>,
///         cx: &mut ProcessorContext<'_, Self::Stores>,
///         out: &mut O,
///     ) -> Result<(), BoxError> {
///         if cx.store(cx.stores).get(record.key)? != Some(record.value) {
///             cx.store(cx.stores).put(record.key, *record.value)?;
///             out.forward(cx, record.key, record.value);
///         }
///         Ok(())
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a processor for a stream of key `{K}` and value `{V}`",
    label = "not a processor of this stream",
    note = "implement `Processor<{K}, {V}>` for it",
    note = "the outputs of a `BranchingProcessor` are bound with a tuple: `let (a, b) = …;`"
)]
pub trait Processor<K: ?Sized, V: ?Sized>: 'static {
    /// Key of what it forwards.
    type KeyOut: ?Sized + 'static;
    /// Value of what it forwards.
    type ValueOut: ?Sized + 'static;
    /// Handles of the stores it is connected to: `()`, one handle ([`KeyValue`], [`WindowState`], of a table [`ReadOnly`], of a global table
    /// [`GlobalRows`]), or a tuple of them, in the order of the topology.
    type Stores: StoreHandles;

    /// Called once before the first record, with the stores restored: the place to make schedules.
    ///
    /// # Errors
    /// Any; the task then stops.
    fn init(&mut self, cx: &mut ProcessorContext<'_, Self::Stores>) -> Result<(), BoxError> {
        let _ = cx;
        Ok(())
    }

    /// Called for every record.
    ///
    /// # Errors
    /// Any; it goes to the process handler of the application.
    fn process<O: Forward<Self::KeyOut, Self::ValueOut>>(
        &mut self,
        record: Record<'_, K, V>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError>;

    /// Called when a schedule is due, with the stream time or the wall-clock time.
    ///
    /// # Errors
    /// Any; it goes to the process handler of the application.
    fn punctuate<O: Forward<Self::KeyOut, Self::ValueOut>>(
        &mut self,
        schedule: ScheduleId,
        time_ms: i64,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let _ = (schedule, time_ms, cx, out);
        Ok(())
    }

    /// Called once when the task ends.
    fn close(&mut self) {}
}

/// A processor that cannot change the key, so that nothing after it needs a repartition: `stream.process_values(processor, stores)`.
///
/// Otherwise as [`Processor`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a fixed-key processor for a stream of key `{K}` and value `{V}`",
    label = "not a fixed-key processor of this stream",
    note = "implement `FixedKeyProcessor<{K}, {V}>` for it",
    note = "the outputs of a `BranchingFixedKeyProcessor` are bound with a tuple: `let (a, b) = …;`"
)]
pub trait FixedKeyProcessor<K: ?Sized, V: ?Sized>: 'static {
    /// Value of what it forwards.
    type ValueOut: ?Sized + 'static;
    /// Handles of the stores it is connected to: `()`, one handle ([`KeyValue`], [`WindowState`], of a table [`ReadOnly`], of a global table
    /// [`GlobalRows`]), or a tuple of them, in the order of the topology.
    type Stores: StoreHandles;

    /// Called once before the first record, with the stores restored.
    ///
    /// # Errors
    /// Any; the task then stops.
    fn init(&mut self, cx: &mut ProcessorContext<'_, Self::Stores>) -> Result<(), BoxError> {
        let _ = cx;
        Ok(())
    }

    /// Called for every record; what it forwards has the record's key.
    ///
    /// # Errors
    /// Any; it goes to the process handler of the application.
    fn process<O: ForwardValue<Self::ValueOut>>(
        &mut self,
        record: Record<'_, K, V>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError>;

    /// Called when a schedule is due. There is no record, hence no key, so nothing can be forwarded.
    ///
    /// # Errors
    /// Any; it goes to the process handler of the application.
    fn punctuate(&mut self, schedule: ScheduleId, time_ms: i64, cx: &mut ProcessorContext<'_, Self::Stores>) -> Result<(), BoxError> {
        let _ = (schedule, time_ms, cx);
        Ok(())
    }

    /// Called once when the task ends.
    fn close(&mut self) {}
}
