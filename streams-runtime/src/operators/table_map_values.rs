//! `map_values` of a table, with and without the key: new values for its rows.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

use streams_macros::with_cx;

use super::call::Call;
use super::rows::{Rows, StoredHash};
use super::settle::{Plain, Settle, Try};
use crate::codec::OwnedData;
use crate::context::{Context, RecordContext};
use crate::error::{Failure, Flow, TaskError};
use crate::handles::Table;
use crate::node::{Node, PushChange, Signal};
use crate::task::TaskBuilder;

impl<K, V> Table<K, V> {
    /// The same rows with new values. A closure that gives `None` leaves the row out.
    ///
    /// Kafka Streams: `KTable.mapValues`. A view; with a written type or a name it has a store. Deletions do not reach the closure and
    /// are handed on. Time and headers are those of the change.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    /// use streams_test::TestDriver;
    ///
    /// topology! {
    ///     fn initials() -> Initials {
    ///         let users: Table<u64, String> = table("users");
    ///         let initials: Table<u64, String> = users.map_values(|name| name.get(..1).map(str::to_owned));
    ///         initials.to_stream().to("initials");
    ///     }
    /// }
    ///
    /// let driver = TestDriver::new(initials())?;
    /// driver.input::<u64, String>("users")?.pipe(&7, &"ann".to_owned())?;
    /// assert_eq!(driver.store(Initials::INITIALS)?.get(&7u64), Some("a".to_owned()));
    /// # Ok::<(), streams_test::DriverError>(())
    /// ```
    #[with_cx]
    pub fn map_values<A, F>(&self, f: F) -> (Table<K, A::Stored>, TableMapValues<ValueOnly<F>, A, A, Plain>)
    where
        A: OwnedData,
        F: FnMut(&V) -> A,
    {
        (Table::handle(), TableMapValues::new(ValueOnly(f), "map_values"))
    }

    /// `map_values` with a closure that may fail: an `Err` goes to the process handler of the application, and the row is left out.
    #[with_cx]
    pub fn try_map_values<A, E, F>(&self, f: F) -> (Table<K, A::Stored>, TableMapValues<ValueOnly<F>, A, Result<A, E>, Try>)
    where
        E: Failure,
        A: OwnedData,
        F: FnMut(&V) -> Result<A, E>,
    {
        (Table::handle(), TableMapValues::new(ValueOnly(f), "try_map_values"))
    }

    /// The same rows with new values made of key and value. A closure that gives `None` leaves the row out.
    ///
    /// Kafka Streams: `KTable.mapValues` with a key. Otherwise as [`map_values`](Self::map_values).
    #[with_cx]
    pub fn map_values_with_key<A, F>(&self, f: F) -> (Table<K, A::Stored>, TableMapValues<KeyAndValue<F>, A, A, Plain>)
    where
        A: OwnedData,
        F: FnMut(&K, &V) -> A,
    {
        (Table::handle(), TableMapValues::new(KeyAndValue(f), "map_values_with_key"))
    }

    /// `map_values_with_key` with a closure that may fail: an `Err` goes to the process handler of the application, and the row is left out.
    #[with_cx]
    pub fn try_map_values_with_key<A, E, F>(&self, f: F) -> (Table<K, A::Stored>, TableMapValues<KeyAndValue<F>, A, Result<A, E>, Try>)
    where
        E: Failure,
        A: OwnedData,
        F: FnMut(&K, &V) -> Result<A, E>,
    {
        (Table::handle(), TableMapValues::new(KeyAndValue(f), "try_map_values_with_key"))
    }
}

/// Calls a closure with the row.
pub trait CallRow<K, V, R> {
    /// Whether the closure sees the context.
    const SEES_CX: bool;

    /// What the closure makes of it.
    fn call(&mut self, key: &K, value: &V, cx: &mut RecordContext) -> R;

    /// The same for a result that no record goes on with: headers that are set have no effect.
    #[inline]
    fn call_aside(&mut self, key: &K, value: &V, cx: &mut RecordContext) -> R {
        if Self::SEES_CX { cx.aside(|cx| self.call(key, value, cx)) } else { self.call(key, value, cx) }
    }
}

/// A closure of the value.
#[derive(Clone, Copy, Debug)]
pub struct ValueOnly<F>(pub(super) F);

impl<K, V, R, F: for<'a> Call<(&'a V,), R>> CallRow<K, V, R> for ValueOnly<F> {
    const SEES_CX: bool = <F as Call<(&V,), R>>::SEES_CX;

    #[inline]
    fn call(&mut self, _: &K, value: &V, cx: &mut RecordContext) -> R {
        self.0.call((value,), cx)
    }
}

/// A closure of key and value.
#[derive(Clone, Copy, Debug)]
pub struct KeyAndValue<F>(pub(super) F);

impl<K, V, R, F: for<'a> Call<(&'a K, &'a V), R>> CallRow<K, V, R> for KeyAndValue<F> {
    const SEES_CX: bool = <F as Call<(&K, &V), R>>::SEES_CX;

    #[inline]
    fn call(&mut self, key: &K, value: &V, cx: &mut RecordContext) -> R {
        self.0.call((key, value), cx)
    }
}

/// The operator before it is attached to what follows. Its closure is shared with those who look rows up through it.
pub struct TableMapValues<F, A, R, M> {
    f: Rc<RefCell<F>>,
    node: &'static str,
    with_old: bool,
    types: PhantomData<fn() -> (A, R, M)>,
}

impl<F, A, R, M> TableMapValues<F, A, R, M> {
    fn new(f: F, node: &'static str) -> Self {
        TableMapValues { f: Rc::new(RefCell::new(f)), node, with_old: false, types: PhantomData }
    }

    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.node = node;
        self
    }

    /// Something downstream needs the values before a change.
    #[must_use]
    pub fn with_old(mut self) -> Self {
        self.with_old = true;
        self
    }

    /// The new values of the table's rows.
    pub fn rows<V, G>(&self, rows: &G) -> MapRows<V, F, A, R, M, G>
    where
        G: Clone,
    {
        MapRows { f: Rc::clone(&self.f), rows: rows.clone(), types: PhantomData }
    }

    /// Makes the node that hands its results to `next`.
    pub fn attach<N>(self, next: N) -> TableMapValuesNode<F, A, R, M, N> {
        TableMapValuesNode { op: self, next }
    }
}

/// The operator at work.
pub struct TableMapValuesNode<F, A, R, M, N> {
    op: TableMapValues<F, A, R, M>,
    next: N,
}

impl<F, A, R, M, N: Node> Node for TableMapValuesNode<F, A, R, M, N> {
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.next.signal(signal, cx)
    }
}

impl<K, V, F, A, R, M, N> PushChange<K, V> for TableMapValuesNode<F, A, R, M, N>
where
    A: OwnedData,
    F: CallRow<K, V, R>,
    M: Settle<R, Out = A>,
    N: PushChange<K, A::Stored>,
{
    #[inline]
    fn change(&mut self, key: &K, new: Option<&V>, old: Option<&V>, cx: &mut Context) -> Flow {
        cx.scoped(F::SEES_CX, |cx| {
            let new = match new {
                Some(new) => {
                    let result = self.op.f.borrow_mut().call(key, new, &mut cx.record);
                    M::settle(result, self.op.node, cx)?.and_then(A::into_stored)
                }
                None => None,
            };
            let old = match old {
                Some(old) if self.op.with_old => {
                    M::settle_again(self.op.f.borrow_mut().call_aside(key, old, &mut cx.record)).and_then(A::into_stored)
                }
                _ => None,
            };
            self.next.change(key, new.as_ref(), old.as_ref(), cx)
        })
    }
}

/// The rows of a mapped table that has no store.
pub struct MapRows<V, F, A, R, M, G> {
    f: Rc<RefCell<F>>,
    rows: G,
    types: PhantomData<fn() -> (V, A, R, M)>,
}

impl<V, F, A, R, M, G: Clone> Clone for MapRows<V, F, A, R, M, G> {
    fn clone(&self) -> Self {
        MapRows { f: Rc::clone(&self.f), rows: self.rows.clone(), types: PhantomData }
    }
}

impl<K, V, F, A, R, M, G> Rows<K, A::Stored> for MapRows<V, F, A, R, M, G>
where
    A: OwnedData,
    F: CallRow<K, V, R>,
    M: Settle<R, Out = A>,
    G: Rows<K, V>,
{
    fn with<T>(
        &self,
        key: &K,
        cx: &mut Context,
        then: impl FnOnce(Option<(&A::Stored, i64)>, &mut RecordContext) -> T,
    ) -> Result<T, Box<TaskError>> {
        let found = self.rows.with(key, cx, |row, cx| row.map(|(value, at_ms)| (self.f.borrow_mut().call_aside(key, value, cx), at_ms)))?;
        Ok(settled::<A, R, M, T>(found, then, &mut cx.record))
    }

    /// The row is made of the one below, whose bytes it goes by.
    fn stored_hash(&self, key: &K, cx: &mut Context) -> Result<StoredHash, Box<TaskError>> {
        self.rows.stored_hash(key, cx)
    }

    fn with_untold<T>(
        &self,
        key: &K,
        cx: &mut Context,
        then: impl FnOnce(Option<Option<&A::Stored>>, &mut RecordContext) -> T,
    ) -> Result<T, Box<TaskError>> {
        self.rows.with_untold(key, cx, |untold, cx| match untold {
            None => then(None, cx),
            Some(None) => then(Some(None), cx),
            Some(Some(value)) => {
                let mapped = M::settle_again(self.f.borrow_mut().call_aside(key, value, cx)).and_then(A::into_stored);
                then(mapped.as_ref().map(Some), cx)
            }
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
        then: impl FnOnce(Option<(&A::Stored, i64)>, &mut RecordContext) -> T,
    ) -> Result<T, Box<TaskError>> {
        let call = |row: Option<(&V, i64)>, cx: &mut RecordContext| {
            row.map(|(value, at_ms)| (self.f.borrow_mut().call_aside(key, value, cx), at_ms))
        };
        let found = self.rows.with_as_of(key, time_ms, cx, call)?;
        Ok(settled::<A, R, M, T>(found, then, &mut cx.record))
    }
}

/// A row that the closure was called with. An error was told when it came.
#[inline]
fn settled<A, R, M, T>(
    found: Option<(R, i64)>,
    then: impl FnOnce(Option<(&A::Stored, i64)>, &mut RecordContext) -> T,
    cx: &mut RecordContext,
) -> T
where
    A: OwnedData,
    M: Settle<R, Out = A>,
{
    let Some((result, at_ms)) = found else { return then(None, cx) };
    let mapped = M::settle_again(result).and_then(A::into_stored);
    then(mapped.as_ref().map(|value| (value, at_ms)), cx)
}
