//! The stores of one task, by typed handles.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use super::{Change, GlobalRows, GlobalStore, KeyValueStore, SessionStore, StoreError, VersionedStore, WindowStore};
use crate::broker::{ProduceBatch, TopicSlot};
use crate::codec::StreamData;
use crate::record::RecordRef;

/// The handle of a key-value store in its task: what a processor gets for a store it is connected to.
pub struct KeyValue<K, V> {
    place: usize,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V> Clone for KeyValue<K, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V> Copy for KeyValue<K, V> {}

impl<K, V> std::fmt::Debug for KeyValue<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyValue({})", self.place)
    }
}

/// The handle of a window store in its task.
pub struct WindowState<K, V> {
    place: usize,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V> Clone for WindowState<K, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V> Copy for WindowState<K, V> {}

impl<K, V> std::fmt::Debug for WindowState<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WindowState({})", self.place)
    }
}

/// The handle of a session store in its task.
pub struct Sessions<K, V> {
    place: usize,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V> Clone for Sessions<K, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V> Copy for Sessions<K, V> {}

impl<K, V> std::fmt::Debug for Sessions<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sessions({})", self.place)
    }
}

/// The handle of a versioned store in its task.
pub struct Versioned<K, V> {
    place: usize,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V> Clone for Versioned<K, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V> Copy for Versioned<K, V> {}

impl<K, V> std::fmt::Debug for Versioned<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Versioned({})", self.place)
    }
}

/// What the runtime does with a store of whatever type.
pub trait StoreObject: Any {
    /// The store's name.
    fn name(&self) -> &str;
    /// Takes over what a changelog holds.
    ///
    /// # Errors
    /// When the backend fails.
    fn restore(&mut self, records: &mut dyn Iterator<Item = RecordRef<'_>>, position: i64) -> Result<(), StoreError>;
    /// Up to where of the changelog the backend holds everything.
    fn position(&self) -> Option<i64>;
    /// Empties the backend: the changelog does not reach back to its position.
    ///
    /// # Errors
    /// When the backend fails.
    fn clear_for_restore(&mut self) -> Result<(), StoreError>;
    /// Writes all cached changes that nobody downstream waits for to the changelog.
    ///
    /// # Errors
    /// When a value cannot be encoded.
    fn flush_quietly(&mut self, out: &mut ProduceBatch) -> Result<(), StoreError>;
    /// When all results so far are acknowledged: writes to the changelog that rows are gone whose results these are. Whether there was
    /// anything, which has to be acknowledged as well before the commit.
    fn flush_gone(&mut self, out: &mut ProduceBatch) -> bool {
        let _ = out;
        false
    }
    /// After the commit: hands everything younger than the last one to the backend.
    ///
    /// # Errors
    /// When the backend fails.
    fn commit(&mut self, position: i64) -> Result<(), StoreError>;
    /// The topic and partition of its changelog.
    fn changelog(&self) -> Option<(TopicSlot, i32)>;
    /// The topic that stands for its changelog, if a source reads that as a table.
    fn source(&self) -> Option<&str> {
        None
    }
    /// Sets how much the cache may hold; 0 hands every change on at once.
    fn set_cache_max_bytes(&mut self, bytes: usize);
    /// Whether a node hands the changes on.
    fn forwards(&self) -> bool;
    /// Whether the cache is used up.
    fn is_full(&self) -> bool;
    /// Bytes that wait for the commit.
    fn uncommitted_bytes(&self) -> usize;
    /// Rows that wait for the commit.
    fn uncommitted_rows(&self) -> usize;
    /// The typed store.
    fn as_any(&mut self) -> &mut dyn Any;
    /// The value and time of a key in a window, by the bytes that the key has in topics; nothing in a store without windows.
    ///
    /// # Errors
    /// When the backend fails or holds bytes of another type.
    fn in_window(&mut self, key: &[u8]) -> Result<Option<(&dyn Any, i64)>, StoreError> {
        let _ = key;
        Ok(None)
    }
}

impl<K, V> StoreObject for KeyValueStore<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    fn name(&self) -> &str {
        self.name()
    }
    fn restore(&mut self, records: &mut dyn Iterator<Item = RecordRef<'_>>, position: i64) -> Result<(), StoreError> {
        self.restore(records, position)
    }
    fn position(&self) -> Option<i64> {
        self.position()
    }
    fn clear_for_restore(&mut self) -> Result<(), StoreError> {
        self.clear_for_restore()
    }
    fn flush_quietly(&mut self, out: &mut ProduceBatch) -> Result<(), StoreError> {
        if self.forwards() {
            return Ok(());
        }
        let mut key = Vec::new();
        while self.next_change(&mut key, out)?.is_some() {}
        Ok(())
    }
    fn commit(&mut self, position: i64) -> Result<(), StoreError> {
        self.commit_overlay(position)
    }
    fn changelog(&self) -> Option<(TopicSlot, i32)> {
        self.changelog()
    }
    fn source(&self) -> Option<&str> {
        self.source()
    }
    fn set_cache_max_bytes(&mut self, bytes: usize) {
        self.set_cache_max_bytes(bytes);
    }
    fn forwards(&self) -> bool {
        self.forwards()
    }
    fn is_full(&self) -> bool {
        self.is_full()
    }
    fn uncommitted_bytes(&self) -> usize {
        self.overlay_bytes()
    }
    fn uncommitted_rows(&self) -> usize {
        self.overlay_rows()
    }
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}

/// A store that keeps its rows in a key-value store of bytes, beside an index of its own.
pub(crate) trait OverRows: 'static {
    /// What a row holds.
    type Value: StreamData<Stored = Self::Value> + Clone + 'static;

    /// The rows.
    fn rows(&self) -> &KeyValueStore<Vec<u8>, Self::Value>;
    /// The rows.
    fn rows_mut(&mut self) -> &mut KeyValueStore<Vec<u8>, Self::Value>;
    /// Takes the next changed row out of the cache; when there is none left, what is out of retention leaves.
    fn next_change(&mut self, row: &mut Vec<u8>, out: &mut ProduceBatch) -> Result<Option<Change<Self::Value>>, StoreError>;
    /// Takes over what a changelog holds.
    fn restore(&mut self, records: &mut dyn Iterator<Item = RecordRef<'_>>, position: i64) -> Result<(), StoreError>;
    /// Empties rows and index.
    fn clear_for_restore(&mut self) -> Result<(), StoreError>;

    /// The place of a row by the bytes that its key has in topics; `None`: not of this store, or out of sight.
    fn seek(&mut self, key: &[u8]) -> Result<Option<usize>, StoreError> {
        let _ = key;
        Ok(None)
    }
}

impl<S: OverRows> StoreObject for S {
    fn name(&self) -> &str {
        self.rows().name()
    }
    fn restore(&mut self, records: &mut dyn Iterator<Item = RecordRef<'_>>, position: i64) -> Result<(), StoreError> {
        OverRows::restore(self, records, position)
    }
    fn position(&self) -> Option<i64> {
        self.rows().position()
    }
    fn clear_for_restore(&mut self) -> Result<(), StoreError> {
        OverRows::clear_for_restore(self)
    }
    fn flush_quietly(&mut self, out: &mut ProduceBatch) -> Result<(), StoreError> {
        if self.rows().forwards() {
            return Ok(());
        }
        let mut row = Vec::new();
        while OverRows::next_change(self, &mut row, out)?.is_some() {}
        Ok(())
    }
    fn commit(&mut self, position: i64) -> Result<(), StoreError> {
        self.rows_mut().commit_overlay(position)
    }
    fn changelog(&self) -> Option<(TopicSlot, i32)> {
        self.rows().changelog()
    }
    fn set_cache_max_bytes(&mut self, bytes: usize) {
        self.rows_mut().set_cache_max_bytes(bytes);
    }
    fn forwards(&self) -> bool {
        self.rows().forwards()
    }
    fn is_full(&self) -> bool {
        self.rows().is_full()
    }
    fn uncommitted_bytes(&self) -> usize {
        self.rows().overlay_bytes()
    }
    fn uncommitted_rows(&self) -> usize {
        self.rows().overlay_rows()
    }
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
    fn in_window(&mut self, key: &[u8]) -> Result<Option<(&dyn Any, i64)>, StoreError> {
        let Some(place) = self.seek(key)? else { return Ok(None) };
        let rows = self.rows();
        Ok(rows.row(place).map(|value| (value as &dyn Any, rows.row_timestamp_ms(place))))
    }
}

/// Where a store of type `S` is in its task.
pub(crate) struct Place<S>(usize, PhantomData<fn() -> S>);

impl<S> Clone for Place<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Place<S> {}

/// All stores of one task.
#[derive(Default)]
pub struct StoreArena {
    stores: Vec<Box<dyn StoreObject>>,
    /// Global tables that processors of the task read: each an `Arc<GlobalStore>`.
    globals: Vec<Box<dyn Any>>,
    key_scratch: Vec<u8>,
}

impl StoreArena {
    fn push(&mut self, store: impl StoreObject) -> usize {
        self.stores.push(Box::new(store));
        self.stores.len() - 1
    }

    /// Where the store of this name is, if it is a `S`.
    fn place_of<S: 'static>(&mut self, name: &str) -> Option<usize> {
        let place = self.stores.iter().position(|s| s.name() == name)?;
        self.stores[place].as_any().is::<S>().then_some(place)
    }

    #[inline]
    fn at<S: 'static>(&mut self, place: usize) -> &mut S {
        match self.stores.get_mut(place).and_then(|s| s.as_any().downcast_mut()) {
            Some(store) => store,
            None => unreachable!("a store handle of another task"),
        }
    }

    pub(crate) fn add<K, V>(&mut self, store: KeyValueStore<K, V>) -> KeyValue<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        KeyValue { place: self.push(store), types: PhantomData }
    }

    /// A handle that leads nowhere, for the sub-topologies that do not have the store.
    pub(crate) fn nowhere<K, V>() -> KeyValue<K, V> {
        KeyValue { place: usize::MAX, types: PhantomData }
    }

    /// The handle of the store of this name, if it is there and of these types.
    pub fn find<K, V>(&mut self, name: &str) -> Option<KeyValue<K, V>>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        Some(KeyValue { place: self.place_of::<KeyValueStore<K, V>>(name)?, types: PhantomData })
    }

    /// The store behind a handle.
    ///
    /// # Panics
    /// If the handle is of another task: handles are made for one task and cannot leave it through the public API.
    #[inline]
    pub fn get<K, V>(&mut self, handle: KeyValue<K, V>) -> &mut KeyValueStore<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        self.at(handle.place)
    }

    pub(crate) fn add_window<K, V>(&mut self, store: WindowStore<K, V>) -> WindowState<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        WindowState { place: self.push(store), types: PhantomData }
    }

    /// A handle that leads nowhere, for the sub-topologies that do not have the store.
    pub(crate) fn no_window<K, V>() -> WindowState<K, V> {
        WindowState { place: usize::MAX, types: PhantomData }
    }

    /// The handle of the window store of this name, if it is there and of these types.
    pub fn find_window<K, V>(&mut self, name: &str) -> Option<WindowState<K, V>>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        Some(WindowState { place: self.place_of::<WindowStore<K, V>>(name)?, types: PhantomData })
    }

    /// The window store behind a handle.
    ///
    /// # Panics
    /// If the handle is of another task: handles are made for one task and cannot leave it through the public API.
    #[inline]
    pub fn window<K, V>(&mut self, handle: WindowState<K, V>) -> &mut WindowStore<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        self.at(handle.place)
    }

    pub(crate) fn add_sessions<K, V>(&mut self, store: SessionStore<K, V>) -> Sessions<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        Sessions { place: self.push(store), types: PhantomData }
    }

    /// A handle that leads nowhere, for the sub-topologies that do not have the store.
    pub(crate) fn no_sessions<K, V>() -> Sessions<K, V> {
        Sessions { place: usize::MAX, types: PhantomData }
    }

    /// The handle of the session store of this name, if it is there and of these types.
    pub fn find_sessions<K, V>(&mut self, name: &str) -> Option<Sessions<K, V>>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        Some(Sessions { place: self.place_of::<SessionStore<K, V>>(name)?, types: PhantomData })
    }

    /// The session store behind a handle.
    ///
    /// # Panics
    /// If the handle is of another task: handles are made for one task and cannot leave it through the public API.
    #[inline]
    pub fn sessions<K, V>(&mut self, handle: Sessions<K, V>) -> &mut SessionStore<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        self.at(handle.place)
    }

    pub(crate) fn add_versioned<K, V>(&mut self, store: VersionedStore<K, V>) -> Versioned<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        Versioned { place: self.push(store), types: PhantomData }
    }

    /// A handle that leads nowhere, for the sub-topologies that do not have the store.
    pub(crate) fn no_versioned<K, V>() -> Versioned<K, V> {
        Versioned { place: usize::MAX, types: PhantomData }
    }

    /// The handle of the versioned store of this name, if it is there and of these types.
    pub fn find_versioned<K, V>(&mut self, name: &str) -> Option<Versioned<K, V>>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        Some(Versioned { place: self.place_of::<VersionedStore<K, V>>(name)?, types: PhantomData })
    }

    /// The versioned store behind a handle.
    ///
    /// # Panics
    /// If the handle is of another task: handles are made for one task and cannot leave it through the public API.
    #[inline]
    pub fn versioned<K, V>(&mut self, handle: Versioned<K, V>) -> &mut VersionedStore<K, V>
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        self.at(handle.place)
    }

    /// The value and time of a key in a window, by the bytes that the key has in topics, of the store of this name.
    pub(crate) fn in_window<V: 'static>(&mut self, name: &str, key: &[u8]) -> Result<Option<(&V, i64)>, StoreError> {
        let Some(store) = self.stores.iter_mut().find(|s| s.name() == name) else { return Ok(None) };
        let row = store.in_window(key)?;
        Ok(row.and_then(|(value, timestamp_ms)| Some((value.downcast_ref()?, timestamp_ms))))
    }

    pub(crate) fn add_global<K, V>(&mut self, store: Arc<GlobalStore<K, V>>) -> GlobalRows<K, V>
    where
        K: 'static,
        V: StreamData + 'static,
    {
        self.globals.push(Box::new(store));
        GlobalRows { place: self.globals.len() - 1, types: PhantomData }
    }

    /// The global table behind a handle, and a buffer for keys.
    #[inline]
    pub(crate) fn global<K, V>(&mut self, handle: GlobalRows<K, V>) -> (&GlobalStore<K, V>, &mut Vec<u8>)
    where
        K: 'static,
        V: StreamData + 'static,
    {
        match self.globals.get(handle.place).and_then(|s| s.downcast_ref::<Arc<GlobalStore<K, V>>>()) {
            Some(store) => (store, &mut self.key_scratch),
            None => unreachable!("a handle of another task"),
        }
    }

    /// Puts a store of any type in.
    pub(crate) fn insert<S: StoreObject>(&mut self, store: S) -> Place<S> {
        Place(self.push(store), PhantomData)
    }

    /// A place that leads nowhere, for the sub-topologies that do not have the store.
    pub(crate) fn no_place<S>() -> Place<S> {
        Place(usize::MAX, PhantomData)
    }

    /// The place of the store of this name, if it is there and a `S`.
    pub(crate) fn find_place<S: 'static>(&mut self, name: &str) -> Option<Place<S>> {
        Some(Place(self.place_of::<S>(name)?, PhantomData))
    }

    /// The store at a place.
    #[inline]
    pub(crate) fn of<S: 'static>(&mut self, place: Place<S>) -> &mut S {
        self.at(place.0)
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut dyn StoreObject> {
        self.stores.iter_mut().map(|s| &mut **s)
    }
}
