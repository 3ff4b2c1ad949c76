//! What a processor works with.

use std::ops::{Deref, DerefMut};

use super::schedules::{ScheduleId, ScheduleKind};
use crate::context::Context;
use crate::headers::Headers;

/// The handle of a store in its task: what a processor gets for a store that it is connected to. There is one type of handle per kind of store.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the handle of a store",
    label = "not the handle of a store",
    note = "handles are `KeyValue<K, V>` for a `key_value_store()`, `WindowState<K, V>` for a `window_store(…)`, `Sessions<K, V>` for a `session_store(…)`, `Versioned<K, V>` for a `versioned_store(…)`",
    note = "for a table it is `ReadOnly<KeyValue<K, V>>`, for a global table `GlobalRows<K, V>`"
)]
pub trait StoreHandle: Copy + 'static {
    /// The store as a processor uses it.
    type View<'a>;

    /// The store in its task.
    #[doc(hidden)]
    fn view(self, cx: &mut Context) -> Self::View<'_>;
}

/// The handles of all stores that a processor is connected to: `()`, one [`StoreHandle`], or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are not handles of stores",
    label = "not `()`, a handle, or a tuple of handles",
    note = "handles are `KeyValue<K, V>` for a `key_value_store()`, `WindowState<K, V>` for a `window_store(…)`, `Sessions<K, V>` for a `session_store(…)`, `Versioned<K, V>` for a `versioned_store(…)`",
    note = "for a table it is `ReadOnly<KeyValue<K, V>>`, for a global table `GlobalRows<K, V>`"
)]
pub trait StoreHandles: Sized + 'static {
    // `Copy` as a supertrait would be told as a mistake of its own, once for each handle.
    #[doc(hidden)]
    fn again(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<H: StoreHandle> StoreHandles for H {
    #[inline]
    fn again(&self) -> Self {
        *self
    }
}

impl StoreHandles for () {
    fn again(&self) {}
}

macro_rules! handles {
    ($first:ident $($rest:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<$first: StoreHandle, $($rest: StoreHandle),*> StoreHandles for ($first, $($rest),*) {
            #[inline]
            fn again(&self) -> Self {
                *self
            }
        }
        handles!($($rest)*);
    };
    () => {};
}
handles!(A B C D E F G H I J K L M N O P);

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

    /// The headers of the record at hand. Forwarded records have them, and, as in Kafka Streams, whoever reads the same record after this
    /// processor finds them as it left them; for headers of one forwarded record only there is [`forward_new`](super::Forward::forward_new).
    pub fn headers_mut(&mut self) -> &mut Headers {
        &mut self.context.headers
    }

    /// Gives the record at hand one header of this name, in the place of all that it has. See
    /// [`headers_mut`](Self::headers_mut).
    pub fn set_header(&mut self, name: &str, value: impl AsRef<[u8]>) {
        self.headers_mut().set(name, Some(value.as_ref()));
    }

    /// Calls `punctuate` again and again, every `interval_ms` of stream time (first with the next record, then at multiples of the interval) or
    /// of wall-clock time (first after the interval). An interval below 1 counts as 1. Calls that were missed are made up for by one.
    ///
    /// A call by stream time comes when the record that made it due has been processed. Schedules are made anew when the application
    /// starts, and the stream time goes on from what was committed; so after a restart the first call comes at once, with the time of what was
    /// read before, as in Kafka Streams.
    pub fn schedule(&mut self, kind: ScheduleKind, interval_ms: i64) -> ScheduleId {
        let interval_ms = interval_ms.max(1);
        let start_ms = match kind {
            ScheduleKind::StreamTime => 0,
            ScheduleKind::WallClock => self.context.wall_clock_ms.saturating_add(interval_ms),
        };
        self.context.schedules.add_from(self.node, kind, start_ms, interval_ms)
    }

    /// Calls `punctuate` for the first time at `start_ms`, or if that has passed with the next occasion, and then at `start_ms` and whole intervals
    /// after it: every full hour, say, whenever the task began. An interval below 1 counts as 1, a start before 1970 as 1970.
    ///
    /// Kafka Streams: `schedule` with a start time (KIP-1146).
    pub fn schedule_from(&mut self, kind: ScheduleKind, start_ms: i64, interval_ms: i64) -> ScheduleId {
        self.context.schedules.add_from(self.node, kind, start_ms.max(0), interval_ms.max(1))
    }

    /// Ends a schedule.
    pub fn cancel(&mut self, schedule: ScheduleId) {
        self.context.schedules.cancel(schedule);
    }
}
