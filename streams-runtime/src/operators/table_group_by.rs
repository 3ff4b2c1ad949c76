//! `group_by` of a table: each row becomes a part of a group, and leaves it when it changes.

use std::marker::PhantomData;

use streams_macros::with_cx;

use super::call::Call;
use super::settle::{Plain, Settle, Try};
use crate::codec::{Changed, Codec, CodecError, Encoded, StreamData};
use crate::context::Context;
use crate::error::{ErrorKind, Failure, Flow};
use crate::handles::{Stream, Table};
use crate::node::{Node, Push, PushChange, Signal};

impl<K, V> Table<K, V> {
    /// Groups the rows by a new key, with a new value for the group; always goes through a repartition topic, named after the state
    /// that follows.
    ///
    /// Kafka Streams: `KTable.groupBy`. A change of a row takes the old value out of its group and adds the new one to its own: in one
    /// message where the group stays, otherwise the old group's first. Rows whose group key is null are in no group; they are not counted as dropped.
    /// Of a table with a history a change older than the latest of its key is left out, without being counted.
    #[with_cx]
    pub fn group_by<K2, V2, F>(&self, f: F) -> (Stream<K2, Changed<V2>>, TableGroupBy<F, (K2, V2), Plain>)
    where
        F: FnMut(&K, &V) -> (K2, V2),
    {
        (Stream::handle(), TableGroupBy { f, node: "group_by", latest_only: false, types: PhantomData })
    }

    /// `group_by` with a closure that may fail: an `Err` goes to the process handler of the application, and the row is in no group.
    #[with_cx]
    pub fn try_group_by<K2, V2, F, E>(&self, f: F) -> (Stream<K2, Changed<V2>>, TableGroupBy<F, Result<(K2, V2), E>, Try>)
    where
        E: Failure,
        F: FnMut(&K, &V) -> Result<(K2, V2), E>,
    {
        (Stream::handle(), TableGroupBy { f, node: "try_group_by", latest_only: false, types: PhantomData })
    }
}

/// The operator before it is attached to what follows.
pub struct TableGroupBy<F, R, M> {
    f: F,
    node: &'static str,
    latest_only: bool,
    types: PhantomData<fn() -> (R, M)>,
}

impl<F, R, M> TableGroupBy<F, R, M> {
    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.node = node;
        self
    }

    /// The table has a history: a change older than the latest of its key is left out.
    #[must_use]
    pub fn latest_only(mut self) -> Self {
        self.latest_only = true;
        self
    }

    /// Makes the node that hands its results to `next`.
    pub fn attach<N>(self, next: N) -> TableGroupByNode<F, R, M, N> {
        TableGroupByNode { op: self, next }
    }
}

/// The operator at work.
pub struct TableGroupByNode<F, R, M, N> {
    op: TableGroupBy<F, R, M>,
    next: N,
}

impl<F, R, M, N: Node> Node for TableGroupByNode<F, R, M, N> {
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.next.signal(signal, cx)
    }
}

impl<K, V, K2, V2, F, R, M, N> PushChange<K, V> for TableGroupByNode<F, R, M, N>
where
    K2: StreamData,
    F: for<'a> Call<(&'a K, &'a V), R>,
    M: Settle<R, Out = (K2, V2)>,
    N: Push<K2, Changed<V2>>,
{
    fn change(&mut self, key: &K, new: Option<&V>, old: Option<&V>, cx: &mut Context) -> Flow {
        cx.scoped(F::SEES_CX, |cx| self.regroup(key, new, old, cx))
    }
}

impl<F, R, M, N> TableGroupByNode<F, R, M, N> {
    fn regroup<K, V, K2, V2>(&mut self, key: &K, new: Option<&V>, old: Option<&V>, cx: &mut Context) -> Flow
    where
        K2: StreamData,
        F: for<'a> Call<(&'a K, &'a V), R>,
        M: Settle<R, Out = (K2, V2)>,
        N: Push<K2, Changed<V2>>,
    {
        if self.op.latest_only && !cx.is_latest {
            return Ok(());
        }
        let new = match new {
            Some(new) => M::settle(self.op.f.call((key, new), &mut cx.record), self.op.node, cx)?,
            None => None,
        };
        let old = old.and_then(|old| M::settle_again(self.op.f.call_aside((key, old), &mut cx.record)));
        let (new, old) = match (new, old) {
            (Some((new_key, new)), Some((old_key, old))) => {
                if same_bytes(&new_key, &old_key, cx).map_err(|e| cx.error(ErrorKind::Process, self.op.node, e.into()))? {
                    if new_key.present().is_none() {
                        return Ok(());
                    }
                    return self.next.push(&new_key, &Changed { new: Some(new), old: Some(old) }, cx);
                }
                (Some((new_key, new)), Some((old_key, old)))
            }
            pairs => pairs,
        };
        for (pair, is_new) in [(old, false), (new, true)] {
            let Some((key, value)) = pair.filter(|(key, _)| key.present().is_some()) else { continue };
            let change = if is_new { Changed { new: Some(value), old: None } } else { Changed { new: None, old: Some(value) } };
            self.next.push(&key, &change, cx)?;
        }
        Ok(())
    }
}

/// Whether two keys are one, as Kafka sees keys.
fn same_bytes<K: StreamData>(a: &K, b: &K, cx: &mut Context) -> Result<bool, CodecError> {
    let codec = K::Codec::default();
    let (mut a_bytes, mut b_bytes) = cx.take_scratch();
    let encoded = codec.encode(a, &mut a_bytes).and_then(|a| Ok((a, codec.encode(b, &mut b_bytes)?)));
    let same = encoded.map(|(a, b)| a == b && (a == Encoded::Null || a_bytes == b_bytes));
    cx.put_scratch((a_bytes, b_bytes));
    same
}
