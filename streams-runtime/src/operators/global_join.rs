//! `join` and `left_join` of a stream with a global table: each record meets the row of a key made from it.

use std::marker::PhantomData;
use std::sync::Arc;

use streams_macros::with_cx;

use super::call::Call;
use super::global_joiner::{GlobalJoiner, InnerWithKeys, LeftWithKeys};
use super::joiner::{Inner, InnerWithAnyKey, Left, LeftWithKey};
use super::settle::{Plain, Settle, Try};
use super::table_join::SameKey;
use crate::codec::StreamData;
use crate::context::Context;
use crate::dropped::DropReason;
use crate::error::{Failure, Flow};
use crate::handles::{GlobalTable, Stream};
use crate::node::{Node, Push, Signal};
use crate::stores::GlobalStore;
use crate::task::TaskBuilder;

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// In `topology!` this is written `join(global_table, |key, value| …, |value, row| …)`.
    ///
    /// Joins each record with the global table's row of the key that `key_of` makes from it; without a row there is no result.
    ///
    /// Kafka Streams: `KStream.join(GlobalKTable)`. Nothing is repartitioned. Records with a null value or a null mapped key are left
    /// out and counted as dropped. Time and headers are the stream record's; the table is read as it is, whatever its records' times.
    #[with_cx]
    pub fn join_global<GK, GV, MK, V2, G, F, J>(&self, table: &GlobalTable<GK, GV>, key_of: G, f: F) -> (Stream<K, V2>, J)
    where
        V: StreamData,
        G: FnMut(&K, &V::Present) -> MK,
        MK: StreamData,
        MK::Stored: SameKey<GK>,
        MK::Stored: SameKey<GK, Operator<GlobalJoin<GV, MK, G, Inner<F>, V2, Plain>> = J>,
        F: FnMut(&V::Present, &GV) -> V2,
    {
        let _ = table;
        (Stream::handle(), <MK::Stored as SameKey<GK>>::op(GlobalJoin { key_of, f: Inner(f), node: "join", types: PhantomData }))
    }

    /// In `topology!` this is written `try_join(global_table, |key, value| …, |value, row| …)`.
    ///
    /// `join_global` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_join_global<GK, GV, MK, V2, E, G, F, J>(&self, table: &GlobalTable<GK, GV>, key_of: G, f: F) -> (Stream<K, V2>, J)
    where
        V: StreamData,
        E: Failure,
        G: FnMut(&K, &V::Present) -> MK,
        MK: StreamData,
        MK::Stored: SameKey<GK>,
        MK::Stored: SameKey<GK, Operator<GlobalJoin<GV, MK, G, Inner<F>, Result<V2, E>, Try>> = J>,
        F: FnMut(&V::Present, &GV) -> Result<V2, E>,
    {
        let _ = table;
        (Stream::handle(), <MK::Stored as SameKey<GK>>::op(GlobalJoin { key_of, f: Inner(f), node: "try_join", types: PhantomData }))
    }

    /// In `topology!` this is written `join(global_table, |key, value| …, |key, value, row| …)`.
    ///
    /// `join_global` with a closure that sees the stream's key as well, which may be null: `|key, value, row|`.
    ///
    /// Kafka Streams: `KStream.join(GlobalKTable, …, ValueJoinerWithKey)`.
    #[with_cx]
    pub fn join_global_with_key<GK, GV, MK, V2, G, F, J>(&self, table: &GlobalTable<GK, GV>, key_of: G, f: F) -> (Stream<K, V2>, J)
    where
        V: StreamData,
        G: FnMut(&K, &V::Present) -> MK,
        MK: StreamData,
        MK::Stored: SameKey<GK>,
        MK::Stored: SameKey<GK, Operator<GlobalJoin<GV, MK, G, InnerWithAnyKey<F>, V2, Plain>> = J>,
        F: FnMut(&K, &V::Present, &GV) -> V2,
    {
        let _ = table;
        (Stream::handle(), <MK::Stored as SameKey<GK>>::op(GlobalJoin { key_of, f: InnerWithAnyKey(f), node: "join", types: PhantomData }))
    }

    /// In `topology!` this is written `try_join(global_table, |key, value| …, |key, value, row| …)`.
    ///
    /// `join_global_with_key` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_join_global_with_key<GK, GV, MK, V2, E, G, F, J>(&self, table: &GlobalTable<GK, GV>, key_of: G, f: F) -> (Stream<K, V2>, J)
    where
        V: StreamData,
        E: Failure,
        G: FnMut(&K, &V::Present) -> MK,
        MK: StreamData,
        MK::Stored: SameKey<GK>,
        MK::Stored: SameKey<GK, Operator<GlobalJoin<GV, MK, G, InnerWithAnyKey<F>, Result<V2, E>, Try>> = J>,
        F: FnMut(&K, &V::Present, &GV) -> Result<V2, E>,
    {
        let _ = table;
        (
            Stream::handle(),
            <MK::Stored as SameKey<GK>>::op(GlobalJoin { key_of, f: InnerWithAnyKey(f), node: "try_join", types: PhantomData }),
        )
    }

    /// In `topology!` this is written `left_join(global_table, |key, value| …, |value, row| …)`.
    ///
    /// Joins each record with the global table's row of the key that `key_of` makes from it, or with `None` where there is none.
    ///
    /// Kafka Streams: `KStream.leftJoin(GlobalKTable)`. Records with a null value are left out and counted as dropped; a null mapped
    /// key is joined with `None`.
    #[with_cx]
    pub fn left_join_global<GK, GV, MK, V2, G, F, J>(&self, table: &GlobalTable<GK, GV>, key_of: G, f: F) -> (Stream<K, V2>, J)
    where
        V: StreamData,
        G: FnMut(&K, &V::Present) -> MK,
        MK: StreamData,
        MK::Stored: SameKey<GK>,
        MK::Stored: SameKey<GK, Operator<GlobalLeftJoin<GV, MK, G, Left<F>, V2, Plain>> = J>,
        F: FnMut(&V::Present, Option<&GV>) -> V2,
    {
        let _ = table;
        (Stream::handle(), <MK::Stored as SameKey<GK>>::op(GlobalLeftJoin { key_of, f: Left(f), node: "left_join", types: PhantomData }))
    }

    /// In `topology!` this is written `try_left_join(global_table, |key, value| …, |value, row| …)`.
    ///
    /// `left_join_global` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_left_join_global<GK, GV, MK, V2, E, G, F, J>(&self, table: &GlobalTable<GK, GV>, key_of: G, f: F) -> (Stream<K, V2>, J)
    where
        V: StreamData,
        E: Failure,
        G: FnMut(&K, &V::Present) -> MK,
        MK: StreamData,
        MK::Stored: SameKey<GK>,
        MK::Stored: SameKey<GK, Operator<GlobalLeftJoin<GV, MK, G, Left<F>, Result<V2, E>, Try>> = J>,
        F: FnMut(&V::Present, Option<&GV>) -> Result<V2, E>,
    {
        let _ = table;
        (
            Stream::handle(),
            <MK::Stored as SameKey<GK>>::op(GlobalLeftJoin { key_of, f: Left(f), node: "try_left_join", types: PhantomData }),
        )
    }

    /// In `topology!` this is written `left_join(global_table, |key, value| …, |key, value, row| …)`.
    ///
    /// `left_join_global` with a closure that sees the stream's key as well, which may be null: `|key, value, row|`.
    ///
    /// Kafka Streams: `KStream.leftJoin(GlobalKTable, …, ValueJoinerWithKey)`.
    #[with_cx]
    pub fn left_join_global_with_key<GK, GV, MK, V2, G, F, J>(&self, table: &GlobalTable<GK, GV>, key_of: G, f: F) -> (Stream<K, V2>, J)
    where
        V: StreamData,
        G: FnMut(&K, &V::Present) -> MK,
        MK: StreamData,
        MK::Stored: SameKey<GK>,
        MK::Stored: SameKey<GK, Operator<GlobalLeftJoin<GV, MK, G, LeftWithKey<F>, V2, Plain>> = J>,
        F: FnMut(&K, &V::Present, Option<&GV>) -> V2,
    {
        let _ = table;
        (
            Stream::handle(),
            <MK::Stored as SameKey<GK>>::op(GlobalLeftJoin { key_of, f: LeftWithKey(f), node: "left_join", types: PhantomData }),
        )
    }

    /// In `topology!` this is written `try_left_join(global_table, |key, value| …, |key, value, row| …)`.
    ///
    /// `left_join_global_with_key` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_left_join_global_with_key<GK, GV, MK, V2, E, G, F, J>(
        &self,
        table: &GlobalTable<GK, GV>,
        key_of: G,
        f: F,
    ) -> (Stream<K, V2>, J)
    where
        V: StreamData,
        E: Failure,
        G: FnMut(&K, &V::Present) -> MK,
        MK: StreamData,
        MK::Stored: SameKey<GK>,
        MK::Stored: SameKey<GK, Operator<GlobalLeftJoin<GV, MK, G, LeftWithKey<F>, Result<V2, E>, Try>> = J>,
        F: FnMut(&K, &V::Present, Option<&GV>) -> Result<V2, E>,
    {
        let _ = table;
        (
            Stream::handle(),
            <MK::Stored as SameKey<GK>>::op(GlobalLeftJoin { key_of, f: LeftWithKey(f), node: "try_left_join", types: PhantomData }),
        )
    }

    /// In `topology!` this is written
    /// `join(global_table, |key, value| …, |key, table_key, value, row| …)`.
    ///
    /// `join_global` with a closure that sees both keys: that of the stream, which may be null, and
    /// that of the row, which `key_of` made: `|key, table_key, value, row|`.
    ///
    /// Kafka Streams: `KStream.join(GlobalKTable)` with a joiner that takes the mapped key too
    /// (KIP-1340).
    #[with_cx]
    pub fn join_global_with_keys<GK, GV, MK, V2, G, F, J>(&self, table: &GlobalTable<GK, GV>, key_of: G, f: F) -> (Stream<K, V2>, J)
    where
        V: StreamData,
        G: FnMut(&K, &V::Present) -> MK,
        MK: StreamData,
        MK::Stored: SameKey<GK>,
        MK::Stored: SameKey<GK, Operator<GlobalJoin<GV, MK, G, InnerWithKeys<F>, V2, Plain>> = J>,
        F: FnMut(&K, &MK::Present, &V::Present, &GV) -> V2,
    {
        let _ = table;
        (Stream::handle(), <MK::Stored as SameKey<GK>>::op(GlobalJoin { key_of, f: InnerWithKeys(f), node: "join", types: PhantomData }))
    }

    /// In `topology!` this is written
    /// `try_join(global_table, |key, value| …, |key, table_key, value, row| …)`.
    ///
    /// `join_global_with_keys` with a closure that may fail: an `Err` goes to the process handler
    /// of the application.
    #[with_cx]
    pub fn try_join_global_with_keys<GK, GV, MK, V2, E, G, F, J>(&self, table: &GlobalTable<GK, GV>, key_of: G, f: F) -> (Stream<K, V2>, J)
    where
        V: StreamData,
        E: Failure,
        G: FnMut(&K, &V::Present) -> MK,
        MK: StreamData,
        MK::Stored: SameKey<GK>,
        MK::Stored: SameKey<GK, Operator<GlobalJoin<GV, MK, G, InnerWithKeys<F>, Result<V2, E>, Try>> = J>,
        F: FnMut(&K, &MK::Present, &V::Present, &GV) -> Result<V2, E>,
    {
        let _ = table;
        (
            Stream::handle(),
            <MK::Stored as SameKey<GK>>::op(GlobalJoin { key_of, f: InnerWithKeys(f), node: "try_join", types: PhantomData }),
        )
    }

    /// In `topology!` this is written
    /// `left_join(global_table, |key, value| …, |key, table_key, value, row| …)`.
    ///
    /// `left_join_global` with a closure that sees both keys: that of the stream, and that which
    /// `key_of` made. Both may be null: `|key, table_key, value, row|`.
    ///
    /// Kafka Streams: `KStream.leftJoin(GlobalKTable)` with a joiner that takes the mapped key too
    /// (KIP-1340).
    #[with_cx]
    pub fn left_join_global_with_keys<GK, GV, MK, V2, G, F, J>(&self, table: &GlobalTable<GK, GV>, key_of: G, f: F) -> (Stream<K, V2>, J)
    where
        V: StreamData,
        G: FnMut(&K, &V::Present) -> MK,
        MK: StreamData,
        MK::Stored: SameKey<GK>,
        MK::Stored: SameKey<GK, Operator<GlobalLeftJoin<GV, MK, G, LeftWithKeys<F>, V2, Plain>> = J>,
        F: FnMut(&K, &MK, &V::Present, Option<&GV>) -> V2,
    {
        let _ = table;
        (
            Stream::handle(),
            <MK::Stored as SameKey<GK>>::op(GlobalLeftJoin { key_of, f: LeftWithKeys(f), node: "left_join", types: PhantomData }),
        )
    }

    /// In `topology!` this is written
    /// `try_left_join(global_table, |key, value| …, |key, table_key, value, row| …)`.
    ///
    /// `left_join_global_with_keys` with a closure that may fail: an `Err` goes to the process
    /// handler of the application.
    #[with_cx]
    pub fn try_left_join_global_with_keys<GK, GV, MK, V2, E, G, F, J>(
        &self,
        table: &GlobalTable<GK, GV>,
        key_of: G,
        f: F,
    ) -> (Stream<K, V2>, J)
    where
        V: StreamData,
        E: Failure,
        G: FnMut(&K, &V::Present) -> MK,
        MK: StreamData,
        MK::Stored: SameKey<GK>,
        MK::Stored: SameKey<GK, Operator<GlobalLeftJoin<GV, MK, G, LeftWithKeys<F>, Result<V2, E>, Try>> = J>,
        F: FnMut(&K, &MK, &V::Present, Option<&GV>) -> Result<V2, E>,
    {
        let _ = table;
        (
            Stream::handle(),
            <MK::Stored as SameKey<GK>>::op(GlobalLeftJoin { key_of, f: LeftWithKeys(f), node: "try_left_join", types: PhantomData }),
        )
    }
}

macro_rules! global_join {
    ($op:ident, $node:ident) => {
        /// The operator before it is attached to what follows.
        pub struct $op<GV, MK, G, F, R, M> {
            key_of: G,
            f: F,
            node: &'static str,
            types: PhantomData<fn() -> (GV, MK, R, M)>,
        }

        impl<GV, MK, G, F, R, M> $op<GV, MK, G, F, R, M> {
            /// Says where in the topology this is, for error messages.
            #[must_use]
            pub fn at(mut self, node: &'static str) -> Self {
                self.node = node;
                self
            }

            /// Makes the node, over the global table `name`, that hands its results to `next`.
            pub fn attach<GK, N>(
                self,
                b: &mut TaskBuilder<'_>,
                table: &GlobalTable<GK, GV>,
                name: &str,
                next: N,
            ) -> $node<GK, GV, MK, G, F, R, M, N>
            where
                GK: StreamData<Stored = GK> + 'static,
                GV: StreamData<Stored = GV> + Clone + Send + Sync + 'static,
            {
                let _ = table;
                $node { table: b.global(name), op: self, scratch: Vec::new(), next }
            }
        }

        /// The operator at work.
        pub struct $node<GK, GV: StreamData, MK, G, F, R, M, N> {
            table: Arc<GlobalStore<GK, GV>>,
            op: $op<GV, MK, G, F, R, M>,
            scratch: Vec<u8>,
            next: N,
        }

        impl<GK, GV: StreamData, MK, G, F, R, M, N: Node> Node for $node<GK, GV, MK, G, F, R, M, N> {
            fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
                self.next.signal(signal, cx)
            }
        }
    };
}
global_join!(GlobalJoin, GlobalJoinNode);
global_join!(GlobalLeftJoin, GlobalLeftJoinNode);

impl<K, V, GK, GV, MK, V2, G, F, R, M, N> Push<K, V> for GlobalJoinNode<GK, GV, MK, G, F, R, M, N>
where
    K: ?Sized,
    V: StreamData + ?Sized,
    GK: StreamData<Stored = GK> + 'static,
    GV: StreamData<Stored = GV> + Clone + Send + Sync + 'static,
    MK: StreamData<Stored = GK>,
    G: for<'a> Call<(&'a K, &'a V::Present), MK>,
    F: GlobalJoiner<K, MK, V::Present, GV, R>,
    M: Settle<R, Out = V2>,
    N: Push<K, V2>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        let Some(present) = value.present() else {
            return cx.drop_record(self.op.node, DropReason::NullValue);
        };
        let mapped = self.op.key_of.call_aside((key, present), &mut cx.record);
        if mapped.present().is_none() {
            return cx.drop_record(self.op.node, DropReason::NullForeignKey);
        }
        cx.scoped(F::SEES_CX, |cx| {
            let (f, record) = (&mut self.op.f, &mut cx.record);
            let join = |row: Option<&GV>| row.and_then(|row| f.call((key, &mapped), present, Some(row), record));
            let found = self.table.with(&mapped, &mut self.scratch, join);
            let Some(result) = found.map_err(|e| cx.store_error(self.op.node, e))? else { return Ok(()) };
            match M::settle(result, self.op.node, cx)? {
                Some(joined) => self.next.push(key, &joined, cx),
                None => Ok(()),
            }
        })
    }
}

impl<K, V, GK, GV, MK, V2, G, F, R, M, N> Push<K, V> for GlobalLeftJoinNode<GK, GV, MK, G, F, R, M, N>
where
    K: ?Sized,
    V: StreamData + ?Sized,
    GK: StreamData<Stored = GK> + 'static,
    GV: StreamData<Stored = GV> + Clone + Send + Sync + 'static,
    MK: StreamData<Stored = GK>,
    G: for<'a> Call<(&'a K, &'a V::Present), MK>,
    F: GlobalJoiner<K, MK, V::Present, GV, R>,
    M: Settle<R, Out = V2>,
    N: Push<K, V2>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        let Some(present) = value.present() else {
            return cx.drop_record(self.op.node, DropReason::NullValue);
        };
        let mapped = self.op.key_of.call_aside((key, present), &mut cx.record);
        cx.scoped(F::SEES_CX, |cx| {
            let (f, record) = (&mut self.op.f, &mut cx.record);
            let found = self.table.with(&mapped, &mut self.scratch, |row| f.call((key, &mapped), present, row, record));
            let Some(result) = found.map_err(|e| cx.store_error(self.op.node, e))? else { return Ok(()) };
            match M::settle(result, self.op.node, cx)? {
                Some(joined) => self.next.push(key, &joined, cx),
                None => Ok(()),
            }
        })
    }
}
