//! `split().branch(..).otherwise()`: each record goes one way.

use std::marker::PhantomData;

use streams_macros::with_cx;

use super::call::Call;
use super::settle::{Plain, Settle, Try};
use crate::context::Context;
use crate::error::{Failure, Flow};
use crate::handles::Stream;
use crate::node::{Node, Push, Signal};

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// In `topology!` this is written `stream.split().branch(|key, value| …).otherwise()`.
    ///
    /// The records for which the closure is true; the others go to the next branch.
    ///
    /// Kafka Streams: `split().branch(predicate)`: the first branch whose predicate is true takes the record.
    #[with_cx]
    pub fn branch<F>(&self, f: F) -> (Stream<K, V>, Branch<F, bool, Plain>)
    where
        F: FnMut(&K, &V) -> bool,
    {
        (Stream::handle(), Branch { f, node: "branch", types: PhantomData })
    }

    /// In `topology!` this is written `stream.split().try_branch(|key, value| …).otherwise()`.
    ///
    /// `branch` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_branch<F, E>(&self, f: F) -> (Stream<K, V>, Branch<F, Result<bool, E>, Try>)
    where
        E: Failure,
        F: FnMut(&K, &V) -> Result<bool, E>,
    {
        (Stream::handle(), Branch { f, node: "try_branch", types: PhantomData })
    }
}

/// The operator before it is attached to what follows.
pub struct Branch<F, R, M> {
    f: F,
    node: &'static str,
    types: PhantomData<fn() -> (R, M)>,
}

impl<F, R, M> Branch<F, R, M> {
    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.node = node;
        self
    }

    /// Makes the node: `yes` gets what the closure is true for, `no` the rest (the next branch, `otherwise`, or nothing).
    pub fn attach<Y, N>(self, yes: Y, no: N) -> BranchNode<F, R, M, Y, N> {
        BranchNode { op: self, yes, no }
    }
}

/// The operator at work.
pub struct BranchNode<F, R, M, Y, N> {
    op: Branch<F, R, M>,
    yes: Y,
    no: N,
}

impl<F, R, M, Y: Node, N: Node> Node for BranchNode<F, R, M, Y, N> {
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.yes.signal(signal, cx)?;
        self.no.signal(signal, cx)
    }
}

impl<K, V, F, R, M, Y, N> Push<K, V> for BranchNode<F, R, M, Y, N>
where
    K: ?Sized,
    V: ?Sized,
    F: for<'a> Call<(&'a K, &'a V), R>,
    M: Settle<R, Out = bool>,
    Y: Push<K, V>,
    N: Push<K, V>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        cx.scoped(F::SEES_CX, |cx| match M::settle(self.op.f.call((key, value), &mut cx.record), self.op.node, cx)? {
            Some(true) => self.yes.push(key, value, cx),
            Some(false) => self.no.push(key, value, cx),
            None => Ok(()),
        })
    }
}
