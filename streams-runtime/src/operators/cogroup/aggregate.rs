//! `aggregate` of a cogroup without windows.

use std::marker::PhantomData;

use streams_macros::with_cx;

use super::{CogroupRecord, CogroupState};
use crate::codec::{OwnedData, StreamData};
use crate::context::Context;
use crate::dropped::DropReason;
use crate::error::{Flow, TaskError};
use crate::handles::{Cogrouped, Table};
use crate::node::{Node, PushChange, Signal};
use crate::operators::Call;
use crate::operators::state::TableState;
use crate::task::TaskBuilder;

impl<K: StreamData<Stored = K>, A: OwnedData> Cogrouped<K, A> {
    /// Ends the cogroup: `initializer` makes the aggregate of a key without one. An aggregate of type `Option<A>` that is `None` deletes the row.
    ///
    /// Kafka Streams: `CogroupedKStream.aggregate`. Records with a null key or a null value are left out and counted as dropped. The result has
    /// the later one of the record's and the row's time, and the headers of the record.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    /// use streams_test::TestDriver;
    ///
    /// topology! {
    ///     pub fn carts() -> Carts {
    ///         let added: Stream<String, u64> = stream("added");
    ///         let removed: Stream<String, String> = stream("removed");
    ///         let removals = removed.group_by_key();
    ///         let items: Table<String, u64> = added
    ///             .group_by_key()
    ///             .cogroup(|_, count, items| items + count)
    ///             .cogroup(removals, |_, _, items| items.saturating_sub(1))
    ///             .aggregate(|| 0);
    ///         items.to_stream().to("items");
    ///     }
    /// }
    ///
    /// let driver = TestDriver::new(carts()).unwrap();
    /// driver.input::<String, u64>("added").unwrap().pipe("ann".to_owned(), 3).unwrap();
    /// driver.input::<String, String>("removed").unwrap().pipe("ann".to_owned(), "shoe".to_owned()).unwrap();
    /// assert_eq!(driver.store(Carts::ITEMS).unwrap().get("ann"), Some(2));
    /// ```
    #[with_cx]
    pub fn aggregate<I>(&self, initializer: I) -> (Table<K, A::Stored>, CogroupAggregate<K, A, I>)
    where
        I: FnMut() -> A,
    {
        (Table::handle(), CogroupAggregate { initializer, types: PhantomData })
    }
}

/// The operator before it is attached to what follows.
pub struct CogroupAggregate<K, A, I> {
    initializer: I,
    types: PhantomData<fn() -> (K, A)>,
}

impl<K, A, I> CogroupAggregate<K, A, I>
where
    K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
    A: OwnedData,
{
    /// Says where in the topology this is; the inputs do so in error messages.
    #[must_use]
    pub fn at(self, _: &'static str) -> Self {
        self
    }

    /// Makes the node, with the store `name`, that hands its results to `next`.
    pub fn attach<N>(self, b: &mut TaskBuilder<'_>, name: &str, next: N) -> CogroupAggregateNode<K, A, I, N> {
        CogroupAggregateNode { state: TableState::new(b, name), initializer: self.initializer, next }
    }
}

/// The operator at work.
pub struct CogroupAggregateNode<K: StreamData, A: StreamData, I, N> {
    state: TableState<K, A::Stored>,
    initializer: I,
    next: N,
}

impl<K, A, I, N> Node for CogroupAggregateNode<K, A, I, N>
where
    K: StreamData<Stored = K> + 'static,
    A: OwnedData,
    N: PushChange<K, A::Stored>,
{
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.state.signal(signal, &mut self.next, cx)?;
        self.next.signal(signal, cx)
    }
}

impl<K, A, I, N> CogroupState<K, A> for CogroupAggregateNode<K, A, I, N>
where
    K: StreamData<Stored = K> + 'static,
    A: OwnedData,
    I: Call<(), A>,
    N: PushChange<K, A::Stored>,
{
    #[inline]
    fn take<Q, F>(&mut self, record: CogroupRecord<'_, Q>, cx: &mut Context, mut step: F) -> Flow
    where
        Q: StreamData<Stored = K> + ?Sized,
        F: FnMut(A, &mut Context) -> Result<Option<A>, Box<TaskError>>,
    {
        if record.null_value {
            return self.state.drop_record(DropReason::NullValue, cx);
        }
        cx.scoped(record.sees_cx || I::SEES_CX, |cx| {
            let Some(slot) = self.state.load(record.key, cx)? else { return Ok(()) };
            let before = self.state.take(slot, cx);
            let had_value = before.is_some();
            let backup = if record.may_fail { before.clone() } else { None };
            let aggregate = match before {
                Some(stored) => A::from_stored(stored),
                None => match self.initializer.call((), &mut cx.record).into_stored() {
                    Some(initial) => {
                        self.state.assume_old(slot, || initial.clone(), cx);
                        A::from_stored(initial)
                    }
                    None => self.initializer.call((), &mut cx.record),
                },
            };
            let folded = step(aggregate, cx).map(|result| result.map(A::into_stored));
            self.state.set_folded(slot, (had_value, backup), folded, &mut self.next, cx)
        })
    }
}
