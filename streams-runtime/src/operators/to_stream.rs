//! `to_stream`: the changes of a table as a stream.

use streams_macros::with_cx;

use super::call::Call;
use super::closure::closure_operator;
use super::settle::{Plain, Settle, Try};
use crate::context::Context;
use crate::error::{Failure, Flow};
use crate::handles::{Stream, Table};
use crate::node::{Node, Push, PushChange, Signal};

impl<K, V> Table<K, V> {
    /// Every change of the table as a record: the new value, or `None` for a deletion.
    ///
    /// Kafka Streams: `toStream`. With a cache in front of the store, the changes of a key between two commits are one record.
    pub fn to_stream(&self) -> (Stream<K, Option<V>>, ToStream) {
        (Stream::handle(), ToStream)
    }
}

impl<K, V> Table<K, V> {
    /// Every change of the table as a record under a new key: the closure sees the key and the new value, `None` for a deletion.
    ///
    /// Kafka Streams: `toStream(mapper)`. A grouping or join after it goes through a repartition topic. Time and headers are those of the change.
    #[with_cx]
    pub fn to_stream_with_key<K2, F>(&self, f: F) -> (Stream<K2, Option<V>>, ToStreamWithKey<F, K2, Plain>)
    where
        F: FnMut(&K, Option<&V>) -> K2,
    {
        (Stream::handle(), ToStreamWithKey::new(f, "to_stream_with_key"))
    }

    /// `to_stream_with_key` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_to_stream_with_key<K2, F, E>(&self, f: F) -> (Stream<K2, Option<V>>, ToStreamWithKey<F, Result<K2, E>, Try>)
    where
        E: Failure,
        F: FnMut(&K, Option<&V>) -> Result<K2, E>,
    {
        (Stream::handle(), ToStreamWithKey::new(f, "try_to_stream_with_key"))
    }
}
closure_operator!(ToStreamWithKey, ToStreamWithKeyNode);

impl<K, V, K2, F, R, M, N> PushChange<K, V> for ToStreamWithKeyNode<F, R, M, N>
where
    V: Clone,
    F: for<'a> Call<(&'a K, Option<&'a V>), R>,
    M: Settle<R, Out = K2>,
    N: Push<K2, Option<V>>,
{
    #[inline]
    fn change(&mut self, key: &K, new: Option<&V>, _: Option<&V>, cx: &mut Context) -> Flow {
        cx.scoped(F::SEES_CX, |cx| match M::settle(self.op.f.call((key, new), &mut cx.record), self.op.node, cx)? {
            Some(key) => self.next.push(&key, &new.cloned(), cx),
            None => Ok(()),
        })
    }
}

/// The operator before it is attached to what follows.
#[derive(Clone, Copy, Debug)]
pub struct ToStream;

impl ToStream {
    /// Makes the node that hands its results to `next`.
    pub fn attach<N>(self, next: N) -> ToStreamNode<N> {
        ToStreamNode { next }
    }
}

/// The operator at work.
pub struct ToStreamNode<N> {
    next: N,
}

impl<N: Node> Node for ToStreamNode<N> {
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.next.signal(signal, cx)
    }
}

impl<K, V: Clone, N: Push<K, Option<V>>> PushChange<K, V> for ToStreamNode<N> {
    #[inline]
    fn change(&mut self, key: &K, new: Option<&V>, _: Option<&V>, cx: &mut Context) -> Flow {
        self.next.push(key, &new.cloned(), cx)
    }
}
