//! `flat_map_values`, with and without the key: any number of values of one.

use super::closure::closure_operator;
use super::settle::{Plain, Settle, Try};
use crate::context::Context;
use crate::error::Flow;
use crate::handles::Stream;
use crate::node::Push;

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// Makes any number of values of each, through an emitter: `|line, out| for word in line.split(' ') { out(word) }`.
    ///
    /// Kafka Streams: `flatMapValues`. The key stays, so no repartition follows. Time and headers stay.
    pub fn flat_map_values<V2: ?Sized, F>(&self, f: F) -> (Stream<K, V2>, FlatMapValues<F, (), Plain, V2>)
    where
        F: FnMut(&V, &mut dyn FnMut(&V2)),
    {
        (Stream::handle(), FlatMapValues::new(f, "flat_map_values"))
    }

    /// `flat_map_values` with a closure that may fail: an `Err` goes to the process handler of the application.
    /// What was emitted before stays emitted.
    pub fn try_flat_map_values<V2: ?Sized, F, E>(&self, f: F) -> (Stream<K, V2>, FlatMapValues<F, Result<(), E>, Try, V2>)
    where
        F: FnMut(&V, &mut dyn FnMut(&V2)) -> Result<(), E>,
    {
        (Stream::handle(), FlatMapValues::new(f, "try_flat_map_values"))
    }

    /// Makes any number of values of each key and value, through an emitter.
    ///
    /// Kafka Streams: `flatMapValues` with key. The key stays. Time and headers stay.
    pub fn flat_map_values_with_key<V2: ?Sized, F>(&self, f: F) -> (Stream<K, V2>, FlatMapValuesWithKey<F, (), Plain, V2>)
    where
        F: FnMut(&K, &V, &mut dyn FnMut(&V2)),
    {
        (Stream::handle(), FlatMapValuesWithKey::new(f, "flat_map_values_with_key"))
    }

    /// `flat_map_values_with_key` with a closure that may fail: an `Err` goes to the process handler of the application.
    /// What was emitted before stays emitted.
    pub fn try_flat_map_values_with_key<V2: ?Sized, F, E>(&self, f: F) -> (Stream<K, V2>, FlatMapValuesWithKey<F, Result<(), E>, Try, V2>)
    where
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
    F: FnMut(&V, &mut dyn FnMut(&V2)) -> R,
    M: Settle<R, Out = ()>,
    N: Push<K, V2>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        let next = &mut self.next;
        let mut flow = Ok(());
        let result = (self.op.f)(value, &mut |value: &V2| {
            if flow.is_ok() {
                flow = next.push(key, value, cx);
            }
        });
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
    F: FnMut(&K, &V, &mut dyn FnMut(&V2)) -> R,
    M: Settle<R, Out = ()>,
    N: Push<K, V2>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        let next = &mut self.next;
        let mut flow = Ok(());
        let result = (self.op.f)(key, value, &mut |value: &V2| {
            if flow.is_ok() {
                flow = next.push(key, value, cx);
            }
        });
        flow?;
        M::settle(result, self.op.node, cx).map(|_| ())
    }
}
