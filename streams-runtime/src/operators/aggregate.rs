//! `aggregate`: the records of a key folded into a value of any type.

use std::marker::PhantomData;

use streams_macros::with_cx;

use super::call::Call;
use super::settle::{Plain, Settle, Try};
use super::state::TableState;
use crate::codec::{OwnedData, StreamData};
use crate::context::Context;
use crate::dropped::DropReason;
use crate::error::{Failure, Flow};
use crate::handles::Grouped;
use crate::node::{Node, Push, PushChange, Signal};
use crate::operators::aggregated::Aggregated;
use crate::task::TaskBuilder;

impl<K, V> Grouped<K, V>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
{
    /// Folds the records of each key: `initializer` makes the aggregate of a new key, `aggregator` takes key, value and aggregate and
    /// returns the new aggregate.
    ///
    /// Kafka Streams: `aggregate`. Records with a null key or a null value are left out and counted as dropped. An aggregate of type
    /// `Option<A>` that is `None` deletes the row. The result has the later one of the record's and the row's time.
    #[with_cx]
    pub fn aggregate<A, I, F, R>(&self, initializer: I, aggregator: F) -> R
    where
        A: Aggregated<K::Stored, Aggregate<K, V, A, I, F, A, Plain>, Of = R>,
        I: FnMut() -> A,
        F: FnMut(&K, &V::Present, A) -> A,
    {
        A::of(Aggregate { initializer, aggregator, node: "aggregate", types: PhantomData })
    }

    /// `aggregate` with a closure that may fail: an `Err` goes to the process handler of the application, and the row stays as it was.
    #[with_cx]
    pub fn try_aggregate<A, E, I, F, R>(&self, initializer: I, aggregator: F) -> R
    where
        E: Failure,
        A: Aggregated<K::Stored, Aggregate<K, V, A, I, F, Result<A, E>, Try>, Of = R>,
        I: FnMut() -> A,
        F: FnMut(&K, &V::Present, A) -> Result<A, E>,
    {
        A::of(Aggregate { initializer, aggregator, node: "try_aggregate", types: PhantomData })
    }
}

/// The operator before it is attached to what follows.
pub struct Aggregate<K: ?Sized, V: ?Sized, A, I, F, R, M> {
    initializer: I,
    aggregator: F,
    node: &'static str,
    types: PhantomData<fn() -> (PhantomData<K>, PhantomData<V>, A, R, M)>,
}

impl<K: ?Sized, V: ?Sized, A, I, F, R, M> Aggregate<K, V, A, I, F, R, M> {
    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.node = node;
        self
    }

    /// Makes the node, with the store `name`, that hands its results to `next`.
    pub fn attach<N>(self, b: &mut TaskBuilder<'_>, name: &str, next: N) -> AggregateNode<K, V, A, I, F, R, M, N>
    where
        K: StreamData,
        V: StreamData,
        A: StreamData,
    {
        AggregateNode { state: TableState::new(b, name), op: self, next }
    }
}

/// The operator at work.
pub struct AggregateNode<K: StreamData + ?Sized, V: ?Sized, A: StreamData, I, F, R, M, N> {
    state: TableState<K::Stored, A::Stored>,
    op: Aggregate<K, V, A, I, F, R, M>,
    next: N,
}

impl<K, V, A, I, F, R, M, N> Node for AggregateNode<K, V, A, I, F, R, M, N>
where
    K: StreamData + ?Sized,
    V: ?Sized,
    A: StreamData,
    N: PushChange<K::Stored, A::Stored>,
{
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.state.signal(signal, &mut self.next, cx)?;
        self.next.signal(signal, cx)
    }
}

impl<K, V, A, I, F, R, M, N> Push<K, V> for AggregateNode<K, V, A, I, F, R, M, N>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
    A: OwnedData,
    I: Call<(), A>,
    F: for<'a> Call<(&'a K, &'a V::Present, A), R>,
    M: Settle<R, Out = A>,
    N: PushChange<K::Stored, A::Stored>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        let Some(present) = value.present() else {
            return self.state.drop_record(DropReason::NullValue, cx);
        };
        cx.scoped(I::SEES_CX || F::SEES_CX, |cx| {
            let Some(slot) = self.state.load(key, cx)? else { return Ok(()) };
            let before = self.state.take(slot, cx);
            let had_value = before.is_some();
            let backup = if M::MAY_FAIL { before.clone() } else { None };
            let aggregate = match before {
                Some(stored) => A::from_stored(stored),
                None => match self.op.initializer.call((), &mut cx.record).into_stored() {
                    Some(initial) => {
                        self.state.assume_old(slot, || initial.clone(), cx);
                        A::from_stored(initial)
                    }
                    None => self.op.initializer.call((), &mut cx.record),
                },
            };
            let folded = M::settle(self.op.aggregator.call((key, present, aggregate), &mut cx.record), self.op.node, cx);
            let folded = folded.map(|result| result.map(A::into_stored));
            self.state.set_folded(slot, (had_value, backup), folded, &mut self.next, cx)
        })
    }
}
