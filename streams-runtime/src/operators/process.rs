//! `process`: code of one's own per record, with one output or several.

use std::marker::PhantomData;

use super::stores_of::StoresOf;
use crate::context::Context;
use crate::error::Flow;
use crate::handles::Stream;
use crate::node::{Node, Push, Signal};
use crate::processor::{BranchingProcessor, Host, Outlet, OutputNodes, Outputs, Processor, ProcessorCall, Record, outcome};
use crate::task::TaskBuilder;

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// Hands each record to a processor, connected to these stores.
    ///
    /// Kafka Streams: `process`. The key may change, so a grouping or join after it goes through a repartition topic; a key change
    /// *before* it does not.
    pub fn process<P>(&self, processor: P, stores: P::Stores) -> (Stream<P::KeyOut, P::ValueOut>, <P::Stores as StoresOf<P>>::Process)
    where
        P: Processor<K, V>,
    {
        (Stream::handle(), stores.into_process(processor))
    }

    /// In `topology!` this is written `let (a, b) = stream.process(processor, stores);`.
    ///
    /// Hands each record to a processor with several outputs, each a stream.
    ///
    /// Kafka Streams: `process` with a processor that forwards to children by name.
    pub fn process_branching<P>(
        &self,
        processor: P,
        stores: P::Stores,
    ) -> (<P::Outputs as Outputs>::Streams, <P::Stores as StoresOf<P>>::Process)
    where
        P: BranchingProcessor<K, V>,
    {
        (P::Outputs::streams(), stores.into_process(processor))
    }
}

/// The operator before it is attached to what follows.
pub struct Process<P, S> {
    host: Host<P, S>,
}

impl<P, S> Process<P, S> {
    pub(super) fn new(processor: P, stores: S) -> Self {
        Process { host: Host::new(processor, stores, "process") }
    }

    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, name: &'static str) -> Self {
        self.host.at(name);
        self
    }

    /// Makes the node that hands its results to `next`. `input` is the stream it reads.
    pub fn attach<K: ?Sized, V: ?Sized, N>(self, b: &mut TaskBuilder<'_>, input: &Stream<K, V>, next: N) -> ProcessNode<K, V, P, S, N> {
        let _ = input;
        ProcessNode { host: self.host.attached(b.next_node()), next, types: PhantomData }
    }

    /// Makes the node that hands its results to `next`, one node for each output. `input` is the stream it reads.
    pub fn attach_branching<K: ?Sized, V: ?Sized, N>(
        self,
        b: &mut TaskBuilder<'_>,
        input: &Stream<K, V>,
        next: N,
    ) -> ProcessBranchingNode<K, V, P, S, N> {
        let _ = input;
        ProcessBranchingNode { host: self.host.attached(b.next_node()), next, types: PhantomData }
    }
}

/// The operator at work.
pub struct ProcessNode<K: ?Sized, V: ?Sized, P, S, N> {
    host: Host<P, S>,
    next: N,
    types: PhantomData<fn() -> (PhantomData<K>, PhantomData<V>)>,
}

impl<K, V, P, N> Node for ProcessNode<K, V, P, P::Stores, N>
where
    K: ?Sized,
    V: ?Sized,
    P: Processor<K, V>,
    N: Push<P::KeyOut, P::ValueOut>,
{
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        let Some(due) = self.host.signal(signal, cx, P::init, P::close)? else { return self.next.signal(signal, cx) };
        let mut outlet = Outlet::new(&mut self.next);
        let result = self.host.run(ProcessorCall::Punctuate, cx, |processor, cx| {
            let result = processor.punctuate(due.id, due.time_ms, cx, &mut outlet);
            outcome(result, outlet.result.is_err())
        });
        let downstream = outlet.result;
        self.host.finish(result, downstream, cx)
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
        let mut outlet = Outlet::new(&mut self.next);
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
pub struct ProcessBranchingNode<K: ?Sized, V: ?Sized, P, S, N> {
    host: Host<P, S>,
    next: N,
    types: PhantomData<fn() -> (PhantomData<K>, PhantomData<V>)>,
}

impl<K, V, P, N> Node for ProcessBranchingNode<K, V, P, P::Stores, N>
where
    K: ?Sized,
    V: ?Sized,
    P: BranchingProcessor<K, V>,
    N: OutputNodes<P::Outputs>,
{
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        let Some(due) = self.host.signal(signal, cx, P::init, P::close)? else { return self.next.signal(signal, cx) };
        let mut outlets = self.next.outlets();
        let result = self.host.run(ProcessorCall::Punctuate, cx, |processor, cx| {
            let result = processor.punctuate(due.id, due.time_ms, cx, &mut outlets);
            outcome(result, N::failed(&outlets))
        });
        let downstream = N::finish(outlets);
        self.host.finish(result, downstream, cx)
    }
}

impl<K, V, P, N> Push<K, V> for ProcessBranchingNode<K, V, P, P::Stores, N>
where
    K: ?Sized,
    V: ?Sized,
    P: BranchingProcessor<K, V>,
    N: OutputNodes<P::Outputs>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        let mut outlets = self.next.outlets();
        let result = self.host.run(ProcessorCall::Process, cx, |processor, cx| {
            let record = Record { key, value, timestamp_ms: cx.timestamp_ms };
            let result = processor.process(record, cx, &mut outlets);
            outcome(result, N::failed(&outlets))
        });
        let downstream = N::finish(outlets);
        self.host.finish(result, downstream, cx)
    }
}
