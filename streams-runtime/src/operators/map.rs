//! `map`: a new key and value.

use std::marker::PhantomData;

use super::settle::{Plain, Settle, Try};
use crate::context::Context;
use crate::error::Flow;
use crate::handles::Stream;
use crate::node::{Node, Push, Signal};

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// Makes a new key and value of each record.
    ///
    /// Kafka Streams: `map`. The key changes, so a grouping or join after it goes through a repartition topic. Time and headers stay.
    pub fn map<K2, V2, F>(&self, f: F) -> (Stream<K2, V2>, Map<F, (K2, V2), Plain>)
    where
        F: FnMut(&K, &V) -> (K2, V2),
    {
        (Stream::handle(), Map::new(f, "map"))
    }

    /// `map` with a closure that may fail: an `Err` goes to the process handler of the application.
    pub fn try_map<K2, V2, F, E>(&self, f: F) -> (Stream<K2, V2>, Map<F, Result<(K2, V2), E>, Try>)
    where
        F: FnMut(&K, &V) -> Result<(K2, V2), E>,
    {
        (Stream::handle(), Map::new(f, "try_map"))
    }
}
/// The operator before it is attached to what follows.
pub struct Map<F, R, M> {
    f: F,
    node: &'static str,
    types: PhantomData<fn() -> (R, M)>,
}

impl<F, R, M> Map<F, R, M> {
    fn new(f: F, node: &'static str) -> Self {
        Map { f, node, types: PhantomData }
    }

    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.node = node;
        self
    }

    /// Makes the node that hands its results to `next`.
    pub fn attach<N>(self, next: N) -> MapNode<F, R, M, N> {
        MapNode { op: self, next }
    }
}

/// The operator at work.
pub struct MapNode<F, R, M, N> {
    op: Map<F, R, M>,
    next: N,
}

impl<F, R, M, N: Node> Node for MapNode<F, R, M, N> {
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.next.signal(signal, cx)
    }
}

impl<K, V, K2, V2, F, R, M, N> Push<K, V> for MapNode<F, R, M, N>
where
    K: ?Sized,
    V: ?Sized,
    F: FnMut(&K, &V) -> R,
    M: Settle<R, Out = (K2, V2)>,
    N: Push<K2, V2>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        match M::settle((self.op.f)(key, value), self.op.node, cx)? {
            Some((key, value)) => self.next.push(&key, &value, cx),
            None => Ok(()),
        }
    }
}
