//! `map`: a new key and value.

use streams_macros::with_cx;

use super::call::Call;
use super::closure::closure_operator;
use super::settle::{Plain, Settle, Try};
use crate::context::Context;
use crate::error::{Failure, Flow};
use crate::handles::Stream;
use crate::node::Push;

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// Makes a new key and value of each record.
    ///
    /// Kafka Streams: `map`. The key changes, so a grouping or join after it goes through a repartition topic. Time and headers stay.
    #[with_cx]
    pub fn map<K2, V2, F>(&self, f: F) -> (Stream<K2, V2>, Map<F, (K2, V2), Plain>)
    where
        F: FnMut(&K, &V) -> (K2, V2),
    {
        (Stream::handle(), Map::new(f, "map"))
    }

    /// `map` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_map<K2, V2, F, E>(&self, f: F) -> (Stream<K2, V2>, Map<F, Result<(K2, V2), E>, Try>)
    where
        E: Failure,
        F: FnMut(&K, &V) -> Result<(K2, V2), E>,
    {
        (Stream::handle(), Map::new(f, "try_map"))
    }
}
closure_operator!(Map, MapNode);

impl<K, V, K2, V2, F, R, M, N> Push<K, V> for MapNode<F, R, M, N>
where
    K: ?Sized,
    V: ?Sized,
    F: for<'a> Call<(&'a K, &'a V), R>,
    M: Settle<R, Out = (K2, V2)>,
    N: Push<K2, V2>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        cx.scoped(F::SEES_CX, |cx| match M::settle(self.op.f.call((key, value), &mut cx.record), self.op.node, cx)? {
            Some((key, value)) => self.next.push(&key, &value, cx),
            None => Ok(()),
        })
    }
}
