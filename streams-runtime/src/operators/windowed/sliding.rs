//! `count`, `reduce` and `aggregate` in sliding windows.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use streams_macros::with_cx;

use super::fold::{AggregateFold, CountFold, Fold, ReduceFold, reduces};
use super::rows::WindowRows;
use super::slide::SlidingRows;
use super::unsent::Sending;
use crate::codec::StreamData;
use crate::context::Context;
use crate::dropped::DropReason;
use crate::error::{Failure, Flow};
use crate::handles::Table;
use crate::node::{Node, Push, PushChange, Signal};
use crate::operators::aggregated::Aggregated;
use crate::operators::{Plain, ReducesTo, Try};
use crate::task::TaskBuilder;
use crate::windows::{SlidingWindows, Windowed};

/// A grouped stream in sliding windows: `count`, `reduce` or `aggregate` makes a table of it, keyed by [`Windowed`].
///
/// Each record goes into the windows around it, and makes those that it is an edge of: the one that ends with it, the one that begins after the record
/// before it, and the one that begins after itself if a later record is there already. Both ends of a window belong to it. The first `difference` of time has
/// one window, from 0 on.
///
/// The stream time of the operator is the largest timestamp of the records that reached it with a key and a value. A window is closed when its
/// end and its grace are before that time; a record is left out, and counted as dropped, once for each closed window that it falls into, or
/// once if it falls into no other. Records with a null key or a null value are left out and counted, other than in tumbling and hopping windows. A
/// result has the time of its latest record, and the headers of the record that was processed when it was sent. After a restart the stream
/// time begins anew.
///
/// The store keeps a window for two differences and grace after its start, or for `.retention(…)`, reckoned from the latest window's start.
///
/// ```
/// use streams_runtime::prelude::*;
/// use streams_test::TestDriver;
///
/// topology! {
///     pub fn bursts() -> Bursts {
///         let logins: Stream<String, String> = stream("logins");
///         let close_together: Table<Windowed<String>, u64> =
///             logins.group_by_key().windowed_by(sliding(seconds(10)).grace(seconds(30))).count();
///         close_together.to_stream().to("bursts");
///     }
/// }
///
/// let driver = TestDriver::new(bursts()).unwrap();
/// let logins = driver.input::<String, String>("logins").unwrap();
/// logins.pipe_at("ann".to_owned(), "x".to_owned(), 20_000).unwrap();
/// logins.pipe_at("ann".to_owned(), "y".to_owned(), 25_000).unwrap();
/// let store = driver.window_store(Bursts::CLOSE_TOGETHER).unwrap();
/// // The windows that end with each of them, and the one behind the first.
/// assert_eq!((store.fetch("ann", 10_000), store.fetch("ann", 15_000), store.fetch("ann", 20_001)), (Some(1), Some(2), Some(1)));
/// ```
pub struct SlidingWindowedStream<K: ?Sized, V: ?Sized> {
    windows: SlidingWindows,
    sending: Sending,
    types: PhantomData<fn() -> (PhantomData<K>, PhantomData<V>)>,
}

impl<K: ?Sized, V: ?Sized> Clone for SlidingWindowedStream<K, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: ?Sized, V: ?Sized> Copy for SlidingWindowedStream<K, V> {}

impl<K: ?Sized, V: ?Sized> fmt::Debug for SlidingWindowedStream<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SlidingWindowedStream({:?})", self.windows)
    }
}

/// An aggregation of `V` in sliding windows, before it is attached.
type Aggregating<K, V, F> = SlidingAggregate<K, V, F>;
/// What `aggregate` folds with.
type Folding<A, I, F, R, M> = AggregateFold<A, I, F, R, M>;

impl<K: ?Sized, V: ?Sized> SlidingWindowedStream<K, V> {
    pub(crate) fn new(windows: SlidingWindows) -> Self {
        SlidingWindowedStream { windows, sending: Sending::default(), types: PhantomData }
    }

    /// Sends one result for each window, when it closes, instead of one for each change: those that close together in the order of their starts
    /// and then of their keys.
    ///
    /// Kafka Streams: `emitStrategy(EmitStrategy.onWindowClose())`, without its throttling, and without losing results of windows that have
    /// left the store when they close. How far that has come is committed with the offsets: after a
    /// restart, windows that were sent before the last commit are not sent again, and stay closed.
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

    fn op<F>(&self, fold: F) -> Aggregating<K, V, F> {
        SlidingAggregate { windows: self.windows, sending: self.sending, fold, types: PhantomData }
    }

    /// Counts the records of each key and window.
    ///
    /// Kafka Streams: `count`. See [`SlidingWindowedStream`] for nulls, times and late records.
    pub fn count<KS>(&self) -> (Table<Windowed<KS>, u64>, Aggregating<K, V, CountFold>)
    where
        K: StreamData<Stored = KS>,
        V: StreamData,
    {
        (Table::handle(), self.op(CountFold))
    }
}

impl<K, V> SlidingWindowedStream<K, V>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
{
    /// Folds the values of each key and window: the first is kept as it is, each later one is combined with what there is. A closure that
    /// returns `None` deletes the row.
    ///
    /// Kafka Streams: `reduce`. Values are combined in the order in which they come, not in that of their times. See
    /// [`SlidingWindowedStream`] for nulls, times and late records.
    #[with_cx]
    pub fn reduce<R, F, J>(&self, f: F) -> J
    where
        F: FnMut(&V::Stored, &V::Present) -> R,
        R: ReducesTo<V::Stored>,
        R: ReducesTo<V::Stored, Operator<(Table<Windowed<K::Stored>, V::Stored>, Aggregating<K, V, ReduceFold<F, R, Plain>>)> = J>,
    {
        reduces::<R, V::Stored, _, J>((Table::handle(), self.op(ReduceFold::new(f, "reduce"))))
    }

    /// `reduce` with a closure that may fail: an `Err` goes to the process handler of the application, and the row stays as it was.
    #[with_cx]
    pub fn try_reduce<R, E, F, J>(&self, f: F) -> J
    where
        E: Failure,
        F: FnMut(&V::Stored, &V::Present) -> Result<R, E>,
        R: ReducesTo<V::Stored>,
        R: ReducesTo<V::Stored, Operator<(Table<Windowed<K::Stored>, V::Stored>, Aggregating<K, V, ReduceFold<F, Result<R, E>, Try>>)> = J>,
    {
        reduces::<R, V::Stored, _, J>((Table::handle(), self.op(ReduceFold::new(f, "try_reduce"))))
    }

    /// Folds the records of each key and window: `initializer` makes the aggregate of a window without records, `aggregator` takes key, value
    /// and aggregate and returns the new aggregate. A new window that shares its records with another one goes on from a copy of that one's aggregate. An
    /// aggregate of type `Option<A>` that is `None` deletes the row.
    ///
    /// Kafka Streams: `aggregate`. See [`SlidingWindowedStream`] for nulls, times and late records.
    #[with_cx]
    pub fn aggregate<A, I, F, R>(&self, initializer: I, aggregator: F) -> R
    where
        A: Aggregated<Windowed<K::Stored>, Aggregating<K, V, Folding<A, I, F, A, Plain>>, Of = R>,
        I: FnMut() -> A,
        F: FnMut(&K, &V::Present, A) -> A,
    {
        A::of(self.op(AggregateFold::new(initializer, aggregator, "aggregate")))
    }

    /// `aggregate` with a closure that may fail: an `Err` goes to the process handler of the application, and the row stays as it was.
    #[with_cx]
    pub fn try_aggregate<A, E, I, F, R>(&self, initializer: I, aggregator: F) -> R
    where
        E: Failure,
        A: Aggregated<Windowed<K::Stored>, Aggregating<K, V, Folding<A, I, F, Result<A, E>, Try>>, Of = R>,
        I: FnMut() -> A,
        F: FnMut(&K, &V::Present, A) -> Result<A, E>,
    {
        A::of(self.op(AggregateFold::new(initializer, aggregator, "try_aggregate")))
    }
}

/// The operator before it is attached to what follows.
pub struct SlidingAggregate<K: ?Sized, V: ?Sized, F> {
    windows: SlidingWindows,
    sending: Sending,
    fold: F,
    types: PhantomData<fn() -> (PhantomData<K>, PhantomData<V>)>,
}

impl<K, V, F> SlidingAggregate<K, V, F>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
    F: Fold<K, V::Present>,
{
    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.fold.locate(node);
        self
    }

    /// Makes the node, with the window store `name`, that hands its results to `next`.
    pub fn attach<N>(self, b: &mut TaskBuilder<'_>, name: &str, next: N) -> SlidingAggregateNode<K, V, F, N> {
        let rows = SlidingRows::new(b, name, self.windows, self.sending);
        SlidingAggregateNode { rows, fold: self.fold, stream_time_ms: -1, next, value: PhantomData }
    }
}

/// The operator at work.
pub struct SlidingAggregateNode<K, V, F, N>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
    F: Fold<K, V::Present>,
{
    rows: SlidingRows<K::Stored, F::Out>,
    fold: F,
    stream_time_ms: i64,
    next: N,
    value: PhantomData<fn() -> PhantomData<V>>,
}

impl<K, V, F, N> Node for SlidingAggregateNode<K, V, F, N>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
    F: Fold<K, V::Present>,
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

impl<K, V, F, N> Push<K, V> for SlidingAggregateNode<K, V, F, N>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
    F: Fold<K, V::Present>,
    N: PushChange<Windowed<K::Stored>, F::Out>,
{
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        let Some(present) = value.present() else {
            return self.rows.drop_record(DropReason::NullValue, cx);
        };
        let fold = &mut self.fold;
        self.rows.assume_old(cx, |cx| fold.initial(cx));
        self.rows.take(key, &mut self.stream_time_ms, &mut self.next, cx, F::SEES_CX, |row, cx| fold.fold(key, present, row, cx))
    }
}
