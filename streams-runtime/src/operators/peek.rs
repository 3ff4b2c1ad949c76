//! `peek`: look and pass on.

use std::marker::PhantomData;

use super::settle::{Plain, Settle, Try};
use crate::context::Context;
use crate::error::Flow;
use crate::handles::Stream;
use crate::node::{Node, Push, Signal};

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// Looks at each record and passes it on.
    ///
    /// Kafka Streams: `peek`.
    pub fn peek<F>(&self, f: F) -> (Stream<K, V>, Peek<F, (), Plain>)
    where
        F: FnMut(&K, &V),
    {
        (Stream::handle(), Peek::new(f, "peek"))
    }

    /// `peek` with a closure that may fail: an `Err` goes to the process handler of the application.
    pub fn try_peek<F, E>(&self, f: F) -> (Stream<K, V>, Peek<F, Result<(), E>, Try>)
    where
        F: FnMut(&K, &V) -> Result<(), E>,
    {
        (Stream::handle(), Peek::new(f, "try_peek"))
    }
}
/// The operator before it is attached to what follows.
pub struct Peek<F, R, M> {
    f: F,
    node: &'static str,
    types: PhantomData<fn() -> (R, M)>,
}

impl<F, R, M> Peek<F, R, M> {
    fn new(f: F, node: &'static str) -> Self {
        Peek { f, node, types: PhantomData }
    }

    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.node = node;
        self
    }

    /// Makes the node that hands its results to `next`.
    pub fn attach<N>(self, next: N) -> PeekNode<F, R, M, N> {
        PeekNode { op: self, next }
    }
}

/// The operator at work.
pub struct PeekNode<F, R, M, N> {
    op: Peek<F, R, M>,
    next: N,
}

impl<F, R, M, N: Node> Node for PeekNode<F, R, M, N> {
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.next.signal(signal, cx)
    }
}

impl<K, V, F, R, M, N> Push<K, V> for PeekNode<F, R, M, N>
where
    K: ?Sized,
    V: ?Sized,
    F: FnMut(&K, &V) -> R,
    M: Settle<R, Out = ()>,
    N: Push<K, V>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        match M::settle((self.op.f)(key, value), self.op.node, cx)? {
            Some(()) => self.next.push(key, value, cx),
            None => Ok(()),
        }
    }
}
