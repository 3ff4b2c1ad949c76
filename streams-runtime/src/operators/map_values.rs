//! `map_values`, with and without the key: a new value.

use streams_macros::with_cx;

use super::call::Call;
use super::closure::closure_operator;
use super::settle::{Plain, Settle, Try};
use crate::context::Context;
use crate::error::{Failure, Flow};
use crate::handles::Stream;
use crate::node::Push;

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// Makes a new value of each value; the key stays, so no repartition follows.
    ///
    /// Kafka Streams: `mapValues`. Time and headers stay.
    #[with_cx]
    pub fn map_values<V2, F>(&self, f: F) -> (Stream<K, V2>, MapValues<F, V2, Plain>)
    where
        F: FnMut(&V) -> V2,
    {
        (Stream::handle(), MapValues::new(f, "map_values"))
    }

    /// `map_values` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_map_values<V2, F, E>(&self, f: F) -> (Stream<K, V2>, MapValues<F, Result<V2, E>, Try>)
    where
        E: Failure,
        F: FnMut(&V) -> Result<V2, E>,
    {
        (Stream::handle(), MapValues::new(f, "try_map_values"))
    }

    /// Makes a new value of each key and value; the key stays, so no repartition follows.
    ///
    /// Kafka Streams: `mapValues`. Time and headers stay.
    #[with_cx]
    pub fn map_values_with_key<V2, F>(&self, f: F) -> (Stream<K, V2>, MapValuesWithKey<F, V2, Plain>)
    where
        F: FnMut(&K, &V) -> V2,
    {
        (Stream::handle(), MapValuesWithKey::new(f, "map_values_with_key"))
    }

    /// `map_values_with_key` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_map_values_with_key<V2, F, E>(&self, f: F) -> (Stream<K, V2>, MapValuesWithKey<F, Result<V2, E>, Try>)
    where
        E: Failure,
        F: FnMut(&K, &V) -> Result<V2, E>,
    {
        (Stream::handle(), MapValuesWithKey::new(f, "try_map_values_with_key"))
    }
}
closure_operator!(MapValues, MapValuesNode);

impl<K, V, V2, F, R, M, N> Push<K, V> for MapValuesNode<F, R, M, N>
where
    K: ?Sized,
    V: ?Sized,
    F: for<'a> Call<(&'a V,), R>,
    M: Settle<R, Out = V2>,
    N: Push<K, V2>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        cx.scoped(F::SEES_CX, |cx| match M::settle(self.op.f.call((value,), &mut cx.record), self.op.node, cx)? {
            Some(value) => self.next.push(key, &value, cx),
            None => Ok(()),
        })
    }
}

closure_operator!(MapValuesWithKey, MapValuesWithKeyNode);

impl<K, V, V2, F, R, M, N> Push<K, V> for MapValuesWithKeyNode<F, R, M, N>
where
    K: ?Sized,
    V: ?Sized,
    F: for<'a> Call<(&'a K, &'a V), R>,
    M: Settle<R, Out = V2>,
    N: Push<K, V2>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        cx.scoped(F::SEES_CX, |cx| match M::settle(self.op.f.call((key, value), &mut cx.record), self.op.node, cx)? {
            Some(value) => self.next.push(key, &value, cx),
            None => Ok(()),
        })
    }
}
