//! `count`: how many records a key has.

use std::marker::PhantomData;

use super::state::TableState;
use crate::codec::StreamData;
use crate::context::Context;
use crate::dropped::DropReason;
use crate::error::Flow;
use crate::handles::{Grouped, Table};
use crate::node::{Node, Push, PushChange, Signal};
use crate::task::TaskBuilder;

impl<K: ?Sized, V: ?Sized> Grouped<K, V> {
    /// Counts the records of each key.
    ///
    /// Kafka Streams: `count`. Records with a null key or a null value are left out and counted as dropped. The result has the
    /// later one of the record's and the row's time.
    pub fn count<KS>(&self) -> (Table<KS, u64>, Count<K, V>)
    where
        K: StreamData<Stored = KS>,
        V: StreamData,
    {
        (Table::handle(), Count { types: PhantomData })
    }
}

/// The operator before it is attached to what follows.
pub struct Count<K: ?Sized, V: ?Sized> {
    types: PhantomData<fn() -> (PhantomData<K>, PhantomData<V>)>,
}

impl<K: ?Sized, V: ?Sized> Count<K, V> {
    /// Makes the node, with the store `name`, that hands its results to `next`.
    pub fn attach<N>(self, b: &mut TaskBuilder<'_>, name: &str, next: N) -> CountNode<K, V, N>
    where
        K: StreamData,
        V: StreamData,
    {
        CountNode { state: TableState::new(b, name), next, value: PhantomData }
    }
}

/// The operator at work.
pub struct CountNode<K: StreamData + ?Sized, V: ?Sized, N> {
    state: TableState<K::Stored, u64>,
    next: N,
    value: PhantomData<fn() -> PhantomData<V>>,
}

impl<K, V, N> Node for CountNode<K, V, N>
where
    K: StreamData + ?Sized,
    V: ?Sized,
    N: PushChange<K::Stored, u64>,
{
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.state.signal(signal, &mut self.next, cx)?;
        self.next.signal(signal, cx)
    }
}

impl<K, V, N> Push<K, V> for CountNode<K, V, N>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
    N: PushChange<K::Stored, u64>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        if value.present().is_none() {
            return self.state.drop_record(DropReason::NullValue, cx);
        }
        let Some(slot) = self.state.load(key, cx)? else { return Ok(()) };
        let before = self.state.take(slot, cx);
        if before.is_none() {
            self.state.assume_old(slot, || 0, cx);
        }
        self.state.set_aggregate(slot, before.is_some(), Some(before.unwrap_or(0) + 1), &mut self.next, cx)
    }
}
