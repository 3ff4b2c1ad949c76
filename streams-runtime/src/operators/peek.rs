//! `peek`: look and pass on.

use streams_macros::with_cx;

use super::call::Call;
use super::closure::closure_operator;
use super::settle::{Plain, Settle, Try};
use crate::context::Context;
use crate::error::{Failure, Flow};
use crate::handles::Stream;
use crate::node::Push;

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// Looks at each record and passes it on.
    ///
    /// Kafka Streams: `peek`.
    #[with_cx]
    pub fn peek<F>(&self, f: F) -> (Stream<K, V>, Peek<F, (), Plain>)
    where
        F: FnMut(&K, &V),
    {
        (Stream::handle(), Peek::new(f, "peek"))
    }

    /// `peek` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_peek<F, E>(&self, f: F) -> (Stream<K, V>, Peek<F, Result<(), E>, Try>)
    where
        E: Failure,
        F: FnMut(&K, &V) -> Result<(), E>,
    {
        (Stream::handle(), Peek::new(f, "try_peek"))
    }
}
closure_operator!(Peek, PeekNode);

impl<K, V, F, R, M, N> Push<K, V> for PeekNode<F, R, M, N>
where
    K: ?Sized,
    V: ?Sized,
    F: for<'a> Call<(&'a K, &'a V), R>,
    M: Settle<R, Out = ()>,
    N: Push<K, V>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        cx.scoped(F::SEES_CX, |cx| match M::settle(self.op.f.call((key, value), &mut cx.record), self.op.node, cx)? {
            Some(()) => self.next.push(key, value, cx),
            None => Ok(()),
        })
    }
}
