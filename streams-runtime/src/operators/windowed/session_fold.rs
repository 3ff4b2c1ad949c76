//! What an aggregation in sessions does with one record and the sessions that it joins into one.

use std::marker::PhantomData;

use crate::codec::{OwnedData, ReadStored, StreamData};
use crate::context::Context;
use crate::error::TaskError;
use crate::operators::{Call, Settle};

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Folded<V> {
    /// The value of the session; `None`: there is no row.
    Row(Option<V>),
    /// All stays as it was, since the process handler said to go on without the record.
    Skipped,
}

/// What gives the values of the sessions to merge, in the order of their ends.
type Next<'a, V> = &'a mut dyn FnMut(&mut Context) -> Result<Option<V>, Box<TaskError>>;

/// A step of an aggregation in sessions. Null values are aggregated as well, as Kafka Streams has it.
pub trait SessionFold<K: ?Sized, V: ?Sized> {
    /// What a row holds.
    type Out: StreamData<Present = Self::Out, Stored = Self::Out> + Clone + Send + Sync + 'static;
    /// Whether the record may be left out, so that the sessions must be kept until the step is done.
    const MAY_FAIL: bool;
    /// Whether a closure sees the context.
    const SEES_CX: bool;

    /// Says where in the topology this is, for error messages.
    fn locate(&mut self, node: &'static str);

    /// Makes one value of the sessions that `next` gives and of the record.
    ///
    /// # Errors
    /// When the handler said to stop, or the store fails.
    fn fold(&mut self, key: &K, value: &V, next: Next<'_, Self::Out>, cx: &mut Context) -> Result<Folded<Self::Out>, Box<TaskError>>;
}

/// `count`.
#[derive(Clone, Copy, Debug)]
pub struct CountSessions;

impl<K: ?Sized, V: ?Sized> SessionFold<K, V> for CountSessions {
    type Out = u64;
    const MAY_FAIL: bool = false;
    const SEES_CX: bool = false;

    fn locate(&mut self, _: &'static str) {}

    #[inline]
    fn fold(&mut self, _: &K, _: &V, next: Next<'_, u64>, cx: &mut Context) -> Result<Folded<u64>, Box<TaskError>> {
        let mut count = 1;
        while let Some(session) = next(cx)? {
            count += session;
        }
        Ok(Folded::Row(Some(count)))
    }
}

/// `reduce`.
pub struct ReduceSessions<F, R, M> {
    f: F,
    node: &'static str,
    types: PhantomData<fn() -> (R, M)>,
}

impl<F, R, M> ReduceSessions<F, R, M> {
    pub(super) fn new(f: F, node: &'static str) -> Self {
        ReduceSessions { f, node, types: PhantomData }
    }
}

impl<K, V, F, R, M> SessionFold<K, V> for ReduceSessions<F, R, M>
where
    K: ?Sized,
    V: ReadStored + ?Sized,
    F: for<'a> Call<(&'a V::Stored, &'a V), R>,
    M: Settle<R>,
    M::Out: OwnedData<Stored = V::Stored>,
{
    type Out = V::Stored;
    const MAY_FAIL: bool = M::MAY_FAIL;
    const SEES_CX: bool = <F as Call<(&V::Stored, &V), R>>::SEES_CX;

    fn locate(&mut self, node: &'static str) {
        self.node = node;
    }

    fn fold(&mut self, _: &K, value: &V, next: Next<'_, V::Stored>, cx: &mut Context) -> Result<Folded<V::Stored>, Box<TaskError>> {
        let mut row: Option<V::Stored> = None;
        while let Some(session) = next(cx)? {
            row = match row {
                None => Some(session),
                Some(there) => {
                    match M::settle(V::read_stored(session, |session| self.f.call((&there, session), &mut cx.record)), self.node, cx)? {
                        Some(result) => result.into_stored(),
                        None => return Ok(Folded::Skipped),
                    }
                }
            };
        }
        let Some(there) = row else { return Ok(Folded::Row(value.to_stored())) };
        Ok(match M::settle(self.f.call((&there, value), &mut cx.record), self.node, cx)? {
            Some(result) => Folded::Row(result.into_stored()),
            None => Folded::Skipped,
        })
    }
}

/// `aggregate`.
pub struct AggregateSessions<A, I, F, G, R, M> {
    initializer: I,
    aggregator: F,
    merger: G,
    node: &'static str,
    types: PhantomData<fn() -> (A, R, M)>,
}

impl<A, I, F, G, R, M> AggregateSessions<A, I, F, G, R, M> {
    pub(super) fn new(initializer: I, aggregator: F, merger: G, node: &'static str) -> Self {
        AggregateSessions { initializer, aggregator, merger, node, types: PhantomData }
    }
}

impl<K, V, A, I, F, G, R, M> SessionFold<K, V> for AggregateSessions<A, I, F, G, R, M>
where
    K: ?Sized,
    V: ?Sized,
    A: OwnedData,
    I: Call<(), A>,
    F: for<'a> Call<(&'a K, &'a V, A), R>,
    G: for<'a> Call<(&'a K, A, A), R>,
    M: Settle<R, Out = A>,
{
    type Out = A::Stored;
    const MAY_FAIL: bool = M::MAY_FAIL;
    const SEES_CX: bool = I::SEES_CX || <F as Call<(&K, &V, A), R>>::SEES_CX || <G as Call<(&K, A, A), R>>::SEES_CX;

    fn locate(&mut self, node: &'static str) {
        self.node = node;
    }

    #[inline]
    fn fold(&mut self, key: &K, value: &V, next: Next<'_, A::Stored>, cx: &mut Context) -> Result<Folded<A::Stored>, Box<TaskError>> {
        let mut aggregate = self.initializer.call((), &mut cx.record);
        while let Some(session) = next(cx)? {
            aggregate = match M::settle(self.merger.call((key, aggregate, A::from_stored(session)), &mut cx.record), self.node, cx)? {
                Some(merged) => merged,
                None => return Ok(Folded::Skipped),
            };
        }
        Ok(match M::settle(self.aggregator.call((key, value, aggregate), &mut cx.record), self.node, cx)? {
            Some(result) => Folded::Row(result.into_stored()),
            None => Folded::Skipped,
        })
    }
}
