//! `filter` and `filter_not` of a table: rows left out.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

use streams_macros::with_cx;

use super::call::Call;
use super::rows::{Rows, StoredHash};
use super::settle::{Plain, Settle, Try};
use crate::context::{Context, RecordContext};
use crate::error::{Failure, Flow, TaskError};
use crate::handles::Table;
use crate::node::{Node, PushChange, Signal};
use crate::task::TaskBuilder;

impl<K, V> Table<K, V> {
    /// The rows for which the closure is true.
    ///
    /// Kafka Streams: `KTable.filter`. A view; with a written type or a name it has a store. Deletions do not reach the closure and pass. A
    /// row that no longer passes becomes a deletion: where the value before is known (the table or the result has a store) only if the
    /// key passed before, otherwise always, and over a table with a history always. Time and headers are those of the change.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    /// use streams_test::TestDriver;
    ///
    /// topology! {
    ///     fn large_orders() -> LargeOrders {
    ///         let orders: Table<String, i64> = table("orders");
    ///         orders.filter(|_, euros| *euros >= 100).to_stream().to("large");
    ///     }
    /// }
    ///
    /// let driver = TestDriver::new(large_orders())?;
    /// let orders = driver.input::<String, i64>("orders")?;
    /// for euros in [20, 150, 30, 40] {
    ///     orders.pipe(&"ann".to_owned(), &euros)?;
    /// }
    /// let large = driver.output::<String, Option<i64>>("large").read_all();
    /// assert_eq!(large.into_iter().map(|order| order.value).collect::<Vec<_>>(), [Some(150), None]);
    /// # Ok::<(), streams_test::DriverError>(())
    /// ```
    #[with_cx]
    pub fn filter<F>(&self, f: F) -> (Table<K, V>, TableFilter<F, bool, Plain>)
    where
        F: FnMut(&K, &V) -> bool,
    {
        (Table::handle(), TableFilter::new(f, true, "filter"))
    }

    /// `filter` with a closure that may fail: an `Err` goes to the process handler of the application, and the row does not pass.
    #[with_cx]
    pub fn try_filter<F, E>(&self, f: F) -> (Table<K, V>, TableFilter<F, Result<bool, E>, Try>)
    where
        E: Failure,
        F: FnMut(&K, &V) -> Result<bool, E>,
    {
        (Table::handle(), TableFilter::new(f, true, "try_filter"))
    }

    /// The rows for which the closure is false.
    ///
    /// Kafka Streams: `KTable.filterNot`. Otherwise as [`filter`](Self::filter).
    #[with_cx]
    pub fn filter_not<F>(&self, f: F) -> (Table<K, V>, TableFilter<F, bool, Plain>)
    where
        F: FnMut(&K, &V) -> bool,
    {
        (Table::handle(), TableFilter::new(f, false, "filter_not"))
    }

    /// `filter_not` with a closure that may fail: an `Err` goes to the process handler of the application, and the row does not pass.
    #[with_cx]
    pub fn try_filter_not<F, E>(&self, f: F) -> (Table<K, V>, TableFilter<F, Result<bool, E>, Try>)
    where
        E: Failure,
        F: FnMut(&K, &V) -> Result<bool, E>,
    {
        (Table::handle(), TableFilter::new(f, false, "try_filter_not"))
    }
}

/// The operator before it is attached to what follows. Its closure is shared with those who look rows up through it.
pub struct TableFilter<F, R, M> {
    f: Rc<RefCell<F>>,
    /// The verdict that passes.
    keep: bool,
    node: &'static str,
    with_old: bool,
    every_change: bool,
    types: PhantomData<fn() -> (R, M)>,
}

impl<F, R, M> TableFilter<F, R, M> {
    fn new(f: F, keep: bool, node: &'static str) -> Self {
        TableFilter { f: Rc::new(RefCell::new(f)), keep, node, with_old: false, every_change: false, types: PhantomData }
    }

    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.node = node;
        self
    }

    /// The table gives the values before its changes.
    #[must_use]
    pub fn with_old(mut self) -> Self {
        self.with_old = true;
        self
    }

    /// The table has a history, in which also a key that did not pass is a version: every change is handed on.
    #[must_use]
    pub fn every_change(mut self) -> Self {
        self.every_change = true;
        self
    }

    /// The rows that pass, of those of the table.
    pub fn rows<G>(&self, rows: &G) -> FilterRows<F, R, M, G>
    where
        G: Clone,
    {
        FilterRows { f: Rc::clone(&self.f), keep: self.keep, rows: rows.clone(), types: PhantomData }
    }

    /// Makes the node that hands its results to `next`.
    pub fn attach<N>(self, next: N) -> TableFilterNode<F, R, M, N> {
        TableFilterNode { op: self, next }
    }
}

/// The operator at work.
pub struct TableFilterNode<F, R, M, N> {
    op: TableFilter<F, R, M>,
    next: N,
}

impl<F, R, M, N: Node> Node for TableFilterNode<F, R, M, N> {
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.next.signal(signal, cx)
    }
}

impl<K, V, F, R, M, N> PushChange<K, V> for TableFilterNode<F, R, M, N>
where
    F: for<'a> Call<(&'a K, &'a V), R>,
    M: Settle<R, Out = bool>,
    N: PushChange<K, V>,
{
    #[inline]
    fn change(&mut self, key: &K, new: Option<&V>, old: Option<&V>, cx: &mut Context) -> Flow {
        cx.scoped(F::SEES_CX, |cx| {
            let keep = Some(self.op.keep);
            let verdict = match new {
                Some(new) => {
                    let result = self.op.f.borrow_mut().call((key, new), &mut cx.record);
                    M::settle(result, self.op.node, cx)?
                }
                None => None,
            };
            let new = new.filter(|_| verdict == keep);
            if !self.op.with_old {
                return self.next.change(key, new, None, cx);
            }
            let old = old.filter(|old| M::settle_again(self.op.f.borrow_mut().call_aside((key, *old), &mut cx.record)) == keep);
            if new.is_none() && old.is_none() && !self.op.every_change {
                return Ok(());
            }
            self.next.change(key, new, old, cx)
        })
    }
}

/// The rows of a filtered table that has no store.
pub struct FilterRows<F, R, M, G> {
    f: Rc<RefCell<F>>,
    keep: bool,
    rows: G,
    types: PhantomData<fn() -> (R, M)>,
}

impl<F, R, M, G: Clone> Clone for FilterRows<F, R, M, G> {
    fn clone(&self) -> Self {
        FilterRows { f: Rc::clone(&self.f), keep: self.keep, rows: self.rows.clone(), types: PhantomData }
    }
}

impl<K, V, F, R, M, G> Rows<K, V> for FilterRows<F, R, M, G>
where
    F: for<'a> Call<(&'a K, &'a V), R>,
    M: Settle<R, Out = bool>,
    G: Rows<K, V>,
{
    fn with<T>(
        &self,
        key: &K,
        cx: &mut Context,
        then: impl FnOnce(Option<(&V, i64)>, &mut RecordContext) -> T,
    ) -> Result<T, Box<TaskError>> {
        let verdict = self.rows.with(key, cx, |row, cx| row.map(|(value, _)| self.f.borrow_mut().call_aside((key, value), cx)))?;
        // An error was told when the row came.
        if verdict.and_then(M::settle_again) == Some(self.keep) { self.rows.with(key, cx, then) } else { Ok(then(None, &mut cx.record)) }
    }

    /// The row is made of the one below, whose bytes it goes by.
    fn stored_hash(&self, key: &K, cx: &mut Context) -> Result<StoredHash, Box<TaskError>> {
        self.rows.stored_hash(key, cx)
    }

    fn with_untold<T>(
        &self,
        key: &K,
        cx: &mut Context,
        then: impl FnOnce(Option<Option<&V>>, &mut RecordContext) -> T,
    ) -> Result<T, Box<TaskError>> {
        self.rows.with_untold(key, cx, |untold, cx| match untold {
            Some(Some(value)) if M::settle_again(self.f.borrow_mut().call_aside((key, value), cx)) != Some(self.keep) => then(None, cx),
            untold => then(untold, cx),
        })
    }

    fn keep_bytes(&self, b: &mut TaskBuilder<'_>) {
        self.rows.keep_bytes(b);
    }

    fn with_as_of<T>(
        &self,
        key: &K,
        time_ms: i64,
        cx: &mut Context,
        then: impl FnOnce(Option<(&V, i64)>, &mut RecordContext) -> T,
    ) -> Result<T, Box<TaskError>> {
        let call = |row: Option<(&V, i64)>, cx: &mut RecordContext| row.map(|(value, _)| self.f.borrow_mut().call_aside((key, value), cx));
        let verdict = self.rows.with_as_of(key, time_ms, cx, call)?;
        if verdict.and_then(M::settle_again) == Some(self.keep) {
            self.rows.with_as_of(key, time_ms, cx, then)
        } else {
            Ok(then(None, &mut cx.record))
        }
    }
}
