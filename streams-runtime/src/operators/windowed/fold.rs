//! What an aggregation does with one record and one row, whatever window the row is of.

use std::marker::PhantomData;

use crate::codec::{OwnedData, StreamData};
use crate::context::{Context, RecordContext};
use crate::error::TaskError;
use crate::operators::{Call, ReducesTo, Settle};

/// A step of an aggregation. In windows, other than without them, null values are aggregated as well, as Kafka Streams has it.
pub trait Fold<K: ?Sized, V: ?Sized> {
    /// What a row holds.
    type Out: StreamData<Present = Self::Out, Stored = Self::Out> + Clone + Send + Sync + 'static;

    /// Whether a closure sees the context.
    const SEES_CX: bool;

    /// Says where in the topology this is, for error messages.
    fn locate(&mut self, node: &'static str);

    /// What a row starts from; `None` where the first value is taken as it is.
    fn initial(&mut self, cx: &mut RecordContext) -> Option<Self::Out>;

    /// Takes a record into the value of a row (`None`: there is no row). `false`: the row stays as it was, since the process handler said to
    /// go on without the record.
    ///
    /// # Errors
    /// When the handler said to stop; the value is then as it was.
    fn fold(&mut self, key: &K, value: &V, row: &mut Option<Self::Out>, cx: &mut Context) -> Result<bool, Box<TaskError>>;
}

/// `count`.
#[derive(Clone, Copy, Debug)]
pub struct CountFold;

impl<K: ?Sized, V: ?Sized> Fold<K, V> for CountFold {
    type Out = u64;
    const SEES_CX: bool = false;

    fn locate(&mut self, _: &'static str) {}

    fn initial(&mut self, _: &mut RecordContext) -> Option<u64> {
        Some(0)
    }

    #[inline]
    fn fold(&mut self, _: &K, _: &V, row: &mut Option<u64>, _: &mut Context) -> Result<bool, Box<TaskError>> {
        *row = Some(row.unwrap_or(0) + 1);
        Ok(true)
    }
}

/// `reduce`.
pub struct ReduceFold<F, R, M> {
    f: F,
    node: &'static str,
    types: PhantomData<fn() -> (R, M)>,
}

impl<F, R, M> ReduceFold<F, R, M> {
    pub(super) fn new(f: F, node: &'static str) -> Self {
        ReduceFold { f, node, types: PhantomData }
    }
}

impl<K, V, F, R, M> Fold<K, V> for ReduceFold<F, R, M>
where
    K: ?Sized,
    V: StreamData + ?Sized,
    F: for<'a> Call<(&'a V::Stored, &'a V), R>,
    M: Settle<R>,
    M::Out: OwnedData<Stored = V::Stored>,
{
    type Out = V::Stored;
    const SEES_CX: bool = <F as Call<(&V::Stored, &V), R>>::SEES_CX;

    fn locate(&mut self, node: &'static str) {
        self.node = node;
    }

    fn initial(&mut self, _: &mut RecordContext) -> Option<V::Stored> {
        None
    }

    #[inline]
    fn fold(&mut self, _: &K, value: &V, row: &mut Option<V::Stored>, cx: &mut Context) -> Result<bool, Box<TaskError>> {
        let Some(there) = row else {
            *row = value.to_stored();
            return Ok(true);
        };
        match M::settle(self.f.call((&*there, value), &mut cx.record), self.node, cx)? {
            Some(result) => {
                *row = result.into_stored();
                Ok(true)
            }
            None => Ok(false),
        }
    }
}

/// `aggregate`.
pub struct AggregateFold<A, I, F, R, M> {
    initializer: I,
    aggregator: F,
    node: &'static str,
    types: PhantomData<fn() -> (A, R, M)>,
}

impl<A, I, F, R, M> AggregateFold<A, I, F, R, M> {
    pub(super) fn new(initializer: I, aggregator: F, node: &'static str) -> Self {
        AggregateFold { initializer, aggregator, node, types: PhantomData }
    }
}

impl<K, V, A, I, F, R, M> Fold<K, V> for AggregateFold<A, I, F, R, M>
where
    K: ?Sized,
    V: ?Sized,
    A: OwnedData,
    I: Call<(), A>,
    F: for<'a> Call<(&'a K, &'a V, A), R>,
    M: Settle<R, Out = A>,
{
    type Out = A::Stored;
    const SEES_CX: bool = I::SEES_CX || <F as Call<(&K, &V, A), R>>::SEES_CX;

    fn locate(&mut self, node: &'static str) {
        self.node = node;
    }

    fn initial(&mut self, cx: &mut RecordContext) -> Option<A::Stored> {
        self.initializer.call_aside((), cx).into_stored()
    }

    #[inline]
    fn fold(&mut self, key: &K, value: &V, row: &mut Option<A::Stored>, cx: &mut Context) -> Result<bool, Box<TaskError>> {
        let AggregateFold { initializer, aggregator, node, .. } = self;
        let step = |aggregate, cx: &mut Context| M::settle(aggregator.call((key, value, aggregate), &mut cx.record), node, cx);
        fold_aggregate(row, |cx| initializer.call((), cx), M::MAY_FAIL, step, cx)
    }
}

/// Takes a record into the value of a row by `step`, which may say to leave the record out. `false`: the row stays as it was.
#[inline]
pub(in crate::operators) fn fold_aggregate<A: OwnedData>(
    row: &mut Option<A::Stored>,
    initializer: impl FnOnce(&mut RecordContext) -> A,
    may_fail: bool,
    step: impl FnOnce(A, &mut Context) -> Result<Option<A>, Box<TaskError>>,
    cx: &mut Context,
) -> Result<bool, Box<TaskError>> {
    let backup = if may_fail { row.clone() } else { None };
    let aggregate = match row.take() {
        Some(stored) => A::from_stored(stored),
        None => initializer(&mut cx.record),
    };
    match step(aggregate, cx) {
        Ok(Some(result)) => {
            *row = result.into_stored();
            Ok(true)
        }
        Ok(None) => {
            *row = backup;
            Ok(false)
        }
        Err(error) => {
            *row = backup;
            Err(error)
        }
    }
}

/// Says that `R` is what a reduction of `V` may return, in the words of [`ReducesTo`].
pub(super) fn reduces<R, S, O, J>(operator: O) -> J
where
    R: ReducesTo<S>,
    R: ReducesTo<S, Operator<O> = J>,
{
    R::op(operator)
}
