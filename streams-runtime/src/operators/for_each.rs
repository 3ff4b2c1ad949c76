//! `for_each`: the end of a stream in code.

use std::marker::PhantomData;

use streams_macros::with_cx;

use super::call::Call;
use super::settle::{Plain, Settle, Try};
use crate::context::Context;
use crate::error::{Failure, Flow};
use crate::handles::Stream;
use crate::node::{Node, Push, Signal};

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// Calls the closure for each record; nothing comes after it.
    ///
    /// Kafka Streams: `foreach`.
    #[with_cx]
    pub fn for_each<F>(&self, f: F) -> ForEach<F, (), Plain>
    where
        F: FnMut(&K, &V),
    {
        ForEach { f, node: "for_each", types: PhantomData }
    }

    /// `for_each` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_for_each<F, E>(&self, f: F) -> ForEach<F, Result<(), E>, Try>
    where
        E: Failure,
        F: FnMut(&K, &V) -> Result<(), E>,
    {
        ForEach { f, node: "try_for_each", types: PhantomData }
    }
}

/// The operator; it is its own node.
pub struct ForEach<F, R, M> {
    f: F,
    node: &'static str,
    types: PhantomData<fn() -> (R, M)>,
}

impl<F, R, M> ForEach<F, R, M> {
    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.node = node;
        self
    }
}

impl<F, R, M> Node for ForEach<F, R, M> {
    fn signal(&mut self, _: &mut Signal, _: &mut Context) -> Flow {
        Ok(())
    }
}

impl<K, V, F, R, M> Push<K, V> for ForEach<F, R, M>
where
    K: ?Sized,
    V: ?Sized,
    F: for<'a> Call<(&'a K, &'a V), R>,
    M: Settle<R, Out = ()>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        cx.scoped(F::SEES_CX, |cx| M::settle(self.f.call((key, value), &mut cx.record), self.node, cx).map(|_| ()))
    }
}
