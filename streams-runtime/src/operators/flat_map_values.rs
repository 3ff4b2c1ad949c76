//! `flat_map_values`, with and without the key: any number of values of one.

use streams_macros::with_cx;

use super::closure::closure_operator;
use super::emit::{EmitValues, EmitValuesWithKey};
use super::settle::{Plain, Settle, Try};
use crate::context::Context;
use crate::error::{Failure, Flow};
use crate::handles::Stream;
use crate::node::Push;

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// Makes any number of values of each, through an emitter: `|line, out| for word in line.split(' ') { out(word) }`.
    ///
    /// Kafka Streams: `flatMapValues`. The key stays, so no repartition follows. Time and headers stay.
    #[with_cx]
    pub fn flat_map_values<V2: ?Sized, F>(&self, f: F) -> (Stream<K, V2>, FlatMapValues<F, (), Plain, V2>)
    where
        F: FnMut(&V, &mut dyn FnMut(&V2)),
    {
        (Stream::handle(), FlatMapValues::new(f, "flat_map_values"))
    }

    /// `flat_map_values` with a closure that may fail: an `Err` goes to the process handler of the application.
    /// What was emitted before stays emitted.
    #[with_cx]
    pub fn try_flat_map_values<V2: ?Sized, F, E>(&self, f: F) -> (Stream<K, V2>, FlatMapValues<F, Result<(), E>, Try, V2>)
    where
        E: Failure,
        F: FnMut(&V, &mut dyn FnMut(&V2)) -> Result<(), E>,
    {
        (Stream::handle(), FlatMapValues::new(f, "try_flat_map_values"))
    }

    /// Makes any number of values of each key and value, through an emitter.
    ///
    /// Kafka Streams: `flatMapValues` with key. The key stays. Time and headers stay.
    #[with_cx]
    pub fn flat_map_values_with_key<V2: ?Sized, F>(&self, f: F) -> (Stream<K, V2>, FlatMapValuesWithKey<F, (), Plain, V2>)
    where
        F: FnMut(&K, &V, &mut dyn FnMut(&V2)),
    {
        (Stream::handle(), FlatMapValuesWithKey::new(f, "flat_map_values_with_key"))
    }

    /// `flat_map_values_with_key` with a closure that may fail: an `Err` goes to the process handler of the application.
    /// What was emitted before stays emitted.
    #[with_cx]
    pub fn try_flat_map_values_with_key<V2: ?Sized, F, E>(&self, f: F) -> (Stream<K, V2>, FlatMapValuesWithKey<F, Result<(), E>, Try, V2>)
    where
        E: Failure,
        F: FnMut(&K, &V, &mut dyn FnMut(&V2)) -> Result<(), E>,
    {
        (Stream::handle(), FlatMapValuesWithKey::new(f, "try_flat_map_values_with_key"))
    }
}
closure_operator!(FlatMapValues, FlatMapValuesNode, V2);

impl<K, V, V2, F, R, M, N> Push<K, V> for FlatMapValuesNode<F, R, M, V2, N>
where
    K: ?Sized,
    V: ?Sized,
    V2: ?Sized,
    F: EmitValues<K, V, V2, R>,
    M: Settle<R, Out = ()>,
    N: Push<K, V2>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        let (result, flow) = self.op.f.emit(key, value, &mut self.next, cx);
        flow?;
        M::settle(result, self.op.node, cx).map(|_| ())
    }
}

closure_operator!(FlatMapValuesWithKey, FlatMapValuesWithKeyNode, V2);

impl<K, V, V2, F, R, M, N> Push<K, V> for FlatMapValuesWithKeyNode<F, R, M, V2, N>
where
    K: ?Sized,
    V: ?Sized,
    V2: ?Sized,
    F: EmitValuesWithKey<K, V, V2, R>,
    M: Settle<R, Out = ()>,
    N: Push<K, V2>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        let (result, flow) = self.op.f.emit(key, value, &mut self.next, cx);
        flow?;
        M::settle(result, self.op.node, cx).map(|_| ())
    }
}
