//! `join`, `left_join` and `outer_join` of two tables: a table whose rows are made of the rows of both that have the same key.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

use streams_macros::with_cx;

use super::call::Call;
use super::rows::{Rows, StoredHash};
use super::settle::{Plain, Settle, Try};
use crate::codec::OwnedData;
use crate::context::{Context, RecordContext};
use crate::dropped::DropReason;
use crate::error::{Flow, TaskError};
use crate::handles::Table;
use crate::node::{Node, PushChange, Signal};
use crate::task::TaskBuilder;

/// Both sides of a join of tables have the same key type.
#[diagnostic::on_unimplemented(
    message = "join: the keys of the tables are `{Self}` and `{TK}`",
    label = "keys of different types",
    note = "give one of them another key: `.to_stream().select_key(..).to_table()`",
    note = "or say which row of the other table is meant, by a foreign key: `.join(other, |value| key, |value, other_value| …)`"
)]
pub trait SameTableKey<TK> {
    /// The operator `O`, if the keys fit.
    type Operator<O>;

    /// The operator itself.
    fn op<O>(operator: O) -> Self::Operator<O>;
}

impl<K> SameTableKey<K> for K {
    type Operator<O> = O;

    fn op<O>(operator: O) -> O {
        operator
    }
}

macro_rules! methods {
    ($method:ident, $twin:ident, $joiner:ident, ($($argument:ty),*), $(#[$doc:meta])*) => {
        $(#[$doc])*
        #[with_cx]
        pub fn $method<TK, T, A, F, J>(&self, other: &Table<TK, T>, f: F) -> (Table<K, A::Stored>, J)
        where
            K: SameTableKey<TK>,
            K: SameTableKey<TK, Operator<JoinTables<$joiner<F>, V, T, A, A, Plain>> = J>,
            A: OwnedData,
            F: FnMut($($argument),*) -> A,
        {
            let _ = other;
            (Table::handle(), <K as SameTableKey<TK>>::op(JoinTables::new($joiner(f), stringify!($method))))
        }

        #[doc = concat!("`", stringify!($method), "` with a closure that may fail: an `Err` goes to the process handler of the application, and there is no row.")]
        #[with_cx]
        pub fn $twin<TK, T, A, E, F, J>(&self, other: &Table<TK, T>, f: F) -> (Table<K, A::Stored>, J)
        where
            K: SameTableKey<TK>,
            K: SameTableKey<TK, Operator<JoinTables<$joiner<F>, V, T, A, Result<A, E>, Try>> = J>,
            A: OwnedData,
            F: FnMut($($argument),*) -> Result<A, E>,
        {
            let _ = other;
            (Table::handle(), <K as SameTableKey<TK>>::op(JoinTables::new($joiner(f), stringify!($twin))))
        }
    };
}

impl<K, V> Table<K, V> {
    methods! {
        join, try_join, InnerJoin, (&V, &T),
        /// The keys that both tables have; each change of either makes a new row, or deletes it.
        ///
        /// Kafka Streams: `KTable.join`. A view; with a written type or a name it has a store. A closure that gives `None` leaves the row out.
        /// A change whose other side has no row says nothing; a deletion is handed on whenever the other side has one. The result has the
        /// later of both rows' times, and the headers of the change. Both tables must be partitioned alike. Of a table with a history a change
        /// older than the latest of its key is left out and counted as dropped; the result has no history.
        ///
        /// ```
        /// use streams_runtime::prelude::*;
        /// use streams_test::TestDriver;
        ///
        /// topology! {
        ///     fn stock() -> Stock {
        ///         let prices: Table<String, i64> = table("prices");
        ///         let counts: Table<String, i64> = table("counts");
        ///         let worth: Table<String, i64> = prices.join(counts, |price, count| price * count);
        ///         worth.to_stream().to("worth");
        ///     }
        /// }
        ///
        /// let driver = TestDriver::new(stock())?;
        /// driver.input::<String, i64>("prices")?.pipe(&"tea".to_owned(), &3)?;
        /// driver.input::<String, i64>("counts")?.pipe(&"tea".to_owned(), &5)?;
        /// assert_eq!(driver.store(Stock::WORTH)?.get("tea"), Some(15));
        /// # Ok::<(), streams_test::DriverError>(())
        /// ```
    }
    methods! {
        left_join, try_left_join, LeftJoin, (&V, Option<&T>),
        /// The keys of this table, with the other's row of the same key or `None`.
        ///
        /// Kafka Streams: `KTable.leftJoin`. A deletion of a key that neither table had says nothing. Otherwise as [`join`](Self::join).
    }
    methods! {
        outer_join, try_outer_join, OuterJoin, (Option<&V>, Option<&T>),
        /// The keys that either table has; at least one of the closure's arguments is `Some`.
        ///
        /// Kafka Streams: `KTable.outerJoin`. A deletion of a key that neither table had says nothing. Otherwise as [`join`](Self::join).
    }
}

/// What becomes of the two sides of a key.
pub trait JoinSides<L, T, R> {
    /// Whether a row on the left is enough.
    const LEFT_ALONE: bool;
    /// Whether a row on the right is enough.
    const RIGHT_ALONE: bool;

    /// Whether the closure sees the context.
    const SEES_CX: bool;

    /// The result, where the sides that there are suffice.
    fn call(&mut self, left: Option<&L>, right: Option<&T>, cx: &mut RecordContext) -> Option<R>;

    /// The same for a result that no record goes on with: headers that are set have no effect.
    #[inline]
    fn call_aside(&mut self, left: Option<&L>, right: Option<&T>, cx: &mut RecordContext) -> Option<R> {
        if Self::SEES_CX { cx.aside(|cx| self.call(left, right, cx)) } else { self.call(left, right, cx) }
    }
}

/// A closure that needs both sides.
#[derive(Clone, Copy, Debug)]
pub struct InnerJoin<F>(pub(super) F);

impl<L, T, R, F: for<'a> Call<(&'a L, &'a T), R>> JoinSides<L, T, R> for InnerJoin<F> {
    const SEES_CX: bool = <F as Call<(&L, &T), R>>::SEES_CX;
    const LEFT_ALONE: bool = false;
    const RIGHT_ALONE: bool = false;

    #[inline]
    fn call(&mut self, left: Option<&L>, right: Option<&T>, cx: &mut RecordContext) -> Option<R> {
        Some(self.0.call((left?, right?), cx))
    }
}

/// A closure that needs the left side.
#[derive(Clone, Copy, Debug)]
pub struct LeftJoin<F>(pub(super) F);

impl<L, T, R, F: for<'a> Call<(&'a L, Option<&'a T>), R>> JoinSides<L, T, R> for LeftJoin<F> {
    const SEES_CX: bool = <F as Call<(&L, Option<&T>), R>>::SEES_CX;
    const LEFT_ALONE: bool = true;
    const RIGHT_ALONE: bool = false;

    #[inline]
    fn call(&mut self, left: Option<&L>, right: Option<&T>, cx: &mut RecordContext) -> Option<R> {
        Some(self.0.call((left?, right), cx))
    }
}

/// A closure that needs one side.
#[derive(Clone, Copy, Debug)]
pub struct OuterJoin<F>(F);

impl<L, T, R, F: for<'a> Call<(Option<&'a L>, Option<&'a T>), R>> JoinSides<L, T, R> for OuterJoin<F> {
    const SEES_CX: bool = <F as Call<(Option<&L>, Option<&T>), R>>::SEES_CX;
    const LEFT_ALONE: bool = true;
    const RIGHT_ALONE: bool = true;

    #[inline]
    fn call(&mut self, left: Option<&L>, right: Option<&T>, cx: &mut RecordContext) -> Option<R> {
        (left.is_some() || right.is_some()).then(|| self.0.call((left, right), cx))
    }
}

/// The operator before its sides are attached. Its closure is shared by both and by those who look rows up through it.
pub struct JoinTables<J, L, T, A, R, M> {
    joiner: Rc<RefCell<J>>,
    node: &'static str,
    with_old: bool,
    latest_only: bool,
    types: PhantomData<fn() -> (L, T, A, R, M)>,
}

impl<J, L, T, A, R, M> Clone for JoinTables<J, L, T, A, R, M> {
    fn clone(&self) -> Self {
        JoinTables {
            joiner: Rc::clone(&self.joiner),
            node: self.node,
            with_old: self.with_old,
            latest_only: self.latest_only,
            types: PhantomData,
        }
    }
}

impl<J, L, T, A, R, M> JoinTables<J, L, T, A, R, M> {
    fn new(joiner: J, node: &'static str) -> Self {
        JoinTables { joiner: Rc::new(RefCell::new(joiner)), node, with_old: false, latest_only: false, types: PhantomData }
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

    /// The table of the side to be attached has a history: a change older than the latest of its key is left out and counted as dropped.
    #[must_use]
    pub fn latest_only(mut self) -> Self {
        self.latest_only = true;
        self
    }

    /// The joined rows of both tables.
    pub fn rows<G: Clone, H: Clone>(&self, left: &G, right: &H) -> JoinedRows<J, L, T, A, R, M, G, H> {
        JoinedRows { op: self.clone(), left: left.clone(), right: right.clone() }
    }

    /// Makes the node that takes the changes of the left table, over the rows of the right one.
    pub fn left<G: Clone, N>(&self, right: &G, next: N) -> LeftChanges<J, L, T, A, R, M, G, N> {
        LeftChanges { op: self.clone(), other: right.clone(), next }
    }

    /// Makes the node that takes the changes of the right table, over the rows of the left one.
    pub fn right<G: Clone, N>(&self, left: &G, next: N) -> RightChanges<J, L, T, A, R, M, G, N> {
        RightChanges { op: self.clone(), other: left.clone(), next }
    }
}

macro_rules! side {
    ($(#[$doc:meta])* $side:ident, $own:ident, $other:ident, $alone:ident, |$new:ident, $row:ident| $sides:expr) => {
        $(#[$doc])*
        pub struct $side<J, L, T, A, R, M, G, N> {
            op: JoinTables<J, L, T, A, R, M>,
            other: G,
            next: N,
        }

        impl<J, L, T, A, R, M, G, N: Node> Node for $side<J, L, T, A, R, M, G, N> {
            fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
                self.next.signal(signal, cx)
            }
        }

        impl<L, T, J, A, R, M, G, N> $side<J, L, T, A, R, M, G, N> {
            /// The row of this side is deleted, and there is none on the other side. Where that one
            /// was deleted as well since changes were handed on last, the joined row that those
            /// behind know of goes with the first of the two deletions.
            #[cold]
            fn both_gone<K>(
                (op, other, next): (&JoinTables<J, L, T, A, R, M>, &G, &mut N),
                key: &K,
                old: Option<&$own>,
                cx: &mut Context,
            ) -> Flow
            where
                A: OwnedData,
                J: JoinSides<L, T, R>,
                M: Settle<R, Out = A>,
                G: Rows<K, $other>,
                N: PushChange<K, A::Stored>,
            {
                if J::$alone {
                    return Ok(());
                }
                let JoinTables { joiner, with_old, .. } = op;
                let before = other.with_untold(key, cx, |untold, cx| {
                    let $row = untold?;
                    let $new = old;
                    let (left, right) = $sides;
                    Some(if *with_old { joiner.borrow_mut().call_aside(left, right, cx) } else { None })
                })?;
                let Some(before) = before else { return Ok(()) };
                let before = before.and_then(M::settle_again).and_then(A::into_stored);
                next.change(key, None, before.as_ref(), cx)
            }
        }

        impl<K, L, T, J, A, R, M, G, N> PushChange<K, $own> for $side<J, L, T, A, R, M, G, N>
        where
            A: OwnedData,
            J: JoinSides<L, T, R>,
            M: Settle<R, Out = A>,
            G: Rows<K, $other>,
            N: PushChange<K, A::Stored>,
        {
            #[inline]
            fn change(&mut self, key: &K, new: Option<&$own>, old: Option<&$own>, cx: &mut Context) -> Flow {
                let JoinTables { joiner, with_old, latest_only, node, .. } = &self.op;
                if *latest_only && !cx.is_latest {
                    return cx.drop_record(node, DropReason::Outdated);
                }
                cx.scoped(J::SEES_CX, |cx| {
                    let results = self.other.with(key, cx, |row, cx| {
                        if row.is_none() && (!J::$alone || new.is_none() && old.is_none()) {
                            return None;
                        }
                        let mut joiner = joiner.borrow_mut();
                        let sides = |$new| {
                            let $row = row.map(|(value, _)| value);
                            $sides
                        };
                        let (left, right) = sides(new);
                        let result = joiner.call(left, right, cx);
                        let (left, right) = sides(old);
                        let before = if *with_old { joiner.call_aside(left, right, cx) } else { None };
                        Some((result, before, row.map_or(-1, |(_, at_ms)| at_ms)))
                    })?;
                    let Some((new, old, other_ms)) = results else {
                        return if new.is_none() { Self::both_gone((&self.op, &self.other, &mut self.next), key, old, cx) } else { Ok(()) };
                    };
                    let new = match new {
                        Some(result) => M::settle(result, node, cx)?.and_then(A::into_stored),
                        None => None,
                    };
                    let old = old.and_then(M::settle_again).and_then(A::into_stored);
                    let change_ms = cx.timestamp_ms;
                    cx.timestamp_ms = change_ms.max(other_ms);
                    let flow = self.next.change(key, new.as_ref(), old.as_ref(), cx);
                    cx.timestamp_ms = change_ms;
                    flow
                })
            }
        }
    };
}
side! {
    /// Takes the changes of the left table.
    LeftChanges, L, T, LEFT_ALONE, |new, row| (new, row)
}
side! {
    /// Takes the changes of the right table.
    RightChanges, T, L, RIGHT_ALONE, |new, row| (row, new)
}

/// The rows of a join that has no store.
pub struct JoinedRows<J, L, T, A, R, M, G, H> {
    op: JoinTables<J, L, T, A, R, M>,
    left: G,
    right: H,
}

impl<J, L, T, A, R, M, G: Clone, H: Clone> Clone for JoinedRows<J, L, T, A, R, M, G, H> {
    fn clone(&self) -> Self {
        JoinedRows { op: self.op.clone(), left: self.left.clone(), right: self.right.clone() }
    }
}

impl<K, L, T, J, A, R, M, G, H> Rows<K, A::Stored> for JoinedRows<J, L, T, A, R, M, G, H>
where
    L: Clone,
    A: OwnedData,
    J: JoinSides<L, T, R>,
    M: Settle<R, Out = A>,
    G: Rows<K, L>,
    T: Clone,
    H: Rows<K, T>,
{
    fn with<Q>(
        &self,
        key: &K,
        cx: &mut Context,
        then: impl FnOnce(Option<(&A::Stored, i64)>, &mut RecordContext) -> Q,
    ) -> Result<Q, Box<TaskError>> {
        // One store is borrowed at a time.
        let left = self.left.with(key, cx, |row, _| row.map(|(value, at_ms)| (value.clone(), at_ms)))?;
        let (result, at_ms) = self.right.with(key, cx, |right, cx| {
            let at_ms = |row: Option<i64>| row.unwrap_or(-1);
            let at_ms = at_ms(left.as_ref().map(|(_, at_ms)| *at_ms)).max(at_ms(right.map(|(_, at_ms)| at_ms)));
            let left = left.as_ref().map(|(value, _)| value);
            (self.op.joiner.borrow_mut().call_aside(left, right.map(|(value, _)| value), cx), at_ms)
        })?;
        let joined = result.and_then(M::settle_again).and_then(A::into_stored);
        Ok(then(joined.as_ref().map(|value| (value, at_ms)), &mut cx.record))
    }

    fn with_untold<Q>(
        &self,
        key: &K,
        cx: &mut Context,
        then: impl FnOnce(Option<Option<&A::Stored>>, &mut RecordContext) -> Q,
    ) -> Result<Q, Box<TaskError>> {
        let left = told(&self.left, key, cx)?;
        let right = told(&self.right, key, cx)?;
        let before = match (left, right) {
            (Told::Now(_), Told::Now(_)) => return Ok(then(None, &mut cx.record)),
            (Told::Unknown, _) | (_, Told::Unknown) => return Ok(then(Some(None), &mut cx.record)),
            (Told::Now(left) | Told::Before(left), Told::Now(right) | Told::Before(right)) => {
                self.op.joiner.borrow_mut().call_aside(left.as_ref(), right.as_ref(), &mut cx.record)
            }
        };
        let before = before.and_then(M::settle_again).and_then(A::into_stored);
        Ok(then(before.as_ref().map(Some), &mut cx.record))
    }

    fn stored_hash(&self, key: &K, cx: &mut Context) -> Result<StoredHash, Box<TaskError>> {
        Ok(StoredHash::of_both(self.left.stored_hash(key, cx)?, self.right.stored_hash(key, cx)?))
    }

    fn keep_bytes(&self, b: &mut TaskBuilder<'_>) {
        self.left.keep_bytes(b);
        self.right.keep_bytes(b);
    }
}

/// What those behind know of a row.
enum Told<V> {
    /// It is as it is now.
    Now(Option<V>),
    /// It is gone, and they know of it still.
    Before(Option<V>),
    /// As before, and its value is not kept.
    Unknown,
}

fn told<K, V: Clone>(rows: &impl Rows<K, V>, key: &K, cx: &mut Context) -> Result<Told<V>, Box<TaskError>> {
    let now = rows.with(key, cx, |row, _| row.map(|(value, _)| value.clone()))?;
    if now.is_some() {
        return Ok(Told::Now(now));
    }
    rows.with_untold(key, cx, |untold, _| match untold {
        None => Told::Now(None),
        Some(None) => Told::Unknown,
        Some(Some(value)) => Told::Before(Some(value.clone())),
    })
}
