//! `filter` and `filter_not`: leave records out.

use std::marker::PhantomData;

use streams_macros::with_cx;

use super::call::Call;
use super::settle::{Plain, Settle, Try};
use crate::context::Context;
use crate::error::{Failure, Flow};
use crate::handles::Stream;
use crate::node::{Node, Push, Signal};

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// Passes on the records for which the closure is true.
    ///
    /// Kafka Streams: `filter`. Time and headers stay. Null keys and values reach the closure where the types have them.
    #[with_cx]
    pub fn filter<F>(&self, f: F) -> (Stream<K, V>, Filter<F, bool, Plain>)
    where
        F: FnMut(&K, &V) -> bool,
    {
        (Stream::handle(), Filter::new(f, true, "filter"))
    }

    /// `filter` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_filter<F, E>(&self, f: F) -> (Stream<K, V>, Filter<F, Result<bool, E>, Try>)
    where
        E: Failure,
        F: FnMut(&K, &V) -> Result<bool, E>,
    {
        (Stream::handle(), Filter::new(f, true, "try_filter"))
    }

    /// Passes on the records for which the closure is false.
    ///
    /// Kafka Streams: `filterNot`. Time and headers stay. Null keys and values reach the closure where the types have them.
    #[with_cx]
    pub fn filter_not<F>(&self, f: F) -> (Stream<K, V>, Filter<F, bool, Plain>)
    where
        F: FnMut(&K, &V) -> bool,
    {
        (Stream::handle(), Filter::new(f, false, "filter_not"))
    }

    /// `filter_not` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_filter_not<F, E>(&self, f: F) -> (Stream<K, V>, Filter<F, Result<bool, E>, Try>)
    where
        E: Failure,
        F: FnMut(&K, &V) -> Result<bool, E>,
    {
        (Stream::handle(), Filter::new(f, false, "try_filter_not"))
    }
}
/// The operator before it is attached to what follows.
pub struct Filter<F, R, M> {
    f: F,
    /// The verdict that passes.
    keep: bool,
    node: &'static str,
    types: PhantomData<fn() -> (R, M)>,
}

impl<F, R, M> Filter<F, R, M> {
    fn new(f: F, keep: bool, node: &'static str) -> Self {
        Filter { f, keep, node, types: PhantomData }
    }

    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.node = node;
        self
    }

    /// Makes the node that hands its results to `next`.
    pub fn attach<N>(self, next: N) -> FilterNode<F, R, M, N> {
        FilterNode { op: self, next }
    }
}

/// The operator at work.
pub struct FilterNode<F, R, M, N> {
    op: Filter<F, R, M>,
    next: N,
}

impl<F, R, M, N: Node> Node for FilterNode<F, R, M, N> {
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.next.signal(signal, cx)
    }
}

impl<K, V, F, R, M, N> Push<K, V> for FilterNode<F, R, M, N>
where
    K: ?Sized,
    V: ?Sized,
    F: for<'a> Call<(&'a K, &'a V), R>,
    M: Settle<R, Out = bool>,
    N: Push<K, V>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        cx.scoped(F::SEES_CX, |cx| match M::settle(self.op.f.call((key, value), &mut cx.record), self.op.node, cx)? {
            Some(verdict) if verdict == self.op.keep => self.next.push(key, value, cx),
            _ => Ok(()),
        })
    }
}
