//! Processors written by hand: any code per record, with typed stores and schedules.

use std::ops::{ControlFlow, Deref, DerefMut};

use crate::codec::StreamData;
use crate::context::Context;
use crate::error::{BoxError, Flow};
use crate::headers::Headers;
use crate::stores::{KeyValue, KeyValueStore, StoreError};

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
    note = "implement `Processor<{K}, {V}>` for it"
)]
pub trait Processor<K: ?Sized, V: ?Sized>: 'static {
    /// Key of what it forwards.
    type KeyOut: ?Sized + 'static;
    /// Value of what it forwards.
    type ValueOut: ?Sized + 'static;
    /// Handles of the stores it is connected to: `()`, one [`KeyValue`], or a tuple of them, in the order of the topology.
    type Stores: Copy + 'static;

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
    note = "implement `FixedKeyProcessor<{K}, {V}>` for it"
)]
pub trait FixedKeyProcessor<K: ?Sized, V: ?Sized>: 'static {
    /// Value of what it forwards.
    type ValueOut: ?Sized + 'static;
    /// Handles of the stores it is connected to: `()`, one [`KeyValue`], or a tuple of them, in the order of the topology.
    type Stores: Copy + 'static;

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

/// The way out of a [`Processor`]. An error further down is kept and stops the task when the processor returns.
pub trait Forward<K: ?Sized, V: ?Sized> {
    /// Sends a record on, with the time and headers of the context.
    fn forward(&mut self, cx: &mut Context, key: &K, value: &V);

    /// Sends a record on with another timestamp.
    fn forward_at(&mut self, cx: &mut Context, key: &K, value: &V, timestamp_ms: i64) {
        let before = std::mem::replace(&mut cx.timestamp_ms, timestamp_ms);
        self.forward(cx, key, value);
        cx.timestamp_ms = before;
    }
}

/// The way out of a [`FixedKeyProcessor`].
pub trait ForwardValue<V: ?Sized> {
    /// Sends a value on under the record's key, with the time and headers of the context.
    fn forward(&mut self, cx: &mut Context, value: &V);

    /// Sends a value on with another timestamp.
    fn forward_at(&mut self, cx: &mut Context, value: &V, timestamp_ms: i64) {
        let before = std::mem::replace(&mut cx.timestamp_ms, timestamp_ms);
        self.forward(cx, value);
        cx.timestamp_ms = before;
    }
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

    /// The store behind a handle. Rows written through it get the time of the context.
    pub fn store<K, V>(&mut self, handle: KeyValue<K, V>) -> StoreView<'_, K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        StoreView { timestamp_ms: self.context.timestamp_ms, store: self.context.stores.get(handle) }
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

/// A store as a processor uses it.
pub struct StoreView<'a, K: StreamData, V: StreamData> {
    store: &'a mut KeyValueStore<K, V>,
    timestamp_ms: i64,
}

impl<'a, K, V> StoreView<'a, K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    /// The value of a key. A borrowed form of the key will do: `str` for `String`.
    ///
    /// # Errors
    /// When the store fails.
    pub fn get<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q) -> Result<Option<&'a V>, StoreError> {
        self.store.get(key)
    }

    /// The value of a key and the time of its last update.
    ///
    /// # Errors
    /// When the store fails.
    pub fn get_with_timestamp<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q) -> Result<Option<(&'a V, i64)>, StoreError> {
        self.store.get_with_timestamp(key)
    }

    /// Sets the value of a key.
    ///
    /// # Errors
    /// When the key is null, or the store fails.
    pub fn put<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q, value: V) -> Result<(), StoreError> {
        self.store.put_at(key, value, self.timestamp_ms)
    }

    /// Sets the value of a key that has none, and returns the value of one that has.
    ///
    /// # Errors
    /// When the store fails.
    pub fn put_if_absent<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q, value: V) -> Result<Option<V>, StoreError> {
        if let Some(there) = self.store.get(key)? {
            return Ok(Some(there.clone()));
        }
        self.store.put_at(key, value, self.timestamp_ms)?;
        Ok(None)
    }

    /// Deletes a key and returns what it had.
    ///
    /// # Errors
    /// When the store fails.
    pub fn delete<Q: StreamData<Stored = K> + ?Sized>(self, key: &Q) -> Result<Option<V>, StoreError> {
        self.store.delete_at(key, self.timestamp_ms)
    }

    /// All rows in the order of the keys' bytes.
    ///
    /// # Errors
    /// When the store fails.
    pub fn all(self) -> Result<Vec<(K, V)>, StoreError>
    where
        K: Clone,
    {
        let mut rows = Vec::new();
        self.store.all(|key, value| {
            rows.push((key.clone(), value.clone()));
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }

    /// The rows whose keys lie between two keys, both included, in the order of the keys' bytes. A key that is null leaves that side open.
    ///
    /// # Errors
    /// When the store fails.
    pub fn range<Q: StreamData<Stored = K> + ?Sized>(self, from: &Q, to: &Q) -> Result<Vec<(K, V)>, StoreError>
    where
        K: Clone,
    {
        let mut rows = Vec::new();
        self.store.range(from, to, |key, value| {
            rows.push((key.clone(), value.clone()));
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }
}

/// One schedule of a processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScheduleId(u32);

/// The clock that a schedule goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduleKind {
    /// The task's stream time: only records move it.
    StreamTime,
    /// The wall clock.
    WallClock,
}

#[derive(Clone, Copy, Debug)]
struct Schedule {
    id: ScheduleId,
    node: usize,
    kind: ScheduleKind,
    interval_ms: i64,
    next_ms: i64,
}

/// The schedules of a task.
#[derive(Debug)]
pub(crate) struct Schedules {
    list: Vec<Schedule>,
    next_id: u32,
    /// When the first stream-time schedule is due: compared with every record.
    next_stream_ms: i64,
}

impl Default for Schedules {
    fn default() -> Self {
        Schedules { list: Vec::new(), next_id: 0, next_stream_ms: i64::MAX }
    }
}

impl Schedules {
    /// A wall-clock schedule of a node that is no processor.
    pub(crate) fn add_wall_clock(&mut self, node: usize, interval_ms: i64, now_ms: i64) -> ScheduleId {
        self.add(node, ScheduleKind::WallClock, interval_ms.max(1), now_ms)
    }

    fn add(&mut self, node: usize, kind: ScheduleKind, interval_ms: i64, now_ms: i64) -> ScheduleId {
        let id = ScheduleId(self.next_id);
        self.next_id += 1;
        let next_ms = match kind {
            ScheduleKind::StreamTime => 0,
            ScheduleKind::WallClock => now_ms + interval_ms,
        };
        self.list.push(Schedule { id, node, kind, interval_ms, next_ms });
        self.look_ahead();
        id
    }

    pub(crate) fn cancel(&mut self, id: ScheduleId) {
        self.list.retain(|s| s.id != id);
        self.look_ahead();
    }

    fn look_ahead(&mut self) {
        self.next_stream_ms = self.next_due(ScheduleKind::StreamTime).unwrap_or(i64::MAX);
    }

    /// When the first schedule of this kind is due.
    pub(crate) fn next_due(&self, kind: ScheduleKind) -> Option<i64> {
        self.list.iter().filter(|s| s.kind == kind).map(|s| s.next_ms).min()
    }

    #[inline]
    pub(crate) fn stream_time_due(&self, stream_time_ms: i64) -> bool {
        stream_time_ms >= self.next_stream_ms
    }

    /// The schedules of this kind that are due, each once, moved on to their next time after `now_ms`. In order of their due times.
    pub(crate) fn take_due(&mut self, kind: ScheduleKind, now_ms: i64) -> Vec<crate::node::Punctuation> {
        let mut due: Vec<&mut Schedule> = self.list.iter_mut().filter(|s| s.kind == kind && s.next_ms <= now_ms).collect();
        due.sort_by_key(|s| s.next_ms);
        let taken = due
            .into_iter()
            .map(|s| {
                s.next_ms += ((now_ms - s.next_ms) / s.interval_ms + 1) * s.interval_ms;
                crate::node::Punctuation { node: s.node, id: s.id, time_ms: now_ms }
            })
            .collect();
        self.look_ahead();
        taken
    }

    /// Whether a schedule that was taken as due still stands (an earlier one may have cancelled it).
    pub(crate) fn stands(&self, id: ScheduleId) -> bool {
        self.list.iter().any(|s| s.id == id)
    }
}

/// Keeps the first error from further down.
pub(crate) struct Outlet<'n, N> {
    pub(crate) next: &'n mut N,
    pub(crate) result: Flow,
}

impl<K: ?Sized, V: ?Sized, N: crate::node::Push<K, V>> Forward<K, V> for Outlet<'_, N> {
    #[inline]
    fn forward(&mut self, cx: &mut Context, key: &K, value: &V) {
        if self.result.is_ok() {
            self.result = self.next.push(key, value, cx);
        }
    }
}

/// Forwards under the key of the record at hand.
pub(crate) struct FixedKeyOutlet<'n, K: ?Sized, N> {
    pub(crate) key: &'n K,
    pub(crate) next: &'n mut N,
    pub(crate) result: Flow,
}

impl<K: ?Sized, V: ?Sized, N: crate::node::Push<K, V>> ForwardValue<V> for FixedKeyOutlet<'_, K, N> {
    #[inline]
    fn forward(&mut self, cx: &mut Context, value: &V) {
        if self.result.is_ok() {
            self.result = self.next.push(self.key, value, cx);
        }
    }
}
