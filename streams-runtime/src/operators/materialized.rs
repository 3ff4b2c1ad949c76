//! The store of a table that an operator on tables makes, where the topology gives it a name.

use super::state::TableState;
use super::{InWindows, KeyFormat};
use crate::codec::StreamData;
use crate::context::Context;
use crate::error::Flow;
use crate::handles::Table;
use crate::node::{Node, PushChange, Signal};
use crate::task::TaskBuilder;

/// Keeps the rows of a table and hands its changes on.
///
/// Kafka Streams: `Materialized.as(name)`. The value before a change is that of this store.
pub struct Materialized<K: StreamData, V, N> {
    state: TableState<K, V>,
    skips_absent: bool,
    next: N,
}

impl<K, V, N> Materialized<K, V, N>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
    N: PushChange<K, V>,
{
    /// Makes the node, with the store `name`, that hands its results to `next`.
    pub fn new(b: &mut TaskBuilder<'_>, table: &Table<K, V>, name: &str, next: N) -> Self {
        let _ = table;
        Materialized { state: TableState::new(b, name), skips_absent: false, next }
    }

    /// The keys of the table are in windows.
    #[must_use]
    pub fn in_windows(mut self, b: &mut TaskBuilder<'_>, keys: InWindows) -> Self
    where
        InWindows: KeyFormat<K>,
    {
        self.state.set_key_format(b, keys.codec());
        self
    }

    /// Says nothing about the deletion of a key that has no row, as a filter does.
    #[must_use]
    pub fn skip_absent(mut self) -> Self {
        self.skips_absent = true;
        self
    }
}

impl<K, V, N> Node for Materialized<K, V, N>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
    N: PushChange<K, V>,
{
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.state.signal(signal, &mut self.next, cx)?;
        self.next.signal(signal, cx)
    }
}

impl<K, V, N> PushChange<K, V> for Materialized<K, V, N>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
    N: PushChange<K, V>,
{
    #[inline]
    fn change(&mut self, key: &K, new: Option<&V>, _: Option<&V>, cx: &mut Context) -> Flow {
        let Some(slot) = self.state.load(key, cx)? else { return Ok(()) };
        let before = self.state.take(slot, cx);
        if self.skips_absent && new.is_none() && before.is_none() {
            self.state.put_back(slot, before, cx);
            return Ok(());
        }
        self.state.set(slot, cx.timestamp_ms, new.cloned(), &mut self.next, cx)
    }
}
