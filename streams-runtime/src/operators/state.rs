//! What count, reduce, aggregate, `to_table` and table sources share: a store that they write, and its changes going downstream.

use super::versions::{LastVersion, put_version};
use crate::codec::{Codec, StreamData};
use crate::context::Context;
use crate::dropped::DropReason;
use crate::error::{ErrorKind, Flow, TaskError};
use crate::node::{PushChange, Signal};
use crate::stores::handle::sealed::Place as _;
use crate::stores::{KeyValue, KeyValueStore, Versioned};
use crate::task::TaskBuilder;

/// The store of a table.
pub(crate) enum TableStore<K, V> {
    /// The latest value of each key. Changes wait in its cache.
    Latest(KeyValue<K, V>),
    /// The history of each key. Changes are handed on at once.
    Versions(Versioned<K, V>),
}

impl<K, V> Clone for TableStore<K, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V> Copy for TableStore<K, V> {}

/// A table's store with what is needed to hand its changes on.
pub(crate) struct TableState<K: StreamData, V> {
    store: TableStore<K, V>,
    name: String,
    codec: K::Codec,
    key_bytes: Vec<u8>,
    slot: <K::Codec as Codec<K>>::Slot,
    last: LastVersion<V>,
    /// The row before a change that may be refused, where the task may go on without it.
    before: Option<V>,
}

impl<K, V> TableState<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    pub(crate) fn new(b: &mut TaskBuilder<'_>, name: &str) -> Self {
        let (store, with_old) = b.owned_table(name);
        TableState {
            store,
            name: name.to_owned(),
            codec: Default::default(),
            key_bytes: Vec::new(),
            slot: Default::default(),
            last: LastVersion::new(with_old),
            before: None,
        }
    }

    /// Leaves a record out.
    #[inline]
    pub(crate) fn drop_record(&self, reason: DropReason, cx: &mut Context) -> Flow {
        cx.drop_record(&self.name, reason)
    }

    /// Keys have this format. Their bytes are those of the type's own; it knows more.
    pub(crate) fn set_key_format(&mut self, b: &mut TaskBuilder<'_>, codec: K::Codec) {
        if let TableStore::Latest(store) = self.store {
            b.set_key_format(store, &self.name, codec.clone());
        }
        self.codec = codec;
    }

    /// The place of a key in the store; `None` (counted as dropped) if the key is null.
    #[inline]
    pub(crate) fn load<Q>(&self, key: &Q, cx: &mut Context) -> Result<Option<usize>, Box<TaskError>>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let place = match self.store {
            TableStore::Latest(store) => cx.stores.get(store).load(key),
            TableStore::Versions(store) => cx.stores.get(store).load(key),
        };
        match place {
            Ok(Some(slot)) => Ok(Some(slot)),
            Ok(None) => {
                self.drop_record(DropReason::NullKey, cx)?;
                Ok(None)
            }
            Err(e) => cx.store_refused(&self.name, e).map(|()| None),
        }
    }

    /// Takes the value of a row out, to be changed; [`set`](Self::set) or [`put_back`](Self::put_back) must follow. A versioned store
    /// keeps it, so that it is a copy.
    #[inline]
    pub(crate) fn take(&mut self, slot: usize, cx: &mut Context) -> Option<V> {
        match self.store {
            TableStore::Latest(store) => {
                let value = cx.stores.get(store).take(slot);
                if V::Codec::REFUSES && cx.may_go_on() {
                    self.before = value.clone();
                }
                value
            }
            TableStore::Versions(store) => {
                self.last.forget();
                cx.stores.get(store).row(slot).map(|(value, _)| value.clone())
            }
        }
    }

    /// [`take`](Self::take) where the value is not asked for.
    #[inline]
    pub(crate) fn replace(&mut self, slot: usize, cx: &mut Context) {
        match self.store {
            TableStore::Latest(store) => {
                let value = cx.stores.get(store).take(slot);
                if V::Codec::REFUSES {
                    self.before = value;
                }
            }
            TableStore::Versions(_) => self.last.forget(),
        }
    }

    /// What a new row of an aggregation is said to have been before, where something downstream asks.
    #[inline]
    pub(crate) fn assume_old(&mut self, slot: usize, initial: impl FnOnce() -> V, cx: &mut Context) {
        match self.store {
            TableStore::Latest(store) => cx.stores.get(store).assume_old(slot, initial),
            TableStore::Versions(_) => self.last.assume(initial),
        }
    }

    pub(crate) fn put_back(&mut self, slot: usize, value: Option<V>, cx: &mut Context) {
        match self.store {
            TableStore::Latest(store) => cx.stores.get(store).put_back(slot, value),
            TableStore::Versions(_) => self.last.forget(),
        }
    }

    /// Stores an aggregate: its time is the later one of the record's and the row's.
    #[inline]
    pub(crate) fn set_aggregate<N>(&mut self, slot: usize, had_value: bool, value: Option<V>, next: &mut N, cx: &mut Context) -> Flow
    where
        N: PushChange<K, V>,
    {
        let before_ms = match self.store {
            _ if !had_value => i64::MIN,
            TableStore::Latest(store) => cx.stores.get(store).row_timestamp_ms(slot),
            TableStore::Versions(store) => cx.stores.get(store).row(slot).map_or(i64::MIN, |(_, latest_ms)| latest_ms),
        };
        let timestamp_ms = cx.timestamp_ms.max(before_ms);
        self.set(slot, timestamp_ms, value, next, cx)
    }

    /// Stores what a fold of the row that was taken out has made. Without a result the row stays as
    /// it was: `backup` is its copy, of a fold that may fail.
    #[inline]
    pub(crate) fn set_folded<N>(
        &mut self,
        slot: usize,
        (had_value, backup): (bool, Option<V>),
        folded: Result<Option<Option<V>>, Box<TaskError>>,
        next: &mut N,
        cx: &mut Context,
    ) -> Flow
    where
        N: PushChange<K, V>,
    {
        match folded {
            Ok(Some(value)) => self.set_aggregate(slot, had_value, value, next, cx),
            left_out_or_error => {
                self.put_back(slot, backup, cx);
                left_out_or_error.map(|_| ())
            }
        }
    }

    /// Stores a value with this time; hands changes on if the cache is full.
    #[inline]
    pub(crate) fn set<N>(&mut self, slot: usize, timestamp_ms: i64, value: Option<V>, next: &mut N, cx: &mut Context) -> Flow
    where
        N: PushChange<K, V>,
    {
        let store = match self.store {
            TableStore::Latest(store) => store,
            TableStore::Versions(store) => return self.set_version(store, timestamp_ms, value, next, cx),
        };
        let Context { stores, record, .. } = cx;
        let store = stores.get(store);
        if V::Codec::REFUSES {
            let before = self.before.take();
            if let Err(error) = store.check(value.as_ref()) {
                store.put_back(slot, before);
                return cx.store_refused(&self.name, error);
            }
        }
        let there = store.set_live(slot, timestamp_ms, record.stream_time_ms, &record.headers, value);
        store.set_cause(slot, &record.cause);
        // The row of a table whose changelog is its source topic has the bytes of the record at hand.
        if there
            && store.keeps_bytes()
            && let Some(bytes) = record.cause.raw.as_ref().and_then(|raw| raw.value.as_deref())
        {
            store.set_bytes(slot, &[bytes]);
        }
        if store.is_full() { self.flush(next, cx) } else { Ok(()) }
    }

    /// Puts a version of the key that was loaded, and hands the change on unless it is too old.
    #[inline]
    fn set_version<N>(&mut self, store: Versioned<K, V>, timestamp_ms: i64, value: Option<V>, next: &mut N, cx: &mut Context) -> Flow
    where
        N: PushChange<K, V>,
    {
        self.key_bytes.clear();
        self.key_bytes.extend_from_slice(cx.stores.get(store).located());
        let key = self.codec.decode(Some(&self.key_bytes), &mut self.slot).map_err(|e| cx.error(ErrorKind::Store, &self.name, e.into()))?;
        put_version(store, &self.name, &mut self.last, (key, value, timestamp_ms), next, cx)
    }

    /// Hands cached changes on where a signal asks for it.
    pub(crate) fn signal<N>(&mut self, signal: &Signal, next: &mut N, cx: &mut Context) -> Flow
    where
        N: PushChange<K, V>,
    {
        match (signal, self.store) {
            (Signal::Flush, _) => self.flush(next, cx),
            (Signal::Expired(expired), TableStore::Latest(store)) if store.place() == *expired => self.flush(next, cx),
            _ => Ok(()),
        }
    }

    /// Hands all cached changes on, each with its own time, headers and origin.
    pub(crate) fn flush<N>(&mut self, next: &mut N, cx: &mut Context) -> Flow
    where
        N: PushChange<K, V>,
    {
        let TableStore::Latest(store) = self.store else { return Ok(()) };
        let mut record = cx.put_aside();
        let result = self.flush_all(store, next, cx);
        cx.exchange(&mut record);
        result
    }

    fn flush_all<N>(&mut self, store: KeyValue<K, V>, next: &mut N, cx: &mut Context) -> Flow
    where
        N: PushChange<K, V>,
    {
        loop {
            let Context { stores, out, .. } = &mut *cx;
            let store: &mut KeyValueStore<K, V> = stores.get(store);
            let change = store.next_change(&mut self.key_bytes, out);
            let Some(change) = change.map_err(|e| cx.store_error(&self.name, e))? else { return Ok(()) };
            cx.hand_over_if_large().map_err(|e| cx.produce_error(&self.name, e))?;
            (cx.timestamp_ms, cx.headers, cx.cause) = (change.timestamp_ms, change.headers, change.cause);
            let key =
                self.codec.decode(Some(&self.key_bytes), &mut self.slot).map_err(|e| cx.error(ErrorKind::Store, &self.name, e.into()))?;
            next.change(key, change.new.as_ref(), change.old.as_ref(), cx)?;
        }
    }
}
