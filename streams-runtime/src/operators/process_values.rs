//! `process_values`: code of one's own per record that leaves the key alone, with one output or several.

use std::marker::PhantomData;

use super::stores_of::StoresOf;
use crate::context::Context;
use crate::error::Flow;
use crate::handles::Stream;
use crate::node::{Node, Push, Signal};
use crate::processor::{
    BranchingFixedKeyProcessor, FixedKeyOutlet, FixedKeyProcessor, Host, ProcessorCall, Record, ValueOutputNodes, ValueOutputs, outcome,
};
use crate::task::TaskBuilder;

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// Hands each record to a processor that leaves the key alone, connected to these stores.
    ///
    /// Kafka Streams: `processValues`. No repartition follows.
    pub fn process_values<P>(&self, processor: P, stores: P::Stores) -> (Stream<K, P::ValueOut>, <P::Stores as StoresOf<P>>::ProcessValues)
    where
        P: FixedKeyProcessor<K, V>,
    {
        (Stream::handle(), stores.into_process_values(processor))
    }

    /// In `topology!` this is written `let (a, b) = stream.process_values(processor, stores);`.
    ///
    /// Hands each record to a processor that leaves the key alone and has several outputs, each a stream.
    ///
    /// Kafka Streams: `processValues` with a processor that forwards to children by name.
    pub fn process_values_branching<P>(
        &self,
        processor: P,
        stores: P::Stores,
    ) -> (<P::Outputs as ValueOutputs>::Streams<K>, <P::Stores as StoresOf<P>>::ProcessValues)
    where
        P: BranchingFixedKeyProcessor<K, V>,
    {
        (P::Outputs::streams(), stores.into_process_values(processor))
    }
}

/// The operator before it is attached to what follows.
pub struct ProcessValues<P, S> {
    host: Host<P, S>,
}

impl<P, S> ProcessValues<P, S> {
    pub(super) fn new(processor: P, stores: S) -> Self {
        ProcessValues { host: Host::new(processor, stores, "process_values") }
    }

    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, name: &'static str) -> Self {
        self.host.at(name);
        self
    }

    /// Makes the node that hands its results to `next`. `input` is the stream it reads.
    pub fn attach<K: ?Sized, V: ?Sized, N>(
        self,
        b: &mut TaskBuilder<'_>,
        input: &Stream<K, V>,
        next: N,
    ) -> ProcessValuesNode<K, V, P, S, N> {
        let _ = input;
        ProcessValuesNode { host: self.host.attached(b.next_node()), next, types: PhantomData }
    }

    /// Makes the node that hands its results to `next`, one node for each output. `input` is the stream it reads.
    pub fn attach_branching<K: ?Sized, V: ?Sized, N>(
        self,
        b: &mut TaskBuilder<'_>,
        input: &Stream<K, V>,
        next: N,
    ) -> ProcessValuesBranchingNode<K, V, P, S, N> {
        let _ = input;
        ProcessValuesBranchingNode { host: self.host.attached(b.next_node()), next, types: PhantomData }
    }
}

/// The operator at work.
pub struct ProcessValuesNode<K: ?Sized, V: ?Sized, P, S, N> {
    host: Host<P, S>,
    next: N,
    types: PhantomData<fn() -> (PhantomData<K>, PhantomData<V>)>,
}

impl<K, V, P, N> Node for ProcessValuesNode<K, V, P, P::Stores, N>
where
    K: ?Sized,
    V: ?Sized,
    P: FixedKeyProcessor<K, V>,
    N: Push<K, P::ValueOut>,
{
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        let Some(due) = self.host.signal(signal, cx, P::init, P::close)? else { return self.next.signal(signal, cx) };
        let result = self.host.run(ProcessorCall::Punctuate, cx, |processor, cx| processor.punctuate(due.id, due.time_ms, cx));
        self.host.finish(result, Ok(()), cx)
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
        let mut outlet = FixedKeyOutlet::new(key, &mut self.next);
        let result = self.host.run(ProcessorCall::Process, cx, |processor, cx| {
            let record = Record { key, value, timestamp_ms: cx.timestamp_ms };
            let result = processor.process(record, cx, &mut outlet);
            outcome(result, outlet.result.is_err())
        });
        let downstream = outlet.result;
        self.host.finish(result, downstream, cx)
    }
}

/// The operator at work, with several outputs.
pub struct ProcessValuesBranchingNode<K: ?Sized, V: ?Sized, P, S, N> {
    host: Host<P, S>,
    next: N,
    types: PhantomData<fn() -> (PhantomData<K>, PhantomData<V>)>,
}

impl<K, V, P, N> Node for ProcessValuesBranchingNode<K, V, P, P::Stores, N>
where
    K: ?Sized,
    V: ?Sized,
    P: BranchingFixedKeyProcessor<K, V>,
    N: ValueOutputNodes<K, P::Outputs>,
{
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        let Some(due) = self.host.signal(signal, cx, P::init, P::close)? else { return self.next.signal(signal, cx) };
        let result = self.host.run(ProcessorCall::Punctuate, cx, |processor, cx| processor.punctuate(due.id, due.time_ms, cx));
        self.host.finish(result, Ok(()), cx)
    }
}

impl<K, V, P, N> Push<K, V> for ProcessValuesBranchingNode<K, V, P, P::Stores, N>
where
    K: ?Sized,
    V: ?Sized,
    P: BranchingFixedKeyProcessor<K, V>,
    N: ValueOutputNodes<K, P::Outputs>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        let mut outlets = self.next.outlets(key);
        let result = self.host.run(ProcessorCall::Process, cx, |processor, cx| {
            let record = Record { key, value, timestamp_ms: cx.timestamp_ms };
            let result = processor.process(record, cx, &mut outlets);
            outcome(result, N::failed(&outlets))
        });
        let downstream = N::finish(outlets);
        self.host.finish(result, downstream, cx)
    }
}
