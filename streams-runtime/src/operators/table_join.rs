//! `join` and `left_join` of a stream with a table: each record meets the row of its key.

use std::marker::PhantomData;

use streams_macros::with_cx;

use super::joiner::{Inner, InnerWithKey, Joiner, Left, LeftWithKey};
use super::rows::Rows;
use super::settle::{Plain, Settle, Try};
use crate::codec::StreamData;
use crate::context::{Context, RecordContext};
use crate::dropped::DropReason;
use crate::error::{Failure, Flow};
use crate::handles::{Stream, Table};
use crate::node::{Node, Push, Signal};

/// Both sides of a join have the same key type; `Stream<str, _>` fits `Table<String, _>`.
#[diagnostic::on_unimplemented(
    message = "join: the stream's key is `{Self}`, the table's is `{TK}`",
    label = "keys of different types",
    note = "change the stream's key first: `.select_key(..)` (a repartition topic is then inserted)"
)]
pub trait SameKey<TK> {
    /// The operator `O`, if the keys fit.
    type Operator<O>;

    /// The operator itself.
    fn op<O>(operator: O) -> Self::Operator<O>;
}

impl<K> SameKey<K> for K {
    type Operator<O> = O;

    fn op<O>(operator: O) -> O {
        operator
    }
}

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// In `topology!` this is written `join(table, |value, row| …)`.
    ///
    /// Joins each record with the table's row of its key, as the table is when the record comes; without a row there is no result.
    ///
    /// Kafka Streams: `KStream.join(KTable)`. Changes of the table make no results. A table with a history (`.versioned(..)`) is read as it
    /// was at the record's time. Records with a null key or value are left out
    /// and counted as dropped. Time and headers are the stream record's.
    #[with_cx]
    pub fn join_table<TK, TV, V2, F, J>(&self, table: &Table<TK, TV>, f: F) -> (Stream<K, V2>, J)
    where
        K: StreamData,
        V: StreamData,
        K::Stored: SameKey<TK>,
        K::Stored: SameKey<TK, Operator<TableJoin<TV, Inner<F>, V2, Plain>> = J>,
        F: FnMut(&V::Present, &TV) -> V2,
    {
        let _ = table;
        (Stream::handle(), <K::Stored as SameKey<TK>>::op(TableJoin { f: Inner(f), node: "join", types: PhantomData }))
    }

    /// In `topology!` this is written `try_join(table, |value, row| …)`.
    ///
    /// `join_table` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_join_table<TK, TV, V2, E, F, J>(&self, table: &Table<TK, TV>, f: F) -> (Stream<K, V2>, J)
    where
        K: StreamData,
        V: StreamData,
        E: Failure,
        K::Stored: SameKey<TK>,
        K::Stored: SameKey<TK, Operator<TableJoin<TV, Inner<F>, Result<V2, E>, Try>> = J>,
        F: FnMut(&V::Present, &TV) -> Result<V2, E>,
    {
        let _ = table;
        (Stream::handle(), <K::Stored as SameKey<TK>>::op(TableJoin { f: Inner(f), node: "try_join", types: PhantomData }))
    }

    /// In `topology!` this is written `join(table, |key, value, row| …)`.
    ///
    /// `join_table` with a closure that sees the key as well: `|key, value, row|`.
    ///
    /// Kafka Streams: `KStream.join(KTable, ValueJoinerWithKey)`.
    #[with_cx]
    pub fn join_table_with_key<TK, TV, V2, F, J>(&self, table: &Table<TK, TV>, f: F) -> (Stream<K, V2>, J)
    where
        K: StreamData,
        V: StreamData,
        K::Stored: SameKey<TK>,
        K::Stored: SameKey<TK, Operator<TableJoin<TV, InnerWithKey<F>, V2, Plain>> = J>,
        F: FnMut(&K::Present, &V::Present, &TV) -> V2,
    {
        let _ = table;
        (Stream::handle(), <K::Stored as SameKey<TK>>::op(TableJoin { f: InnerWithKey(f), node: "join", types: PhantomData }))
    }

    /// In `topology!` this is written `try_join(table, |key, value, row| …)`.
    ///
    /// `join_table_with_key` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_join_table_with_key<TK, TV, V2, E, F, J>(&self, table: &Table<TK, TV>, f: F) -> (Stream<K, V2>, J)
    where
        K: StreamData,
        V: StreamData,
        E: Failure,
        K::Stored: SameKey<TK>,
        K::Stored: SameKey<TK, Operator<TableJoin<TV, InnerWithKey<F>, Result<V2, E>, Try>> = J>,
        F: FnMut(&K::Present, &V::Present, &TV) -> Result<V2, E>,
    {
        let _ = table;
        (Stream::handle(), <K::Stored as SameKey<TK>>::op(TableJoin { f: InnerWithKey(f), node: "try_join", types: PhantomData }))
    }

    /// In `topology!` this is written `left_join(table, |value, row| …)`.
    ///
    /// Joins each record with the table's row of its key, or with `None` where there is none.
    ///
    /// Kafka Streams: `KStream.leftJoin(KTable)`. Records with a null value are left out and counted as dropped; those with a null key
    /// are joined with `None`. Time and headers are the stream record's.
    #[with_cx]
    pub fn left_join_table<TK, TV, V2, F, J>(&self, table: &Table<TK, TV>, f: F) -> (Stream<K, V2>, J)
    where
        K: StreamData,
        V: StreamData,
        K::Stored: SameKey<TK>,
        K::Stored: SameKey<TK, Operator<TableLeftJoin<TV, Left<F>, V2, Plain>> = J>,
        F: FnMut(&V::Present, Option<&TV>) -> V2,
    {
        let _ = table;
        (Stream::handle(), <K::Stored as SameKey<TK>>::op(TableLeftJoin { f: Left(f), node: "left_join", types: PhantomData }))
    }

    /// In `topology!` this is written `try_left_join(table, |value, row| …)`.
    ///
    /// `left_join_table` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_left_join_table<TK, TV, V2, E, F, J>(&self, table: &Table<TK, TV>, f: F) -> (Stream<K, V2>, J)
    where
        K: StreamData,
        V: StreamData,
        E: Failure,
        K::Stored: SameKey<TK>,
        K::Stored: SameKey<TK, Operator<TableLeftJoin<TV, Left<F>, Result<V2, E>, Try>> = J>,
        F: FnMut(&V::Present, Option<&TV>) -> Result<V2, E>,
    {
        let _ = table;
        (Stream::handle(), <K::Stored as SameKey<TK>>::op(TableLeftJoin { f: Left(f), node: "try_left_join", types: PhantomData }))
    }

    /// In `topology!` this is written `left_join(table, |key, value, row| …)`.
    ///
    /// `left_join_table` with a closure that sees the key as well, which may be null: `|key, value, row|`.
    ///
    /// Kafka Streams: `KStream.leftJoin(KTable, ValueJoinerWithKey)`.
    #[with_cx]
    pub fn left_join_table_with_key<TK, TV, V2, F, J>(&self, table: &Table<TK, TV>, f: F) -> (Stream<K, V2>, J)
    where
        K: StreamData,
        V: StreamData,
        K::Stored: SameKey<TK>,
        K::Stored: SameKey<TK, Operator<TableLeftJoin<TV, LeftWithKey<F>, V2, Plain>> = J>,
        F: FnMut(&K, &V::Present, Option<&TV>) -> V2,
    {
        let _ = table;
        (Stream::handle(), <K::Stored as SameKey<TK>>::op(TableLeftJoin { f: LeftWithKey(f), node: "left_join", types: PhantomData }))
    }

    /// In `topology!` this is written `try_left_join(table, |key, value, row| …)`.
    ///
    /// `left_join_table_with_key` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_left_join_table_with_key<TK, TV, V2, E, F, J>(&self, table: &Table<TK, TV>, f: F) -> (Stream<K, V2>, J)
    where
        K: StreamData,
        V: StreamData,
        E: Failure,
        K::Stored: SameKey<TK>,
        K::Stored: SameKey<TK, Operator<TableLeftJoin<TV, LeftWithKey<F>, Result<V2, E>, Try>> = J>,
        F: FnMut(&K, &V::Present, Option<&TV>) -> Result<V2, E>,
    {
        let _ = table;
        (Stream::handle(), <K::Stored as SameKey<TK>>::op(TableLeftJoin { f: LeftWithKey(f), node: "try_left_join", types: PhantomData }))
    }
}

impl<K: StreamData + ?Sized, V: ?Sized> Stream<K, V> {
    /// The keys of both sides of a join are of one type.
    #[doc(hidden)]
    pub fn meets_rows<TK, TV>(&self, _: &Table<TK, TV>)
    where
        K::Stored: SameKey<TK>,
    {
    }
}

macro_rules! table_join {
    ($op:ident, $node:ident) => {
        /// The operator before it is attached to what follows.
        pub struct $op<TV, F, R, M> {
            f: F,
            node: &'static str,
            types: PhantomData<fn() -> (TV, R, M)>,
        }

        impl<TV, F, R, M> $op<TV, F, R, M> {
            /// Says where in the topology this is, for error messages.
            #[must_use]
            pub fn at(mut self, node: &'static str) -> Self {
                self.node = node;
                self
            }

            /// Makes the node, over the table's rows, that hands its results to `next`.
            pub fn attach<TK, G, N>(self, table: &Table<TK, TV>, rows: G, next: N) -> $node<TK, TV, F, R, M, G, N>
            where
                G: Rows<TK, TV>,
            {
                let _ = table;
                $node { table: rows, op: self, next, key: PhantomData }
            }
        }

        /// The operator at work.
        pub struct $node<TK, TV, F, R, M, G, N> {
            table: G,
            op: $op<TV, F, R, M>,
            next: N,
            key: PhantomData<fn() -> TK>,
        }

        impl<TK, TV, F, R, M, G, N: Node> Node for $node<TK, TV, F, R, M, G, N> {
            fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
                self.next.signal(signal, cx)
            }
        }
    };
}
table_join!(TableJoin, TableJoinNode);
table_join!(TableLeftJoin, TableLeftJoinNode);

impl<K, V, TK, TV, V2, F, R, M, G, N> Push<K, V> for TableJoinNode<TK, TV, F, R, M, G, N>
where
    K: StreamData<Stored = TK> + ?Sized,
    V: StreamData + ?Sized,
    G: Rows<TK, TV>,
    F: Joiner<K, V::Present, TV, R>,
    M: Settle<R, Out = V2>,
    N: Push<K, V2>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        let Some(present) = value.present() else {
            return cx.drop_record(self.op.node, DropReason::NullValue);
        };
        if key.present().is_none() {
            return cx.drop_record(self.op.node, DropReason::NullKey);
        }
        cx.scoped(F::SEES_CX, |cx| {
            let f = &mut self.op.f;
            let join = |row: Option<(&TV, i64)>, cx: &mut RecordContext| row.and_then(|(row, _)| f.call(key, Some(present), Some(row), cx));
            let Some(result) = self.table.find_as_of(key, cx.timestamp_ms, cx, join)? else { return Ok(()) };
            match M::settle(result, self.op.node, cx)? {
                Some(joined) => self.next.push(key, &joined, cx),
                None => Ok(()),
            }
        })
    }
}

impl<K, V, TK, TV, V2, F, R, M, G, N> Push<K, V> for TableLeftJoinNode<TK, TV, F, R, M, G, N>
where
    K: StreamData<Stored = TK> + ?Sized,
    V: StreamData + ?Sized,
    G: Rows<TK, TV>,
    F: Joiner<K, V::Present, TV, R>,
    M: Settle<R, Out = V2>,
    N: Push<K, V2>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        let Some(present) = value.present() else {
            return cx.drop_record(self.op.node, DropReason::NullValue);
        };
        cx.scoped(F::SEES_CX, |cx| {
            let f = &mut self.op.f;
            let join = |row: Option<(&TV, i64)>, cx: &mut RecordContext| f.call(key, Some(present), row.map(|(row, _)| row), cx);
            let Some(result) = self.table.find_as_of(key, cx.timestamp_ms, cx, join)? else { return Ok(()) };
            match M::settle(result, self.op.node, cx)? {
                Some(joined) => self.next.push(key, &joined, cx),
                None => Ok(()),
            }
        })
    }
}
