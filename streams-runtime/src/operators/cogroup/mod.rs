//! `cogroup`: several grouped streams folded into one aggregate for each key.
//!
//! Each stream has an input node with its own closure; the inputs share one node that keeps the aggregates.

mod aggregate;
mod sessions;
mod windowed;

pub use aggregate::{CogroupAggregate, CogroupAggregateNode};
pub use sessions::{SessionCogroupAggregate, SessionCogroupAggregateNode};
pub use windowed::{CogroupWindows, WindowedCogroup, WindowedCogroupAggregate, WindowedCogroupAggregateNode};

use std::marker::PhantomData;

use streams_macros::with_cx;

use super::call::Call;
use super::settle::{Plain, Settle, Try};
use crate::codec::{OwnedData, StreamData};
use crate::context::Context;
use crate::error::{Failure, Flow, TaskError};
use crate::handles::{Cogrouped, Grouped};
use crate::node::{Node, Push, Shared, Signal};

/// The streams of a cogroup have the same key type; `Stream<str, _>` fits `Stream<String, _>`.
#[diagnostic::on_unimplemented(
    message = "cogroup: the keys of this stream are `{Self}`, those of the streams before it are `{K}`",
    label = "keys of different types",
    note = "group it by the other key: `.group_by(|key, value| …)`"
)]
pub trait SameGroupKey<K> {
    /// The operator `O`, if the keys fit.
    type Operator<O>;

    /// The operator itself.
    fn op<O>(operator: O) -> Self::Operator<O>;
}

impl<K> SameGroupKey<K> for K {
    type Operator<O> = O;

    fn op<O>(operator: O) -> O {
        operator
    }
}

impl<K, V> Grouped<K, V>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
{
    /// Begins an aggregate that several grouped streams are folded into: `aggregator` takes key, value and aggregate of this stream's records.
    /// Further streams follow with [`Cogrouped::cogroup`], and [`Cogrouped::aggregate`] ends it.
    ///
    /// Kafka Streams: `KGroupedStream.cogroup`. The streams may have different values and need the same number of partitions. The repartition
    /// topic of a stream whose key was changed is named after the state; those of further streams after the state and their `let`, or by `.named(…)`.
    #[with_cx]
    pub fn cogroup<A, F>(&self, aggregator: F) -> (Cogrouped<K::Stored, A>, Cogroup<K, V, A, F, A, Plain>)
    where
        A: OwnedData,
        F: FnMut(&K, &V, A) -> A,
    {
        (Cogrouped::handle(), Cogroup { aggregator, node: "cogroup", types: PhantomData })
    }

    /// `cogroup` with a closure that may fail: an `Err` goes to the process handler of the application, and the row stays as it was.
    #[with_cx]
    pub fn try_cogroup<A, E, F>(&self, aggregator: F) -> (Cogrouped<K::Stored, A>, Cogroup<K, V, A, F, Result<A, E>, Try>)
    where
        E: Failure,
        A: OwnedData,
        F: FnMut(&K, &V, A) -> Result<A, E>,
    {
        (Cogrouped::handle(), Cogroup { aggregator, node: "try_cogroup", types: PhantomData })
    }
}

impl<K, A: OwnedData> Cogrouped<K, A> {
    /// Adds a grouped stream with a closure of its own; both fold into the same aggregate.
    ///
    /// Kafka Streams: `CogroupedKStream.cogroup`.
    #[with_cx]
    pub fn cogroup<K2, V2, F, J>(&self, stream: &Grouped<K2, V2>, aggregator: F) -> (Cogrouped<K, A>, J)
    where
        K2: StreamData + ?Sized,
        V2: StreamData + ?Sized,
        K2::Stored: SameGroupKey<K>,
        K2::Stored: SameGroupKey<K, Operator<Cogroup<K2, V2, A, F, A, Plain>> = J>,
        F: FnMut(&K2, &V2, A) -> A,
    {
        let _ = stream;
        (Cogrouped::handle(), <K2::Stored as SameGroupKey<K>>::op(Cogroup { aggregator, node: "cogroup", types: PhantomData }))
    }

    /// `cogroup` with a closure that may fail: an `Err` goes to the process handler of the application, and the row stays as it was.
    #[with_cx]
    pub fn try_cogroup<K2, V2, E, F, J>(&self, stream: &Grouped<K2, V2>, aggregator: F) -> (Cogrouped<K, A>, J)
    where
        E: Failure,
        K2: StreamData + ?Sized,
        V2: StreamData + ?Sized,
        K2::Stored: SameGroupKey<K>,
        K2::Stored: SameGroupKey<K, Operator<Cogroup<K2, V2, A, F, Result<A, E>, Try>> = J>,
        F: FnMut(&K2, &V2, A) -> Result<A, E>,
    {
        let _ = stream;
        (Cogrouped::handle(), <K2::Stored as SameGroupKey<K>>::op(Cogroup { aggregator, node: "try_cogroup", types: PhantomData }))
    }
}

/// One stream of a cogroup, before it is attached.
pub struct Cogroup<K: ?Sized, V: ?Sized, A, F, R, M> {
    aggregator: F,
    node: &'static str,
    types: PhantomData<fn() -> (PhantomData<K>, PhantomData<V>, A, R, M)>,
}

impl<K, V, A, F, R, M> Cogroup<K, V, A, F, R, M>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
    A: OwnedData,
{
    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.node = node;
        self
    }

    /// Makes the node, which folds its records into the aggregates that `state` keeps.
    pub fn attach<S>(self, state: S) -> CogroupNode<K, V, A, F, R, M, S>
    where
        S: CogroupState<K::Stored, A>,
    {
        CogroupNode { op: self, stream_time_ms: -1, state }
    }
}

/// A record of one of the streams of a cogroup.
pub struct CogroupRecord<'a, Q: ?Sized> {
    key: &'a Q,
    null_value: bool,
    /// The stream time of its input, which moves on with it.
    stream_time_ms: &'a mut i64,
    /// The step may say to leave it out.
    may_fail: bool,
    /// The step sees the context.
    sees_cx: bool,
}

/// What keeps the aggregates of a cogroup.
pub trait CogroupState<K, A: OwnedData>: Node {
    /// Takes a record of one of the streams; `step` makes the new aggregate of the old one, or says to leave the record out.
    ///
    /// # Errors
    /// When the task has to stop.
    fn take<Q, F>(&mut self, record: CogroupRecord<'_, Q>, cx: &mut Context, step: F) -> Flow
    where
        Q: StreamData<Stored = K> + ?Sized,
        F: FnMut(A, &mut Context) -> Result<Option<A>, Box<TaskError>>;
}

impl<K, A: OwnedData, S: CogroupState<K, A>> CogroupState<K, A> for Shared<S> {
    #[inline]
    fn take<Q, F>(&mut self, record: CogroupRecord<'_, Q>, cx: &mut Context, step: F) -> Flow
    where
        Q: StreamData<Stored = K> + ?Sized,
        F: FnMut(A, &mut Context) -> Result<Option<A>, Box<TaskError>>,
    {
        self.with(|state| state.take(record, cx, step))
    }
}

/// One stream of a cogroup at work.
pub struct CogroupNode<K: ?Sized, V: ?Sized, A, F, R, M, S> {
    op: Cogroup<K, V, A, F, R, M>,
    /// In windows each stream has its own.
    stream_time_ms: i64,
    state: S,
}

impl<K: ?Sized, V: ?Sized, A, F, R, M, S: Node> Node for CogroupNode<K, V, A, F, R, M, S> {
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.state.signal(signal, cx)
    }
}

impl<K, V, A, F, R, M, S> Push<K, V> for CogroupNode<K, V, A, F, R, M, S>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
    A: OwnedData,
    F: for<'a> Call<(&'a K, &'a V, A), R>,
    M: Settle<R, Out = A>,
    S: CogroupState<K::Stored, A>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        let Cogroup { aggregator, node, .. } = &mut self.op;
        let stream_time_ms = &mut self.stream_time_ms;
        let record =
            CogroupRecord { key, null_value: value.present().is_none(), stream_time_ms, may_fail: M::MAY_FAIL, sees_cx: F::SEES_CX };
        self.state.take(record, cx, |aggregate, cx| M::settle(aggregator.call((key, value, aggregate), &mut cx.record), node, cx))
    }
}
