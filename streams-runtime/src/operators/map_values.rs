//! `map_values`, with and without the key: a new value.

use std::marker::PhantomData;

use super::settle::{Plain, Settle, Try};
use crate::context::Context;
use crate::error::Flow;
use crate::handles::Stream;
use crate::node::{Node, Push, Signal};

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// Makes a new value of each value; the key stays, so no repartition follows.
    ///
    /// Kafka Streams: `mapValues`. Time and headers stay.
    pub fn map_values<V2, F>(&self, f: F) -> (Stream<K, V2>, MapValues<F, V2, Plain>)
    where
        F: FnMut(&V) -> V2,
    {
        (Stream::handle(), MapValues::new(f, "map_values"))
    }

    /// `map_values` with a closure that may fail: an `Err` goes to the process handler of the application.
    pub fn try_map_values<V2, F, E>(&self, f: F) -> (Stream<K, V2>, MapValues<F, Result<V2, E>, Try>)
    where
        F: FnMut(&V) -> Result<V2, E>,
    {
        (Stream::handle(), MapValues::new(f, "try_map_values"))
    }

    /// Makes a new value of each key and value; the key stays, so no repartition follows.
    ///
    /// Kafka Streams: `mapValues`. Time and headers stay.
    pub fn map_values_with_key<V2, F>(&self, f: F) -> (Stream<K, V2>, MapValuesWithKey<F, V2, Plain>)
    where
        F: FnMut(&K, &V) -> V2,
    {
        (Stream::handle(), MapValuesWithKey::new(f, "map_values_with_key"))
    }

    /// `map_values_with_key` with a closure that may fail: an `Err` goes to the process handler of the application.
    pub fn try_map_values_with_key<V2, F, E>(&self, f: F) -> (Stream<K, V2>, MapValuesWithKey<F, Result<V2, E>, Try>)
    where
        F: FnMut(&K, &V) -> Result<V2, E>,
    {
        (Stream::handle(), MapValuesWithKey::new(f, "try_map_values_with_key"))
    }
}
/// The operator before it is attached to what follows.
pub struct MapValues<F, R, M> {
    f: F,
    node: &'static str,
    types: PhantomData<fn() -> (R, M)>,
}

impl<F, R, M> MapValues<F, R, M> {
    fn new(f: F, node: &'static str) -> Self {
        MapValues { f, node, types: PhantomData }
    }

    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.node = node;
        self
    }

    /// Makes the node that hands its results to `next`.
    pub fn attach<N>(self, next: N) -> MapValuesNode<F, R, M, N> {
        MapValuesNode { op: self, next }
    }
}

/// The operator at work.
pub struct MapValuesNode<F, R, M, N> {
    op: MapValues<F, R, M>,
    next: N,
}

impl<F, R, M, N: Node> Node for MapValuesNode<F, R, M, N> {
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.next.signal(signal, cx)
    }
}

impl<K, V, V2, F, R, M, N> Push<K, V> for MapValuesNode<F, R, M, N>
where
    K: ?Sized,
    V: ?Sized,
    F: FnMut(&V) -> R,
    M: Settle<R, Out = V2>,
    N: Push<K, V2>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        match M::settle((self.op.f)(value), self.op.node, cx)? {
            Some(value) => self.next.push(key, &value, cx),
            None => Ok(()),
        }
    }
}

/// The operator (with key) before it is attached to what follows.
pub struct MapValuesWithKey<F, R, M> {
    f: F,
    node: &'static str,
    types: PhantomData<fn() -> (R, M)>,
}

impl<F, R, M> MapValuesWithKey<F, R, M> {
    fn new(f: F, node: &'static str) -> Self {
        MapValuesWithKey { f, node, types: PhantomData }
    }

    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.node = node;
        self
    }

    /// Makes the node that hands its results to `next`.
    pub fn attach<N>(self, next: N) -> MapValuesWithKeyNode<F, R, M, N> {
        MapValuesWithKeyNode { op: self, next }
    }
}

/// The operator at work.
pub struct MapValuesWithKeyNode<F, R, M, N> {
    op: MapValuesWithKey<F, R, M>,
    next: N,
}

impl<F, R, M, N: Node> Node for MapValuesWithKeyNode<F, R, M, N> {
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.next.signal(signal, cx)
    }
}

impl<K, V, V2, F, R, M, N> Push<K, V> for MapValuesWithKeyNode<F, R, M, N>
where
    K: ?Sized,
    V: ?Sized,
    F: FnMut(&K, &V) -> R,
    M: Settle<R, Out = V2>,
    N: Push<K, V2>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        match M::settle((self.op.f)(key, value), self.op.node, cx)? {
            Some(value) => self.next.push(key, &value, cx),
            None => Ok(()),
        }
    }
}
