//! The stores of one task, by typed handles.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use super::{GlobalRows, GlobalStore, StoreError, StoreObject, StorePlace};
use crate::codec::StreamData;

/// All stores of one task.
#[derive(Default)]
pub struct StoreArena {
    stores: Vec<Box<dyn StoreObject>>,
    /// Global tables that processors of the task read: each an `Arc<GlobalStore>`.
    globals: Vec<Box<dyn Any>>,
    key_scratch: Vec<u8>,
}

impl StoreArena {
    pub(crate) fn add<H: StorePlace>(&mut self, store: H::Store) -> H {
        self.stores.push(Box::new(store));
        H::at(self.stores.len() - 1)
    }

    /// A handle that leads nowhere, for the sub-topologies that do not have the store.
    pub(crate) fn nowhere<H: StorePlace>() -> H {
        H::at(usize::MAX)
    }

    /// The handle of the store of this name, if it is there and of this kind and these types.
    pub fn find<H: StorePlace>(&mut self, name: &str) -> Option<H> {
        let place = self.stores.iter().position(|s| s.name() == name)?;
        self.stores[place].as_any().is::<H::Store>().then(|| H::at(place))
    }

    /// The store behind a handle.
    ///
    /// # Panics
    /// If the handle is of another task: handles are made for one task and cannot leave it through the public API.
    #[inline]
    pub fn get<H: StorePlace>(&mut self, handle: H) -> &mut H::Store {
        match self.stores.get_mut(handle.place()).and_then(|s| s.as_any().downcast_mut()) {
            Some(store) => store,
            None => unreachable!("a store handle of another task"),
        }
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

    /// When the next row of any store may expire.
    pub(crate) fn next_expiry_ms(&self) -> Option<i64> {
        self.stores.iter().filter_map(|store| store.next_expiry()).map(|(due_ms, _)| due_ms).min()
    }

    /// The store whose rows expire next when the stream time has got here, and up to when they do
    /// before those of another one.
    pub(crate) fn next_to_expire(&self, stream_time_ms: i64) -> Option<(usize, i64)> {
        let all = || self.stores.iter().enumerate().filter_map(|(place, store)| Some((store.next_expiry()?, place)));
        let ((due_ms, rank), first) = all().min()?;
        let others = all().filter(|(_, place)| *place != first);
        // At one time the stores have their turns by rank.
        let until = others.map(|((other_ms, other), _)| if other < rank { other_ms - 1 } else { other_ms }).min();
        (due_ms <= stream_time_ms).then_some((first, until.unwrap_or(i64::MAX).min(stream_time_ms)))
    }

    pub(crate) fn object(&mut self, place: usize) -> Option<&mut dyn StoreObject> {
        self.stores.get_mut(place).map(|store| &mut **store)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &dyn StoreObject> {
        self.stores.iter().map(|s| &**s)
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut dyn StoreObject> {
        self.stores.iter_mut().map(|s| &mut **s)
    }
}
