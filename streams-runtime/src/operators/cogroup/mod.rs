//! `cogroup`: several grouped streams folded into one aggregate for each key.
//!
//! Each stream has an input node with its own closure; the inputs share one node that keeps the aggregates.

mod aggregate;
mod windowed;

pub use aggregate::{CogroupAggregate, CogroupAggregateNode};
pub use windowed::{CogroupWindows, WindowedCogroup, WindowedCogroupAggregate, WindowedCogroupAggregateNode};

use std::marker::PhantomData;

use super::settle::{Plain, Settle, Try};
use super::windowed::fold_aggregate;
use crate::codec::{OwnedData, StreamData};
use crate::context::Context;
use crate::error::{Flow, TaskError};
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
    type Op<O>;

    /// The operator itself.
    fn op<O>(operator: O) -> Self::Op<O>;
}

impl<K> SameGroupKey<K> for K {
    type Op<O> = O;

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
    pub fn cogroup<A, F>(&self, aggregator: F) -> (Cogrouped<K::Stored, A>, Cogroup<K, V, A, F, A, Plain>)
    where
        A: OwnedData,
        F: FnMut(&K, &V, A) -> A,
    {
        (Cogrouped::handle(), Cogroup { aggregator, node: "cogroup", types: PhantomData })
    }

    /// `cogroup` with a closure that may fail: an `Err` goes to the process handler of the application, and the row stays as it was.
    pub fn try_cogroup<A, E, F>(&self, aggregator: F) -> (Cogrouped<K::Stored, A>, Cogroup<K, V, A, F, Result<A, E>, Try>)
    where
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
    pub fn cogroup<K2, V2, F, J>(&self, stream: &Grouped<K2, V2>, aggregator: F) -> (Cogrouped<K, A>, J)
    where
        K2: StreamData + ?Sized,
        V2: StreamData + ?Sized,
        K2::Stored: SameGroupKey<K, Op<Cogroup<K2, V2, A, F, A, Plain>> = J>,
        F: FnMut(&K2, &V2, A) -> A,
    {
        let _ = stream;
        (Cogrouped::handle(), <K2::Stored as SameGroupKey<K>>::op(Cogroup { aggregator, node: "cogroup", types: PhantomData }))
    }

    /// `cogroup` with a closure that may fail: an `Err` goes to the process handler of the application, and the row stays as it was.
    pub fn try_cogroup<K2, V2, E, F, J>(&self, stream: &Grouped<K2, V2>, aggregator: F) -> (Cogrouped<K, A>, J)
    where
        K2: StreamData + ?Sized,
        V2: StreamData + ?Sized,
        K2::Stored: SameGroupKey<K, Op<Cogroup<K2, V2, A, F, Result<A, E>, Try>> = J>,
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

/// What keeps the aggregates of a cogroup.
pub trait CogroupState<K, A: OwnedData>: Node {
    /// Makes the first aggregate.
    type Init: FnMut() -> A;

    /// Takes a record of one of the streams. `stream_time_ms` is that of its input, and moves on with the record; `fold` takes the record into the value of a
    /// row (`None`: there is no row) and says whether it changed it.
    ///
    /// # Errors
    /// When the task has to stop.
    fn take<Q, F>(&mut self, key: &Q, null_value: bool, stream_time_ms: &mut i64, cx: &mut Context, fold: F) -> Flow
    where
        Q: StreamData<Stored = K> + ?Sized,
        F: FnMut(&mut Option<A::Stored>, &mut Self::Init, &mut Context) -> Result<bool, Box<TaskError>>;
}

impl<K, A: OwnedData, S: CogroupState<K, A>> CogroupState<K, A> for Shared<S> {
    type Init = S::Init;

    #[inline]
    fn take<Q, F>(&mut self, key: &Q, null_value: bool, stream_time_ms: &mut i64, cx: &mut Context, fold: F) -> Flow
    where
        Q: StreamData<Stored = K> + ?Sized,
        F: FnMut(&mut Option<A::Stored>, &mut S::Init, &mut Context) -> Result<bool, Box<TaskError>>,
    {
        self.with(|state| state.take(key, null_value, stream_time_ms, cx, fold))
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
    F: FnMut(&K, &V, A) -> R,
    M: Settle<R, Out = A>,
    S: CogroupState<K::Stored, A>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        let Cogroup { aggregator, node, .. } = &mut self.op;
        self.state.take(key, value.present().is_none(), &mut self.stream_time_ms, cx, |row, initializer, cx| {
            fold_aggregate::<_, _, A, _, _, R, M>((key, value), row, initializer, aggregator, node, cx)
        })
    }
}
