//! `count`, `reduce` and `aggregate` in tumbling, hopping and unlimited windows, and in windows of
//! one's own.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use streams_macros::with_cx;

use super::fixed::FixedRows;
use super::fold::{AggregateFold, CountFold, Fold, ReduceFold, reduces};
use super::rows::WindowRows;
use super::unsent::Sending;
use crate::codec::StreamData;
use crate::context::Context;
use crate::error::{Failure, Flow};
use crate::handles::Table;
use crate::node::{Node, Push, PushChange, Signal};
use crate::operators::aggregated::Aggregated;
use crate::operators::{Plain, ReducesTo, Try};
use crate::task::TaskBuilder;
use crate::windows::{Frame, Frames, Windowed};

/// A grouped stream in tumbling, hopping or unlimited windows, or in [windows of one's
/// own](crate::windows::CustomWindows): `count`, `reduce` or `aggregate` makes a table of it, keyed
/// by [`Windowed`].
///
/// The stream time of the operator is the largest timestamp of the records with a key that reached it. A window is closed when its end and its
/// grace are not after that time; a record is left out, and counted as dropped, once for each closed window that it falls into, and goes into its other windows.
/// Records with a null key are left out and counted; null values are aggregated, other than without windows. A result has the time of its
/// latest record, and the headers of the record that was processed when it was sent. After a restart the stream time begins anew.
///
/// The store keeps a window for size and grace after its start, or for `.retention(…)`, reckoned from the latest window's start.
pub struct TimeWindowedStream<K: ?Sized, V: ?Sized, W = Frames> {
    frames: W,
    sending: Sending,
    types: PhantomData<fn() -> (PhantomData<K>, PhantomData<V>)>,
}

impl<K: ?Sized, V: ?Sized, W: Clone> Clone for TimeWindowedStream<K, V, W> {
    fn clone(&self) -> Self {
        TimeWindowedStream { frames: self.frames.clone(), sending: self.sending, types: PhantomData }
    }
}

impl<K: ?Sized, V: ?Sized, W: Copy> Copy for TimeWindowedStream<K, V, W> {}

impl<K: ?Sized, V: ?Sized, W: fmt::Debug> fmt::Debug for TimeWindowedStream<K, V, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TimeWindowedStream({:?})", self.frames)
    }
}

/// An aggregation of `V` in windows, before it is attached.
type Aggregating<K, V, F, W> = TimeAggregate<K, V, F, W>;
/// What `aggregate` folds with.
type Folding<A, I, F, R, M> = AggregateFold<A, I, F, R, M>;

impl<K: ?Sized, V: ?Sized, W: Frame> TimeWindowedStream<K, V, W> {
    pub(crate) fn new(frames: W) -> Self {
        TimeWindowedStream { frames, sending: Sending::default(), types: PhantomData }
    }

    /// Sends one result for each window, when it closes, instead of one for each change: those that close together in the order of their starts and then of
    /// their keys.
    ///
    /// Kafka Streams: `emitStrategy(EmitStrategy.onWindowClose())`, without its throttling. Kafka Streams loses a result when the window leaves
    /// the store before it is sent, which a jump of the stream time does with the default retention; here it is sent first. How far that has
    /// come is committed with the offsets: after a restart, windows that were sent before the last commit are not sent again, and stay closed.
    #[must_use]
    pub fn emit_on_close(mut self) -> Self {
        self.sending = self.sending.on_close();
        self
    }

    /// In `topology!` this is written `.emit_on_close().flush_after(duration)`.
    ///
    /// Sends a window that has been waiting for this long by the wall clock, closed or not, so that
    /// the last ones do not wait for ever when no more records come. It waits since its first
    /// record, or since the first after it was sent. A window that gets a record after that has a
    /// second result, when it closes or has waited as long again; one that gets none is not sent
    /// again when it closes.
    ///
    /// What was sent is not kept: after a restart, windows that are not closed wait anew, and are
    /// sent once more. Kafka Streams has nothing like it; it is what
    /// `suppress(until_window_closes().flush_after(…))` does.
    #[must_use]
    pub fn flush_after(mut self, duration: Duration) -> Self {
        self.sending = self.sending.flush_after(duration);
        self
    }

    fn op<F>(&self, fold: F) -> Aggregating<K, V, F, W> {
        TimeAggregate { frames: self.frames.clone(), sending: self.sending, fold, types: PhantomData }
    }

    /// Counts the records of each key and window.
    ///
    /// Kafka Streams: `count`. See [`TimeWindowedStream`] for nulls, times and late records.
    pub fn count<KS>(&self) -> (Table<Windowed<KS>, u64>, Aggregating<K, V, CountFold, W>)
    where
        K: StreamData<Stored = KS>,
        V: StreamData,
    {
        (Table::handle(), self.op(CountFold))
    }
}

impl<K, V, W: Frame> TimeWindowedStream<K, V, W>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
{
    /// Folds the values of each key and window: the first is kept as it is, each later one is combined with what there is. A closure that
    /// returns `None` deletes the row, and so does a null that comes first.
    ///
    /// Kafka Streams: `reduce`. See [`TimeWindowedStream`] for nulls, times and late records.
    #[with_cx]
    pub fn reduce<R, F, J>(&self, f: F) -> J
    where
        F: FnMut(&V::Stored, &V) -> R,
        R: ReducesTo<V::Stored>,
        R: ReducesTo<V::Stored, Operator<(Table<Windowed<K::Stored>, V::Stored>, Aggregating<K, V, ReduceFold<F, R, Plain>, W>)> = J>,
    {
        reduces::<R, V::Stored, _, J>((Table::handle(), self.op(ReduceFold::new(f, "reduce"))))
    }

    /// `reduce` with a closure that may fail: an `Err` goes to the process handler of the application, and the row stays as it was.
    #[with_cx]
    pub fn try_reduce<R, E, F, J>(&self, f: F) -> J
    where
        E: Failure,
        F: FnMut(&V::Stored, &V) -> Result<R, E>,
        R: ReducesTo<V::Stored>,
        R: ReducesTo<
                V::Stored,
                Operator<(Table<Windowed<K::Stored>, V::Stored>, Aggregating<K, V, ReduceFold<F, Result<R, E>, Try>, W>)> = J,
            >,
    {
        reduces::<R, V::Stored, _, J>((Table::handle(), self.op(ReduceFold::new(f, "try_reduce"))))
    }

    /// Folds the records of each key and window: `initializer` makes the aggregate of a new window, `aggregator` takes key, value and aggregate
    /// and returns the new aggregate. An aggregate of type `Option<A>` that is `None` deletes the row.
    ///
    /// Kafka Streams: `aggregate`. See [`TimeWindowedStream`] for nulls, times and late records.
    #[with_cx]
    pub fn aggregate<A, I, F, R>(&self, initializer: I, aggregator: F) -> R
    where
        A: Aggregated<Windowed<K::Stored>, Aggregating<K, V, Folding<A, I, F, A, Plain>, W>, Of = R>,
        I: FnMut() -> A,
        F: FnMut(&K, &V, A) -> A,
    {
        A::of(self.op(AggregateFold::new(initializer, aggregator, "aggregate")))
    }

    /// `aggregate` with a closure that may fail: an `Err` goes to the process handler of the application, and the row stays as it was.
    #[with_cx]
    pub fn try_aggregate<A, E, I, F, R>(&self, initializer: I, aggregator: F) -> R
    where
        E: Failure,
        A: Aggregated<Windowed<K::Stored>, Aggregating<K, V, Folding<A, I, F, Result<A, E>, Try>, W>, Of = R>,
        I: FnMut() -> A,
        F: FnMut(&K, &V, A) -> Result<A, E>,
    {
        A::of(self.op(AggregateFold::new(initializer, aggregator, "try_aggregate")))
    }
}

/// The operator before it is attached to what follows.
pub struct TimeAggregate<K: ?Sized, V: ?Sized, F, W = Frames> {
    frames: W,
    sending: Sending,
    fold: F,
    types: PhantomData<fn() -> (PhantomData<K>, PhantomData<V>)>,
}

impl<K, V, F, W> TimeAggregate<K, V, F, W>
where
    K: StreamData + ?Sized,
    V: ?Sized,
    F: Fold<K, V>,
    W: Frame,
{
    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.fold.locate(node);
        self
    }

    /// Makes the node, with the window store `name`, that hands its results to `next`.
    pub fn attach<N>(self, b: &mut TaskBuilder<'_>, name: &str, next: N) -> TimeAggregateNode<K, V, F, W, N> {
        let rows = FixedRows::new(b, name, self.frames, self.sending);
        TimeAggregateNode { rows, fold: self.fold, stream_time_ms: -1, next, value: PhantomData }
    }
}

/// The operator at work.
pub struct TimeAggregateNode<K: StreamData + ?Sized, V: ?Sized, F: Fold<K, V>, W, N> {
    rows: FixedRows<K::Stored, F::Out, W>,
    fold: F,
    stream_time_ms: i64,
    next: N,
    value: PhantomData<fn() -> PhantomData<V>>,
}

impl<K, V, F, W, N> Node for TimeAggregateNode<K, V, F, W, N>
where
    K: StreamData + ?Sized,
    V: ?Sized,
    F: Fold<K, V>,
    W: Frame,
    N: PushChange<Windowed<K::Stored>, F::Out>,
{
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        match signal {
            Signal::Init => self.rows.begin(cx)?,
            Signal::Flush => self.rows.flush(&mut self.next, cx)?,
            Signal::Punctuate(due) => {
                if self.rows.emit_waiting(due, &mut self.next, cx)? {
                    return Ok(());
                }
            }
            Signal::Expired(_) | Signal::Close => {}
        }
        self.next.signal(signal, cx)
    }
}

impl<K, V, F, W, N> Push<K, V> for TimeAggregateNode<K, V, F, W, N>
where
    K: StreamData + ?Sized,
    V: ?Sized,
    F: Fold<K, V>,
    W: Frame,
    N: PushChange<Windowed<K::Stored>, F::Out>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        let fold = &mut self.fold;
        self.rows.assume_old(cx, |cx| fold.initial(cx));
        self.rows.take(key, &mut self.stream_time_ms, &mut self.next, cx, F::SEES_CX, |row, cx| fold.fold(key, value, row, cx))
    }
}
