//! `count`, `reduce` and `aggregate` in sessions.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use streams_macros::with_cx;

use super::fold::reduces;
use super::session_fold::{AggregateSessions, CountSessions, ReduceSessions, SessionFold};
use super::session_state::SessionState;
use super::unsent::Sending;
use crate::codec::{ReadStored, StreamData};
use crate::context::{ClosedPlace, Context};
use crate::error::{Failure, Flow};
use crate::handles::Table;
use crate::node::{Node, Push, PushChange, Signal};
use crate::operators::aggregated::Aggregated;
use crate::operators::{Plain, ReducesTo, Try};
use crate::task::TaskBuilder;
use crate::windows::{SessionWindow, SessionWindows, Windowed};

/// A grouped stream in sessions: `count`, `reduce` or `aggregate` makes a table of it, keyed by `Windowed<K, SessionWindow>`.
///
/// A record belongs to the sessions of its key that end at most the gap before it or start at most the gap after it: they are merged in the order of
/// their ends, and the record is added. Unless it only adds to a session of its very moment, each session that was there is deleted (a null goes
/// downstream for it) before the merged one is put.
///
/// The stream time of the operator is the largest timestamp of the records with a key that reached it. A session is closed when that time is
/// more than the gap and the grace after its end; a record whose merged session is closed is left out and counted as dropped. Records with a null key are
/// left out and counted; null values are aggregated. A result has the time of its session's end and no headers. After a restart
/// the stream time begins anew.
///
/// The store keeps a session for gap and grace after its end, or for `.retention(…)`, reckoned from the latest end. What has left it is not
/// merged any more. That is so, without a longer retention, already when the stream time is exactly gap and grace after the end of a
/// session: a record not before that end is still taken then, and begins a session anew, as in Kafka Streams. Behind
/// `suppress(until_window_closes())` it makes a second final result.
///
/// The value before a change, where something downstream asks for it (a `group_by` of the table), is that of the store. Kafka Streams without a cache
/// leaves it out for a second record at the very time of a session of one moment, so that a sum over sessions counts the first twice.
///
/// With a cache, sessions that came and went between two commits are told neither downstream nor to the changelog, as in Kafka Streams. A
/// join of tables that met one meanwhile, because its other side has no cache and changed, keeps that result; not so with `.without_cache()`.
///
/// ```
/// use streams_runtime::prelude::*;
/// use streams_test::TestDriver;
///
/// topology! {
///     pub fn visits() -> Visits {
///         let clicks: Stream<String, String> = stream("clicks");
///         let paths: Table<Windowed<String, SessionWindow>, String> =
///             clicks.group_by_key().windowed_by(sessions(minutes(30)).grace(minutes(5))).reduce(|path, page| format!("{path} {page}"));
///         paths.to_stream().to("paths");
///     }
/// }
///
/// let driver = TestDriver::new(visits()).unwrap();
/// let clicks = driver.input::<str, str>("clicks").unwrap();
/// for (page, at) in [("home", 0), ("cart", 20), ("home", 51)] {
///     clicks.pipe_at("ann", page, minutes(at).as_millis() as i64).unwrap();
/// }
/// let paths: Vec<String> = driver.session_store(Visits::PATHS).unwrap().fetch("ann").into_iter().map(|(_, path)| path).collect();
/// assert_eq!(paths, ["home cart", "home"]);
/// ```
pub struct SessionWindowedStream<K: ?Sized, V: ?Sized> {
    windows: SessionWindows,
    sending: Sending,
    types: PhantomData<fn() -> (PhantomData<K>, PhantomData<V>)>,
}

impl<K: ?Sized, V: ?Sized> Clone for SessionWindowedStream<K, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: ?Sized, V: ?Sized> Copy for SessionWindowedStream<K, V> {}

impl<K: ?Sized, V: ?Sized> fmt::Debug for SessionWindowedStream<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionWindowedStream({:?})", self.windows)
    }
}

/// An aggregation of `V` in sessions, before it is attached.
type Aggregating<K, V, F> = SessionAggregate<K, V, F>;
/// What `aggregate` folds with.
type Folding<A, I, F, G, R, M> = AggregateSessions<A, I, F, G, R, M>;

/// Windows that are never merged, which `aggregate` with two closures is for.
#[diagnostic::on_unimplemented(
    message = "aggregate: sessions are merged, which needs a third closure",
    label = "these windows are sessions",
    note = "add `|key, a, b| …`, which makes one aggregate of those of two sessions"
)]
pub trait WithoutMerger {
    /// The operator.
    type Operator;
}

impl<K: ?Sized, V: ?Sized> SessionWindowedStream<K, V> {
    pub(crate) fn new(windows: SessionWindows) -> Self {
        SessionWindowedStream { windows, sending: Sending::default(), types: PhantomData }
    }

    /// Sends one result for each session, when it closes, instead of one for each change: those that close together in the order of their ends, their starts
    /// and then of their keys. A result has the headers of the record that closed it. A session that is closed is still merged with a record within its gap that
    /// is not late; then it is sent once more, as a part of the merged one.
    ///
    /// Results do not wait in a cache: they are read through it (Kafka Streams does without one here).
    ///
    /// Kafka Streams: `emitStrategy(EmitStrategy.onWindowClose())`, without its throttling. Kafka Streams may lose a result when the session leaves
    /// the store before it is sent; here it is sent first. How far that has come is committed with the
    /// offsets: after a restart, sessions that were sent before the last commit are not sent again, and stay closed.
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
    /// again when it closes. A session that grows is a new one, and waits from then on; the one
    /// that it was is not taken back.
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
        SessionAggregate { windows: self.windows, sending: self.sending, fold, types: PhantomData }
    }

    /// Counts the records of each key and session.
    ///
    /// Kafka Streams: `count`. See [`SessionWindowedStream`] for nulls, times and late records.
    pub fn count<KS>(&self) -> (Table<Windowed<KS, SessionWindow>, u64>, Aggregating<K, V, CountSessions>)
    where
        K: StreamData<Stored = KS>,
        V: StreamData,
    {
        (Table::handle(), self.op(CountSessions))
    }
}

impl<K, V> SessionWindowedStream<K, V>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
{
    /// Folds the values of each key and session: the first is kept as it is, each later one is combined with what there is, and so are the results of
    /// two sessions that are merged. A closure that returns `None` deletes the row, and so does a null that comes first.
    ///
    /// Kafka Streams: `reduce`. See [`SessionWindowedStream`] for nulls, times and late records.
    #[with_cx]
    pub fn reduce<R, F, J>(&self, f: F) -> J
    where
        V: ReadStored,
        F: FnMut(&V::Stored, &V) -> R,
        R: ReducesTo<V::Stored>,
        R: ReducesTo<
                V::Stored,
                Operator<(Table<Windowed<K::Stored, SessionWindow>, V::Stored>, Aggregating<K, V, ReduceSessions<F, R, Plain>>)> = J,
            >,
    {
        reduces::<R, V::Stored, _, J>((Table::handle(), self.op(ReduceSessions::new(f, "reduce"))))
    }

    /// `reduce` with a closure that may fail: an `Err` goes to the process handler of the application, and the sessions stay as they were.
    #[with_cx]
    pub fn try_reduce<R, E, F, J>(&self, f: F) -> J
    where
        E: Failure,
        V: ReadStored,
        F: FnMut(&V::Stored, &V) -> Result<R, E>,
        R: ReducesTo<V::Stored>,
        R: ReducesTo<V::Stored, Operator<(Table<Windowed<K::Stored, SessionWindow>, V::Stored>, Aggregating<K, V, ReduceSessions<F, Result<R, E>, Try>>)> = J>,
    {
        reduces::<R, V::Stored, _, J>((Table::handle(), self.op(ReduceSessions::new(f, "try_reduce"))))
    }

    /// In `topology!` this is written `aggregate(initializer, aggregator, merger)`.
    ///
    /// Folds the records of each key and session: for each record `initializer` makes an aggregate, `merger` takes key, aggregate and the
    /// aggregate of a session that the record belongs to, one after the other in the order of their ends, and `aggregator` takes key, value
    /// and aggregate. An aggregate of type `Option<A>` that is `None` deletes the row.
    ///
    /// Kafka Streams: `aggregate` of a `SessionWindowedKStream`, with its `Merger`. See [`SessionWindowedStream`] for nulls, times and late records.
    #[with_cx]
    pub fn aggregate_merging<A, I, F, G, R>(&self, initializer: I, aggregator: F, merger: G) -> R
    where
        A: Aggregated<Windowed<K::Stored, SessionWindow>, Aggregating<K, V, Folding<A, I, F, G, A, Plain>>, Of = R>,
        I: FnMut() -> A,
        F: FnMut(&K, &V, A) -> A,
        G: FnMut(&K, A, A) -> A,
    {
        A::of(self.op(AggregateSessions::new(initializer, aggregator, merger, "aggregate")))
    }

    /// In `topology!` this is written `try_aggregate(initializer, aggregator, merger)`.
    ///
    /// [`aggregate_merging`](Self::aggregate_merging) with an aggregator and a merger that may fail: an `Err` goes to the process handler of the
    /// application, and the sessions stay as they were.
    #[with_cx]
    pub fn try_aggregate_merging<A, E, I, F, G, R>(&self, initializer: I, aggregator: F, merger: G) -> R
    where
        E: Failure,
        A: Aggregated<Windowed<K::Stored, SessionWindow>, Aggregating<K, V, Folding<A, I, F, G, Result<A, E>, Try>>, Of = R>,
        I: FnMut() -> A,
        F: FnMut(&K, &V, A) -> Result<A, E>,
        G: FnMut(&K, A, A) -> Result<A, E>,
    {
        A::of(self.op(AggregateSessions::new(initializer, aggregator, merger, "try_aggregate")))
    }

    /// Says that a merger is missing.
    #[doc(hidden)]
    #[with_cx]
    pub fn aggregate<A, I, F, R>(&self, _: I, _: F) -> R
    where
        Self: WithoutMerger,
        A: Aggregated<Windowed<K::Stored, SessionWindow>, <Self as WithoutMerger>::Operator, Of = R>,
        I: FnMut() -> A,
        F: FnMut(&K, &V, A) -> A,
    {
        unreachable!("sessions never implement `WithoutMerger`")
    }

    /// Says that a merger is missing.
    #[doc(hidden)]
    #[with_cx]
    pub fn try_aggregate<A, E, I, F, R>(&self, _: I, _: F) -> R
    where
        E: Failure,
        Self: WithoutMerger,
        A: Aggregated<Windowed<K::Stored, SessionWindow>, <Self as WithoutMerger>::Operator, Of = R>,
        I: FnMut() -> A,
        F: FnMut(&K, &V, A) -> Result<A, E>,
    {
        unreachable!("sessions never implement `WithoutMerger`")
    }
}

/// The operator before it is attached to what follows.
pub struct SessionAggregate<K: ?Sized, V: ?Sized, F> {
    windows: SessionWindows,
    sending: Sending,
    fold: F,
    types: PhantomData<fn() -> (PhantomData<K>, PhantomData<V>)>,
}

impl<K, V, F> SessionAggregate<K, V, F>
where
    K: StreamData + ?Sized,
    V: ?Sized,
    F: SessionFold<K, V>,
{
    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.fold.locate(node);
        self
    }

    /// Makes the node, with the session store `name`, that hands its results to `next`.
    pub fn attach<N>(self, b: &mut TaskBuilder<'_>, name: &str, next: N) -> SessionAggregateNode<K, V, F, N> {
        let state = SessionState::new(b, name, self.windows, self.sending);
        let on_close = self.sending.on_close.then(|| b.sends_closed(name));
        SessionAggregateNode { state, op: self, stream_time_ms: -1, on_close, next }
    }
}

/// The operator at work.
pub struct SessionAggregateNode<K: StreamData + ?Sized, V: ?Sized, F: SessionFold<K, V>, N> {
    state: SessionState<K::Stored, F::Out>,
    op: SessionAggregate<K, V, F>,
    stream_time_ms: i64,
    /// Sessions are sent when they close: those that end before this time have been.
    on_close: Option<ClosedPlace>,
    next: N,
}

impl<K, V, F, N> Node for SessionAggregateNode<K, V, F, N>
where
    K: StreamData + ?Sized,
    V: ?Sized,
    F: SessionFold<K, V>,
    N: PushChange<Windowed<K::Stored, SessionWindow>, F::Out>,
{
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        match signal {
            Signal::Init => {
                if let Some(place) = self.on_close {
                    let from_ms = cx.closed.get(place);
                    self.state.wait_again(from_ms, cx);
                }
            }
            Signal::Flush if !self.op.sending.on_close => self.state.flush(&mut self.next, cx)?,
            Signal::Punctuate(due) => {
                if self.state.emit_waiting(due, &mut self.next, cx)? {
                    return Ok(());
                }
            }
            Signal::Flush | Signal::Expired(_) | Signal::Close => {}
        }
        self.next.signal(signal, cx)
    }
}

impl<K, V, F, N> Push<K, V> for SessionAggregateNode<K, V, F, N>
where
    K: StreamData + ?Sized,
    V: ?Sized,
    F: SessionFold<K, V>,
    N: PushChange<Windowed<K::Stored, SessionWindow>, F::Out>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        if !self.state.begin(key, cx)? {
            return Ok(());
        }
        self.stream_time_ms = self.stream_time_ms.max(cx.timestamp_ms);
        let SessionAggregate { windows, sending, fold, .. } = &mut self.op;
        if let Some(place) = self.on_close {
            self.stream_time_ms = cx.closed.stream_time_ms(place, windows.closes_after_ms()).max(self.stream_time_ms);
        }
        // Sessions that end before this time are closed.
        let closed_ms = self.stream_time_ms.saturating_sub(windows.closes_after_ms());
        let merged = self.state.find(cx.timestamp_ms, windows.gap_ms, cx);
        if merged.end_ms < closed_ms {
            self.state.drop_late(merged, self.stream_time_ms, cx)?;
        } else {
            let next = (!sending.on_close).then_some(&mut self.next);
            let state = &mut self.state;
            cx.scoped(F::SEES_CX, |cx| state.update(merged, F::MAY_FAIL, next, cx, |sessions, cx| fold.fold(key, value, sessions, cx)))?;
        }
        match self.on_close.map(|place| (place, cx.closed.get(place))) {
            Some((place, sent_ms)) if closed_ms > sent_ms => {
                cx.closed.set(place, closed_ms);
                self.state.emit(sent_ms, closed_ms, &mut self.next, cx)
            }
            _ => Ok(()),
        }
    }
}
