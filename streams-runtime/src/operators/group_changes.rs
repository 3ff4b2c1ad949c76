//! `count`, `reduce` and `aggregate` of a grouped table: what leaves a group is subtracted, what comes into it is added.

use std::marker::PhantomData;

use streams_macros::with_cx;

use super::call::Call;
use super::reduce::ReducesTo;
use super::settle::{Plain, Settle, Try};
use super::state::TableState;
use crate::codec::{Changed, OwnedData, StreamData};
use crate::context::Context;
use crate::error::{Failure, Flow, TaskError};
use crate::handles::{Grouped, Table};
use crate::node::{Node, Push, PushChange, Signal};
use crate::operators::aggregated::Aggregated;
use crate::task::TaskBuilder;

impl<K, V> Grouped<K, Changed<V>>
where
    K: StreamData + ?Sized,
    V: StreamData<Present = V, Stored = V> + Clone + Send + Sync + 'static,
{
    /// In `topology!` this is written `count()`.
    ///
    /// Counts the rows of each group.
    ///
    /// Kafka Streams: `KGroupedTable.count`. A group that all rows have left counts 0 and stays. The result has the later one of the
    /// change's and the row's time.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    /// use streams_test::TestDriver;
    ///
    /// topology! {
    ///     fn residents() -> Residents {
    ///         let homes: Table<String, String> = table("homes");
    ///         let towns: Table<String, u64> = homes.group_by(|_, town| (town.clone(), 1u64)).count();
    ///         towns.to_stream().to("towns");
    ///     }
    /// }
    ///
    /// let driver = TestDriver::new(residents())?;
    /// let homes = driver.input::<String, String>("homes")?;
    /// homes.pipe(&"ann".to_owned(), &"oslo".to_owned())?;
    /// homes.pipe(&"bob".to_owned(), &"oslo".to_owned())?;
    /// homes.pipe(&"ann".to_owned(), &"rome".to_owned())?;
    /// let towns = driver.store(Residents::TOWNS)?;
    /// assert_eq!((towns.get("oslo"), towns.get("rome")), (Some(1), Some(1)));
    /// # Ok::<(), streams_test::DriverError>(())
    /// ```
    pub fn count_changes(&self) -> (Table<K::Stored, u64>, FoldChanges<K, V, u64, CountChanges>) {
        (Table::handle(), FoldChanges::new(CountChanges))
    }

    /// In `topology!` this is written `reduce(adder, subtractor)`.
    ///
    /// Combines the values of each group: the first is kept as it is, `adder` puts each later one in, `subtractor` takes one out.
    ///
    /// Kafka Streams: `KGroupedTable.reduce`. A change within a group is subtracted first, then added; one result follows. A closure that
    /// returns `None` empties the group. The result has the later one of the change's and the row's time.
    #[with_cx]
    pub fn reduce_changes<R, F, G>(
        &self,
        adder: F,
        subtractor: G,
    ) -> (Table<K::Stored, V>, FoldChanges<K, V, V, ReduceChanges<F, G, R, Plain>>)
    where
        F: FnMut(&V, &V) -> R,
        G: FnMut(&V, &V) -> R,
        R: ReducesTo<V>,
    {
        (Table::handle(), FoldChanges::new(ReduceChanges { adder, subtractor, node: "reduce", types: PhantomData }))
    }

    /// In `topology!` this is written `try_reduce(adder, subtractor)`.
    ///
    /// `reduce` with closures that may fail: an `Err` goes to the process handler of the application, and the row stays as it was.
    #[with_cx]
    pub fn try_reduce_changes<R, E, F, G>(
        &self,
        adder: F,
        subtractor: G,
    ) -> (Table<K::Stored, V>, FoldChanges<K, V, V, ReduceChanges<F, G, Result<R, E>, Try>>)
    where
        E: Failure,
        F: FnMut(&V, &V) -> Result<R, E>,
        G: FnMut(&V, &V) -> Result<R, E>,
        R: ReducesTo<V>,
    {
        (Table::handle(), FoldChanges::new(ReduceChanges { adder, subtractor, node: "try_reduce", types: PhantomData }))
    }

    /// In `topology!` this is written `aggregate(initializer, adder, subtractor)`.
    ///
    /// Folds the values of each group: `initializer` makes the aggregate of a new group, `adder` puts a value in, `subtractor` takes one out;
    /// both take key, value and aggregate and return the new aggregate.
    ///
    /// Kafka Streams: `KGroupedTable.aggregate`. A change within a group is subtracted first, then added; one result follows. An
    /// aggregate of type `Option<A>` that is `None` empties the group. The result has the later one of the change's and the row's time.
    #[with_cx]
    pub fn aggregate_changes<A, I, F, G, R>(&self, initializer: I, adder: F, subtractor: G) -> R
    where
        A: Aggregated<K::Stored, FoldChanges<K, V, <A as StreamData>::Stored, AggregateChanges<A, I, F, G, A, Plain>>, Of = R>,
        I: FnMut() -> A,
        F: FnMut(&K, &V, A) -> A,
        G: FnMut(&K, &V, A) -> A,
    {
        A::of(FoldChanges::new(AggregateChanges { initializer, adder, subtractor, node: "aggregate", types: PhantomData }))
    }

    /// In `topology!` this is written `try_aggregate(initializer, adder, subtractor)`.
    ///
    /// `aggregate` with closures that may fail: an `Err` goes to the process handler of the application, and the row stays as it was.
    #[with_cx]
    pub fn try_aggregate_changes<A, E, I, F, G, R>(&self, initializer: I, adder: F, subtractor: G) -> R
    where
        E: Failure,
        A: Aggregated<K::Stored, FoldChanges<K, V, <A as StreamData>::Stored, AggregateChanges<A, I, F, G, Result<A, E>, Try>>, Of = R>,
        I: FnMut() -> A,
        F: FnMut(&K, &V, A) -> Result<A, E>,
        G: FnMut(&K, &V, A) -> Result<A, E>,
    {
        A::of(FoldChanges::new(AggregateChanges { initializer, adder, subtractor, node: "try_aggregate", types: PhantomData }))
    }
}

/// What becomes of a group's row with a change.
pub trait FoldChange<K: ?Sized, V, S> {
    /// Whether there may be no result, so that the row must be kept.
    const MAY_FAIL: bool;
    /// Whether a closure sees the context.
    const SEES_CX: bool;

    /// Says where in the topology this is, for error messages.
    fn at(&mut self, node: &'static str);

    /// The row after the change; `None` outside if the handler said to go on without it.
    ///
    /// # Errors
    /// When the handler said to stop.
    fn fold(&mut self, key: &K, change: &Changed<V>, before: Option<S>, cx: &mut Context) -> Result<Option<Option<S>>, Box<TaskError>>;
}

/// The operator before it is attached to what follows.
pub struct FoldChanges<K: ?Sized, V, S, O> {
    op: O,
    types: PhantomData<fn() -> (PhantomData<K>, V, S)>,
}

impl<K: ?Sized, V, S, O> FoldChanges<K, V, S, O> {
    fn new(op: O) -> Self {
        FoldChanges { op, types: PhantomData }
    }

    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self
    where
        O: FoldChange<K, V, S>,
    {
        self.op.at(node);
        self
    }

    /// Makes the node, with the store `name`, that hands its results to `next`.
    pub fn attach<N>(self, b: &mut TaskBuilder<'_>, name: &str, next: N) -> FoldChangesNode<K, V, S, O, N>
    where
        K: StreamData,
        S: StreamData<Present = S, Stored = S> + Clone + Send + Sync + 'static,
    {
        FoldChangesNode { state: TableState::new(b, name), op: self.op, next, value: PhantomData }
    }
}

/// The operator at work.
pub struct FoldChangesNode<K: StreamData + ?Sized, V, S, O, N> {
    state: TableState<K::Stored, S>,
    op: O,
    next: N,
    value: PhantomData<fn() -> V>,
}

impl<K, V, S, O, N> Node for FoldChangesNode<K, V, S, O, N>
where
    K: StreamData + ?Sized,
    S: StreamData<Present = S, Stored = S> + Clone + Send + Sync + 'static,
    N: PushChange<K::Stored, S>,
{
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.state.signal(signal, &mut self.next, cx)?;
        self.next.signal(signal, cx)
    }
}

impl<K, V, S, O, N> Push<K, Changed<V>> for FoldChangesNode<K, V, S, O, N>
where
    K: StreamData + ?Sized,
    S: StreamData<Present = S, Stored = S> + Clone + Send + Sync + 'static,
    O: FoldChange<K, V, S>,
    N: PushChange<K::Stored, S>,
{
    #[inline]
    fn push(&mut self, key: &K, change: &Changed<V>, cx: &mut Context) -> Flow {
        cx.scoped(O::SEES_CX, |cx| {
            let Some(slot) = self.state.load(key, cx)? else { return Ok(()) };
            let before = self.state.take(slot, cx);
            let had_value = before.is_some();
            let backup = if O::MAY_FAIL { before.clone() } else { None };
            let folded = self.op.fold(key, change, before, cx);
            self.state.set_folded(slot, (had_value, backup), folded, &mut self.next, cx)
        })
    }
}

/// The number of rows.
#[derive(Clone, Copy, Debug)]
pub struct CountChanges;

impl<K: ?Sized, V> FoldChange<K, V, u64> for CountChanges {
    const MAY_FAIL: bool = false;
    const SEES_CX: bool = false;

    fn at(&mut self, _: &'static str) {}

    #[inline]
    fn fold(&mut self, _: &K, change: &Changed<V>, before: Option<u64>, _: &mut Context) -> Result<Option<Option<u64>>, Box<TaskError>> {
        let rest = match before {
            Some(count) if change.old.is_some() => Some(count.saturating_sub(1)),
            other => other,
        };
        Ok(Some(if change.new.is_some() { Some(rest.unwrap_or(0) + 1) } else { rest }))
    }
}

/// The closures of a `reduce`.
pub struct ReduceChanges<F, G, R, M> {
    adder: F,
    subtractor: G,
    node: &'static str,
    types: PhantomData<fn() -> (R, M)>,
}

impl<K: ?Sized, V, F, G, R, M> FoldChange<K, V, V> for ReduceChanges<F, G, R, M>
where
    V: Clone,
    F: for<'a> Call<(&'a V, &'a V), R>,
    G: for<'a> Call<(&'a V, &'a V), R>,
    M: Settle<R>,
    M::Out: OwnedData<Stored = V>,
{
    const MAY_FAIL: bool = M::MAY_FAIL;
    const SEES_CX: bool = <F as Call<(&V, &V), R>>::SEES_CX || <G as Call<(&V, &V), R>>::SEES_CX;

    fn at(&mut self, node: &'static str) {
        self.node = node;
    }

    #[inline]
    fn fold(&mut self, _: &K, change: &Changed<V>, before: Option<V>, cx: &mut Context) -> Result<Option<Option<V>>, Box<TaskError>> {
        let rest = match (&change.old, before) {
            (Some(old), Some(there)) => match M::settle(self.subtractor.call((&there, old), &mut cx.record), self.node, cx)? {
                Some(rest) => rest.into_stored(),
                None => return Ok(None),
            },
            (_, before) => before,
        };
        match (&change.new, rest) {
            (Some(new), Some(rest)) => {
                Ok(M::settle(self.adder.call((&rest, new), &mut cx.record), self.node, cx)?.map(OwnedData::into_stored))
            }
            (Some(new), None) => Ok(Some(Some(new.clone()))),
            (None, rest) => Ok(Some(rest)),
        }
    }
}

/// The closures of an `aggregate`.
pub struct AggregateChanges<A, I, F, G, R, M> {
    initializer: I,
    adder: F,
    subtractor: G,
    node: &'static str,
    types: PhantomData<fn() -> (A, R, M)>,
}

impl<K, V, A, I, F, G, R, M> FoldChange<K, V, A::Stored> for AggregateChanges<A, I, F, G, R, M>
where
    K: ?Sized,
    A: OwnedData,
    I: Call<(), A>,
    F: for<'a> Call<(&'a K, &'a V, A), R>,
    G: for<'a> Call<(&'a K, &'a V, A), R>,
    M: Settle<R, Out = A>,
{
    const MAY_FAIL: bool = M::MAY_FAIL;
    const SEES_CX: bool = I::SEES_CX || <F as Call<(&K, &V, A), R>>::SEES_CX || <G as Call<(&K, &V, A), R>>::SEES_CX;

    fn at(&mut self, node: &'static str) {
        self.node = node;
    }

    #[inline]
    fn fold(
        &mut self,
        key: &K,
        change: &Changed<V>,
        before: Option<A::Stored>,
        cx: &mut Context,
    ) -> Result<Option<Option<A::Stored>>, Box<TaskError>> {
        let rest = match (&change.old, before) {
            (Some(old), Some(there)) => {
                match M::settle(self.subtractor.call((key, old, A::from_stored(there)), &mut cx.record), self.node, cx)? {
                    Some(rest) => rest.into_stored(),
                    None => return Ok(None),
                }
            }
            (_, before) => before,
        };
        let Some(new) = &change.new else { return Ok(Some(rest)) };
        let start = match rest {
            Some(rest) => A::from_stored(rest),
            None => self.initializer.call((), &mut cx.record),
        };
        Ok(M::settle(self.adder.call((key, new, start), &mut cx.record), self.node, cx)?.map(A::into_stored))
    }
}
