//! `process` and `process_values`: code of one's own per record.

use std::marker::PhantomData;

use crate::context::Context;
use crate::error::{BoxError, ErrorKind, Flow};
use crate::handles::Stream;
use crate::node::{Node, Push, Signal};
use crate::processor::{FixedKeyOutlet, FixedKeyProcessor, Outlet, Processor, ProcessorContext, Record};
use crate::task::TaskBuilder;

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// Hands each record to a processor, connected to these stores.
    ///
    /// Kafka Streams: `process`. The key may change, so a grouping or join after it goes through a repartition topic; a key change
    /// *before* it does not.
    pub fn process<P>(&self, processor: P, stores: P::Stores) -> (Stream<P::KeyOut, P::ValueOut>, Process<P, P::Stores>)
    where
        P: Processor<K, V>,
    {
        (Stream::handle(), Process { processor, stores, name: "process" })
    }

    /// Hands each record to a processor that leaves the key alone, connected to these stores.
    ///
    /// Kafka Streams: `processValues`. No repartition follows.
    pub fn process_values<P>(&self, processor: P, stores: P::Stores) -> (Stream<K, P::ValueOut>, ProcessValues<P, P::Stores>)
    where
        P: FixedKeyProcessor<K, V>,
    {
        (Stream::handle(), ProcessValues { processor, stores, name: "process_values" })
    }
}

macro_rules! process {
    ($op:ident, $node:ident) => {
        /// The operator before it is attached to what follows.
        pub struct $op<P, S> {
            processor: P,
            stores: S,
            name: &'static str,
        }

        impl<P, S> $op<P, S> {
            /// Says where in the topology this is, for error messages.
            #[must_use]
            pub fn at(mut self, name: &'static str) -> Self {
                self.name = name;
                self
            }

            /// Makes the node that hands its results to `next`. `input` is the stream it reads.
            pub fn attach<K: ?Sized, V: ?Sized, N>(self, b: &mut TaskBuilder<'_>, input: &Stream<K, V>, next: N) -> $node<K, V, P, S, N> {
                let _ = input;
                $node { node: b.next_node(), op: self, open: false, next, types: PhantomData }
            }
        }

        /// The operator at work.
        pub struct $node<K: ?Sized, V: ?Sized, P, S, N> {
            op: $op<P, S>,
            node: usize,
            open: bool,
            next: N,
            types: PhantomData<fn() -> (PhantomData<K>, PhantomData<V>)>,
        }
    };
}
process!(Process, ProcessNode);
process!(ProcessValues, ProcessValuesNode);

/// The user's error to the handler, unless a node further down has stopped the task already.
fn finish(result: Result<(), BoxError>, downstream: Flow, name: &str, cx: &mut Context) -> Flow {
    downstream?;
    match result {
        Ok(()) => Ok(()),
        Err(error) => cx.fail(ErrorKind::Process, name, error),
    }
}

impl<K, V, P, N> Node for ProcessNode<K, V, P, P::Stores, N>
where
    K: ?Sized,
    V: ?Sized,
    P: Processor<K, V>,
    N: Push<P::KeyOut, P::ValueOut>,
{
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        match signal {
            Signal::Init if !self.open => {
                self.open = true;
                let mut context = ProcessorContext::new(cx, self.op.stores, self.node);
                if let Err(error) = self.op.processor.init(&mut context) {
                    return Err(cx.error(ErrorKind::Process, self.op.name, error));
                }
            }
            Signal::Close if self.open => {
                self.open = false;
                self.op.processor.close();
            }
            Signal::Punctuate(due) if due.is_some_and(|due| due.node == self.node) => {
                if let Some(due) = due.take() {
                    let mut context = ProcessorContext::new(cx, self.op.stores, self.node);
                    let mut outlet = Outlet { next: &mut self.next, result: Ok(()) };
                    let result = self.op.processor.punctuate(due.id, due.time_ms, &mut context, &mut outlet);
                    let downstream = outlet.result;
                    return finish(result, downstream, self.op.name, cx);
                }
            }
            _ => {}
        }
        self.next.signal(signal, cx)
    }
}

impl<K, V, P, N> Push<K, V> for ProcessNode<K, V, P, P::Stores, N>
where
    K: ?Sized,
    V: ?Sized,
    P: Processor<K, V>,
    N: Push<P::KeyOut, P::ValueOut>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        let record = Record { key, value, timestamp_ms: cx.timestamp_ms };
        let mut context = ProcessorContext::new(cx, self.op.stores, self.node);
        let mut outlet = Outlet { next: &mut self.next, result: Ok(()) };
        let result = self.op.processor.process(record, &mut context, &mut outlet);
        let downstream = outlet.result;
        finish(result, downstream, self.op.name, cx)
    }
}

impl<K, V, P, N> Node for ProcessValuesNode<K, V, P, P::Stores, N>
where
    K: ?Sized,
    V: ?Sized,
    P: FixedKeyProcessor<K, V>,
    N: Push<K, P::ValueOut>,
{
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        match signal {
            Signal::Init if !self.open => {
                self.open = true;
                let mut context = ProcessorContext::new(cx, self.op.stores, self.node);
                if let Err(error) = self.op.processor.init(&mut context) {
                    return Err(cx.error(ErrorKind::Process, self.op.name, error));
                }
            }
            Signal::Close if self.open => {
                self.open = false;
                self.op.processor.close();
            }
            Signal::Punctuate(due) if due.is_some_and(|due| due.node == self.node) => {
                if let Some(due) = due.take() {
                    let mut context = ProcessorContext::new(cx, self.op.stores, self.node);
                    let result = self.op.processor.punctuate(due.id, due.time_ms, &mut context);
                    return finish(result, Ok(()), self.op.name, cx);
                }
            }
            _ => {}
        }
        self.next.signal(signal, cx)
    }
}

impl<K, V, P, N> Push<K, V> for ProcessValuesNode<K, V, P, P::Stores, N>
where
    K: ?Sized,
    V: ?Sized,
    P: FixedKeyProcessor<K, V>,
    N: Push<K, P::ValueOut>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        let record = Record { key, value, timestamp_ms: cx.timestamp_ms };
        let mut context = ProcessorContext::new(cx, self.op.stores, self.node);
        let mut outlet = FixedKeyOutlet { key, next: &mut self.next, result: Ok(()) };
        let result = self.op.processor.process(record, &mut context, &mut outlet);
        let downstream = outlet.result;
        finish(result, downstream, self.op.name, cx)
    }
}
