//! `reduce`: the values of a key folded into one of their own type.

use std::marker::PhantomData;

use streams_macros::with_cx;

use super::call::Call;
use super::settle::{Plain, Settle, Try};
use super::state::TableState;
use crate::codec::{OwnedData, StreamData};
use crate::context::Context;
use crate::dropped::DropReason;
use crate::error::{Failure, Flow};
use crate::handles::{Grouped, Table};
use crate::node::{Node, Push, PushChange, Signal};
use crate::task::TaskBuilder;

impl<K, V> Grouped<K, V>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
{
    /// Folds the values of each key: the first is kept as it is, each later one is combined with what there is.
    ///
    /// Kafka Streams: `reduce`. Records with a null key or a null value are left out and counted as dropped. A closure that returns
    /// `None` deletes the row. The result has the later one of the record's and the row's time.
    #[with_cx]
    pub fn reduce<R, F, J>(&self, f: F) -> J
    where
        F: FnMut(&V::Stored, &V::Present) -> R,
        R: ReducesTo<V::Stored>,
        R: ReducesTo<V::Stored, Operator<(Table<K::Stored, V::Stored>, Reduce<K, V, F, R, Plain>)> = J>,
    {
        R::op((Table::handle(), Reduce { f, node: "reduce", types: PhantomData }))
    }

    /// `reduce` with a closure that may fail: an `Err` goes to the process handler of the application, and the row stays as it was.
    #[with_cx]
    pub fn try_reduce<R, E, F, J>(&self, f: F) -> J
    where
        E: Failure,
        F: FnMut(&V::Stored, &V::Present) -> Result<R, E>,
        R: ReducesTo<V::Stored>,
        R: ReducesTo<V::Stored, Operator<(Table<K::Stored, V::Stored>, Reduce<K, V, F, Result<R, E>, Try>)> = J>,
    {
        R::op((Table::handle(), Reduce { f, node: "try_reduce", types: PhantomData }))
    }
}

/// What a reduction of `S` may return: `S`, or `Option<S>`, whose `None` deletes the row.
#[diagnostic::on_unimplemented(
    message = "reduce: the closure gives `{Self}`, the values are `{S}`",
    label = "not the type of the values",
    note = "`aggregate` folds into another type"
)]
pub trait ReducesTo<S> {
    /// The operator `O`, if the types fit.
    type Operator<O>;

    /// The operator itself.
    fn op<O>(operator: O) -> Self::Operator<O>;
}

impl<S> ReducesTo<S> for S {
    type Operator<O> = O;

    fn op<O>(operator: O) -> O {
        operator
    }
}

impl<S> ReducesTo<S> for Option<S> {
    type Operator<O> = O;

    fn op<O>(operator: O) -> O {
        operator
    }
}

/// The operator before it is attached to what follows.
pub struct Reduce<K: ?Sized, V: ?Sized, F, R, M> {
    f: F,
    node: &'static str,
    types: PhantomData<fn() -> (PhantomData<K>, PhantomData<V>, R, M)>,
}

impl<K, V, F, R, M> Reduce<K, V, F, R, M>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
{
    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.node = node;
        self
    }

    /// Makes the node, with the store `name`, that hands its results to `next`.
    pub fn attach<N>(self, b: &mut TaskBuilder<'_>, name: &str, next: N) -> ReduceNode<K, V, F, R, M, N> {
        ReduceNode { state: TableState::new(b, name), op: self, next }
    }
}

/// The operator at work.
pub struct ReduceNode<K: StreamData + ?Sized, V: StreamData + ?Sized, F, R, M, N> {
    state: TableState<K::Stored, V::Stored>,
    op: Reduce<K, V, F, R, M>,
    next: N,
}

impl<K, V, F, R, M, N> Node for ReduceNode<K, V, F, R, M, N>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
    N: PushChange<K::Stored, V::Stored>,
{
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.state.signal(signal, &mut self.next, cx)?;
        self.next.signal(signal, cx)
    }
}

impl<K, V, F, R, M, N> Push<K, V> for ReduceNode<K, V, F, R, M, N>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
    F: for<'a> Call<(&'a V::Stored, &'a V::Present), R>,
    M: Settle<R>,
    M::Out: OwnedData<Stored = V::Stored>,
    N: PushChange<K::Stored, V::Stored>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        let Some(present) = value.present() else {
            return self.state.drop_record(DropReason::NullValue, cx);
        };
        cx.scoped(F::SEES_CX, |cx| {
            let Some(slot) = self.state.load(key, cx)? else { return Ok(()) };
            let before = self.state.take(slot, cx);
            let new = match &before {
                None => value.to_stored(),
                Some(there) => match M::settle(self.op.f.call((there, present), &mut cx.record), self.op.node, cx) {
                    Ok(Some(result)) => result.into_stored(),
                    Ok(None) => {
                        self.state.put_back(slot, before, cx);
                        return Ok(());
                    }
                    Err(error) => {
                        self.state.put_back(slot, before, cx);
                        return Err(error);
                    }
                },
            };
            self.state.set_aggregate(slot, before.is_some(), new, &mut self.next, cx)
        })
    }
}
