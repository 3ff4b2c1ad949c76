//! What count, reduce, aggregate, `to_table` and table sources share: a store that they write, and its changes going downstream.

use crate::codec::{Codec, StreamData};
use crate::context::Context;
use crate::error::{ErrorKind, Flow, TaskError};
use crate::node::PushChange;
use crate::stores::{KeyValue, KeyValueStore};
use crate::task::TaskBuilder;

/// A table's store with what is needed to hand its changes on.
pub(crate) struct TableState<K: StreamData, V> {
    pub(crate) store: KeyValue<K, V>,
    name: String,
    codec: K::Codec,
    key_bytes: Vec<u8>,
    slot: <K::Codec as Codec<K>>::Slot,
}

impl<K, V> TableState<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    pub(crate) fn new(b: &mut TaskBuilder<'_>, name: &str) -> Self {
        let store = b.owned_key_value(name);
        TableState { store, name: name.to_owned(), codec: Default::default(), key_bytes: Vec::new(), slot: Default::default() }
    }

    #[inline]
    fn of<'c>(&self, cx: &'c mut Context) -> &'c mut KeyValueStore<K, V> {
        cx.stores.get(self.store)
    }

    /// The place of a key in the store; `None` (counted as dropped) if the key is null.
    #[inline]
    pub(crate) fn load<Q>(&self, key: &Q, cx: &mut Context) -> Result<Option<usize>, Box<TaskError>>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        match self.of(cx).load(key) {
            Ok(Some(slot)) => Ok(Some(slot)),
            Ok(None) => {
                cx.drop_record();
                Ok(None)
            }
            Err(e) => Err(cx.store_error(&self.name, e)),
        }
    }

    #[inline]
    pub(crate) fn take(&self, slot: usize, cx: &mut Context) -> Option<V> {
        self.of(cx).take(slot)
    }

    /// What a new row of an aggregation is said to have been before, where something downstream asks.
    #[inline]
    pub(crate) fn assume_old(&self, slot: usize, initial: impl FnOnce() -> V, cx: &mut Context) {
        self.of(cx).assume_old(slot, initial);
    }

    pub(crate) fn put_back(&self, slot: usize, value: Option<V>, cx: &mut Context) {
        self.of(cx).put_back(slot, value);
    }

    /// Stores an aggregate: its time is the later one of the record's and the row's.
    #[inline]
    pub(crate) fn set_aggregate<N>(&mut self, slot: usize, had_value: bool, value: Option<V>, next: &mut N, cx: &mut Context) -> Flow
    where
        N: PushChange<K, V>,
    {
        let before_ms = if had_value { self.of(cx).row_timestamp_ms(slot) } else { i64::MIN };
        let timestamp_ms = cx.timestamp_ms.max(before_ms);
        self.set(slot, timestamp_ms, value, next, cx)
    }

    /// Stores a value with this time; hands changes on if the cache is full.
    #[inline]
    pub(crate) fn set<N>(&mut self, slot: usize, timestamp_ms: i64, value: Option<V>, next: &mut N, cx: &mut Context) -> Flow
    where
        N: PushChange<K, V>,
    {
        let Context { stores, headers, .. } = cx;
        let store = stores.get(self.store);
        store.set(slot, timestamp_ms, headers, value);
        if store.is_full() { self.flush(next, cx) } else { Ok(()) }
    }

    /// Hands all cached changes on, each with its own time and headers.
    pub(crate) fn flush<N>(&mut self, next: &mut N, cx: &mut Context) -> Flow
    where
        N: PushChange<K, V>,
    {
        let record_ms = cx.timestamp_ms;
        let headers = std::mem::take(&mut cx.headers);
        let result = self.flush_all(next, cx);
        cx.timestamp_ms = record_ms;
        cx.headers = headers;
        result
    }

    fn flush_all<N>(&mut self, next: &mut N, cx: &mut Context) -> Flow
    where
        N: PushChange<K, V>,
    {
        loop {
            let Context { stores, out, .. } = &mut *cx;
            let change = stores.get(self.store).next_change(&mut self.key_bytes, out);
            let Some(change) = change.map_err(|e| cx.store_error(&self.name, e))? else { return Ok(()) };
            cx.hand_over_if_large().map_err(|e| cx.produce_error(&self.name, e))?;
            let key =
                self.codec.decode(Some(&self.key_bytes), &mut self.slot).map_err(|e| cx.error(ErrorKind::Store, &self.name, e.into()))?;
            cx.timestamp_ms = change.timestamp_ms;
            cx.headers = change.headers;
            next.change(key, change.new.as_ref(), change.old.as_ref(), cx)?;
        }
    }
}
