//! `to_stream`: the changes of a table as a stream.

use crate::context::Context;
use crate::error::Flow;
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
