//! `select_key`: a new key.

use std::marker::PhantomData;

use super::settle::{Plain, Settle, Try};
use crate::context::Context;
use crate::error::Flow;
use crate::handles::Stream;
use crate::node::{Node, Push, Signal};

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// Makes a new key of each record; the value stays.
    ///
    /// Kafka Streams: `selectKey`. A grouping or join after it goes through a repartition topic. Time and headers stay.
    pub fn select_key<K2, F>(&self, f: F) -> (Stream<K2, V>, SelectKey<F, K2, Plain>)
    where
        F: FnMut(&K, &V) -> K2,
    {
        (Stream::handle(), SelectKey::new(f, "select_key"))
    }

    /// `select_key` with a closure that may fail: an `Err` goes to the process handler of the application.
    pub fn try_select_key<K2, F, E>(&self, f: F) -> (Stream<K2, V>, SelectKey<F, Result<K2, E>, Try>)
    where
        F: FnMut(&K, &V) -> Result<K2, E>,
    {
        (Stream::handle(), SelectKey::new(f, "try_select_key"))
    }
}
/// The operator before it is attached to what follows.
pub struct SelectKey<F, R, M> {
    f: F,
    node: &'static str,
    types: PhantomData<fn() -> (R, M)>,
}

impl<F, R, M> SelectKey<F, R, M> {
    pub(super) fn new(f: F, node: &'static str) -> Self {
        SelectKey { f, node, types: PhantomData }
    }

    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.node = node;
        self
    }

    /// Makes the node that hands its results to `next`.
    pub fn attach<N>(self, next: N) -> SelectKeyNode<F, R, M, N> {
        SelectKeyNode { op: self, next }
    }
}

/// The operator at work.
pub struct SelectKeyNode<F, R, M, N> {
    op: SelectKey<F, R, M>,
    next: N,
}

impl<F, R, M, N: Node> Node for SelectKeyNode<F, R, M, N> {
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.next.signal(signal, cx)
    }
}

impl<K, V, K2, F, R, M, N> Push<K, V> for SelectKeyNode<F, R, M, N>
where
    K: ?Sized,
    V: ?Sized,
    F: FnMut(&K, &V) -> R,
    M: Settle<R, Out = K2>,
    N: Push<K2, V>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        match M::settle((self.op.f)(key, value), self.op.node, cx)? {
            Some(key) => self.next.push(&key, value, cx),
            None => Ok(()),
        }
    }
}
