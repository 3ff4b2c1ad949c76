//! `flat_map`: any number of records of one.

use streams_macros::with_cx;

use super::closure::closure_operator;
use super::emit::EmitRecords;
use super::settle::{Plain, Settle, Try};
use crate::context::Context;
use crate::error::{Failure, Flow};
use crate::handles::Stream;
use crate::node::Push;

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// Makes any number of records of each, through an emitter: `|key, value, out| out(&key2, &value2)`.
    ///
    /// Kafka Streams: `flatMap`. The key changes, so a grouping or join after it goes through a repartition topic. Time and headers stay.
    #[with_cx]
    pub fn flat_map<K2: ?Sized, V2: ?Sized, F>(&self, f: F) -> (Stream<K2, V2>, FlatMap<F, (), Plain, K2, V2>)
    where
        F: FnMut(&K, &V, &mut dyn FnMut(&K2, &V2)),
    {
        (Stream::handle(), FlatMap::new(f, "flat_map"))
    }

    /// `flat_map` with a closure that may fail: an `Err` goes to the process handler of the application.
    /// What was emitted before stays emitted.
    #[with_cx]
    pub fn try_flat_map<K2: ?Sized, V2: ?Sized, F, E>(&self, f: F) -> (Stream<K2, V2>, FlatMap<F, Result<(), E>, Try, K2, V2>)
    where
        E: Failure,
        F: FnMut(&K, &V, &mut dyn FnMut(&K2, &V2)) -> Result<(), E>,
    {
        (Stream::handle(), FlatMap::new(f, "try_flat_map"))
    }
}
closure_operator!(FlatMap, FlatMapNode, K2, V2);

impl<K, V, K2, V2, F, R, M, N> Push<K, V> for FlatMapNode<F, R, M, K2, V2, N>
where
    K: ?Sized,
    V: ?Sized,
    K2: ?Sized,
    V2: ?Sized,
    F: EmitRecords<K, V, K2, V2, R>,
    M: Settle<R, Out = ()>,
    N: Push<K2, V2>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        let (result, flow) = self.op.f.emit(key, value, &mut self.next, cx);
        flow?;
        M::settle(result, self.op.node, cx).map(|_| ())
    }
}
