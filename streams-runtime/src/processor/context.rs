//! What a processor works with.

use std::ops::{Deref, DerefMut};

use super::schedules::{ScheduleId, ScheduleKind};
use crate::context::Context;
use crate::headers::Headers;

/// The handle of a store in its task: what a processor gets for a store that it is connected to. There is one type of handle per kind of store.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the handle of a store",
    label = "not the handle of a store",
    note = "handles are `KeyValue<K, V>` for a `key_value_store()` and `WindowState<K, V>` for a `window_store(…)`"
)]
pub trait StoreHandle: Copy + 'static {
    /// The store as a processor uses it.
    type View<'a>;

    /// The store in its task.
    #[doc(hidden)]
    fn view(self, cx: &mut Context) -> Self::View<'_>;
}

/// What a processor works with: the record's surroundings (through [`Context`]), its stores, its schedules.
pub struct ProcessorContext<'a, S> {
    context: &'a mut Context,
    /// Handles of the connected stores.
    pub stores: S,
    node: usize,
}

impl<S> Deref for ProcessorContext<'_, S> {
    type Target = Context;
    fn deref(&self) -> &Context {
        self.context
    }
}

impl<S> DerefMut for ProcessorContext<'_, S> {
    fn deref_mut(&mut self) -> &mut Context {
        self.context
    }
}

impl<'a, S> ProcessorContext<'a, S> {
    pub(crate) fn new(context: &'a mut Context, stores: S, node: usize) -> Self {
        ProcessorContext { context, stores, node }
    }

    /// The store behind a handle, of whatever kind. Rows written through it get the time of the context.
    pub fn store<H: StoreHandle>(&mut self, handle: H) -> H::View<'_> {
        handle.view(self.context)
    }

    /// The headers that forwarded records will have.
    pub fn headers_mut(&mut self) -> &mut Headers {
        &mut self.context.headers
    }

    /// Calls `punctuate` again and again, every `interval_ms` of stream time (first with the next record) or of wall-clock time
    /// (first after the interval). An interval below 1 counts as 1.
    pub fn schedule(&mut self, kind: ScheduleKind, interval_ms: i64) -> ScheduleId {
        let now = self.context.wall_clock_ms;
        self.context.schedules.add(self.node, kind, interval_ms.max(1), now)
    }

    /// Ends a schedule.
    pub fn cancel(&mut self, schedule: ScheduleId) {
        self.context.schedules.cancel(schedule);
    }
}
