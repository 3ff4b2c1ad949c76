//! `print`: records on standard output.

use std::fmt::Debug;

use crate::context::Context;
use crate::error::Flow;
use crate::handles::Stream;
use crate::node::{Node, Push, Signal};

impl<K: ?Sized + Debug, V: ?Sized + Debug> Stream<K, V> {
    /// Prints `[label]: key, value` for each record and passes it on.
    ///
    /// Kafka Streams: `print(Printed.toSysOut())`, which ends the stream.
    pub fn print(&self, label: &'static str) -> (Stream<K, V>, Print) {
        (Stream::handle(), Print { label })
    }
}

/// The operator before it is attached to what follows.
#[derive(Clone, Copy, Debug)]
pub struct Print {
    label: &'static str,
}

impl Print {
    /// Makes the node that hands its results to `next`.
    pub fn attach<N>(self, next: N) -> PrintNode<N> {
        PrintNode { label: self.label, next }
    }
}

/// The operator at work.
pub struct PrintNode<N> {
    label: &'static str,
    next: N,
}

impl<N: Node> Node for PrintNode<N> {
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.next.signal(signal, cx)
    }
}

impl<K: ?Sized + Debug, V: ?Sized + Debug, N: Push<K, V>> Push<K, V> for PrintNode<N> {
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        println!("[{}]: {key:?}, {value:?}", self.label);
        self.next.push(key, value, cx)
    }
}
