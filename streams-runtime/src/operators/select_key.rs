//! `select_key`: a new key.

use streams_macros::with_cx;

use super::call::Call;
use super::closure::closure_operator;
use super::settle::{Plain, Settle, Try};
use crate::context::Context;
use crate::error::{Failure, Flow};
use crate::handles::Stream;
use crate::node::Push;

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// Makes a new key of each record; the value stays.
    ///
    /// Kafka Streams: `selectKey`. A grouping or join after it goes through a repartition topic. Time and headers stay.
    #[with_cx]
    pub fn select_key<K2, F>(&self, f: F) -> (Stream<K2, V>, SelectKey<F, K2, Plain>)
    where
        F: FnMut(&K, &V) -> K2,
    {
        (Stream::handle(), SelectKey::new(f, "select_key"))
    }

    /// `select_key` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_select_key<K2, F, E>(&self, f: F) -> (Stream<K2, V>, SelectKey<F, Result<K2, E>, Try>)
    where
        E: Failure,
        F: FnMut(&K, &V) -> Result<K2, E>,
    {
        (Stream::handle(), SelectKey::new(f, "try_select_key"))
    }
}
closure_operator!(SelectKey, SelectKeyNode);

impl<K, V, K2, F, R, M, N> Push<K, V> for SelectKeyNode<F, R, M, N>
where
    K: ?Sized,
    V: ?Sized,
    F: for<'a> Call<(&'a K, &'a V), R>,
    M: Settle<R, Out = K2>,
    N: Push<K2, V>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        cx.scoped(F::SEES_CX, |cx| match M::settle(self.op.f.call((key, value), &mut cx.record), self.op.node, cx)? {
            Some(key) => self.next.push(&key, value, cx),
            None => Ok(()),
        })
    }
}
