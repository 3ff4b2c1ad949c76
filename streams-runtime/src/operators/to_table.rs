//! `to_table`: a stream read as the changes of a table.

use std::marker::PhantomData;

use super::state::TableState;
use super::{InWindows, KeyFormat};
use crate::codec::{KeyData, Known, StreamData};
use crate::context::Context;
use crate::error::Flow;
use crate::handles::{Stream, Table};
use crate::node::{Node, Push, PushChange, Signal};
use crate::task::TaskBuilder;

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// Reads each record as the new value of its key; a null value deletes it.
    ///
    /// Kafka Streams: `toTable`. Records with a null key are left out and counted as dropped. A record older than the row still replaces it;
    /// with `.versioned(history)` it becomes an earlier version, or is left out and counted as dropped when it is older than the history.
    pub fn to_table<KS, VS, KC, VC, K2, V2>(&self) -> (Table<KS, VS>, ToTable<K2, V2>)
    where
        K: StreamData<Stored = KS, Codec = KC>,
        KS: KeyData,
        V: StreamData<Stored = VS, Codec = VC>,
        KC: Known<K, Is = K2>,
        VC: Known<V, Is = V2>,
        K2: ?Sized,
        V2: ?Sized,
    {
        (Table::handle(), ToTable::new())
    }
}

/// The operator before it is attached to what follows.
pub struct ToTable<K: ?Sized, V: ?Sized> {
    types: PhantomData<fn() -> (PhantomData<K>, PhantomData<V>)>,
}

impl<K: ?Sized, V: ?Sized> ToTable<K, V> {
    pub(super) fn new() -> Self {
        ToTable { types: PhantomData }
    }
}

impl<K, V> ToTable<K, V>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
{
    /// Makes the node, with the store `name`, that hands its results to `next`.
    pub fn attach<N>(self, b: &mut TaskBuilder<'_>, name: &str, next: N) -> ToTableNode<K, V, N> {
        ToTableNode { state: TableState::new(b, name), next }
    }
}

/// The operator at work; also the node behind a table source.
pub struct ToTableNode<K: StreamData + ?Sized, V: StreamData + ?Sized, N> {
    state: TableState<K::Stored, V::Stored>,
    next: N,
}

impl<K, V, N> ToTableNode<K, V, N>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
{
    /// The keys of the table are in windows.
    #[must_use]
    pub fn in_windows(mut self, b: &mut TaskBuilder<'_>, keys: InWindows) -> Self
    where
        InWindows: KeyFormat<K::Stored>,
    {
        self.state.set_key_format(b, keys.codec());
        self
    }
}

impl<K, V, N> Node for ToTableNode<K, V, N>
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

impl<K, V, N> Push<K, V> for ToTableNode<K, V, N>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
    N: PushChange<K::Stored, V::Stored>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        let Some(slot) = self.state.load(key, cx)? else { return Ok(()) };
        self.state.replace(slot, cx);
        self.state.set(slot, cx.timestamp_ms, value.to_stored(), &mut self.next, cx)
    }
}
