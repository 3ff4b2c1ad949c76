//! Where a store is: which tasks have it, and the handles that lead to it there.

use std::any::type_name;
use std::cell::RefCell;
use std::rc::Rc;

use streams_runtime::codec::{Codec, Encoded, StreamData};
use streams_runtime::partition::partition_for_key;
use streams_runtime::stores::{StoreError, StorePlace};

use crate::engine::Engine;
use crate::error::DriverError;

pub(crate) struct Found<H> {
    engine: Rc<RefCell<Engine>>,
    /// By partition: the task, and the way to its part of the store.
    places: Vec<(usize, H)>,
    /// The one that is looked into, if not all are.
    partition: Option<i32>,
}

impl<H: StorePlace> Found<H> {
    /// The store of this name; `K` and `V` are for the error when it is of other types.
    pub(crate) fn find<K, V>(engine: Rc<RefCell<Engine>>, name: &str) -> Result<Self, DriverError> {
        let mut places = Vec::new();
        for (place, task) in engine.borrow_mut().tasks.iter_mut().enumerate() {
            places.extend(task.stores_mut().find(name).map(|handle| (place, handle)));
        }
        if places.is_empty() {
            return Err(engine.borrow_mut().no_such_store(name, type_name::<K>(), type_name::<V>()));
        }
        Ok(Found { engine, places, partition: None })
    }

    pub(crate) fn of_partition(mut self, partition: i32) -> Self {
        self.partition = Some(partition);
        self
    }

    /// What is found of a key: in the partition that the key belongs to, else in another one, since
    /// a `partitioned_by` may have put it there.
    ///
    /// # Panics
    /// If the store fails: a test ends there.
    #[track_caller]
    pub(crate) fn look_up<Q, R>(&self, key: &Q, mut read: impl FnMut(&mut H::Store) -> Result<Option<R>, StoreError>) -> Option<R>
    where
        Q: StreamData + ?Sized,
    {
        let (codec, mut bytes) = (Q::Codec::default(), Vec::new());
        let own = match codec.encode(key, &mut bytes) {
            Ok(Encoded::Bytes) => partition_for_key(codec.partitioned_by(&bytes), self.places.len() as i32) as usize,
            // The store has the words for it.
            Ok(Encoded::Null) | Err(_) => 0,
        };
        let others = (0..self.places.len()).filter(|&place| place != own);
        self.wanted([own].into_iter().chain(others)).find_map(|place| self.read_in(place, &mut read))
    }

    /// The rows of all partitions, in the order of the keys' bytes and of what `order` gives beside
    /// them.
    ///
    /// # Panics
    /// If the store fails: a test ends there.
    #[track_caller]
    pub(crate) fn rows<K, R, O: Ord>(
        &self,
        mut read: impl FnMut(&mut H::Store) -> Result<Vec<R>, StoreError>,
        order: impl Fn(&R) -> (&K, O),
    ) -> Vec<R>
    where
        K: StreamData,
    {
        let places: Vec<usize> = self.wanted(0..self.places.len()).collect();
        let mut rows: Vec<R> = places.iter().flat_map(|&place| self.read_in(place, &mut read)).collect();
        if places.len() > 1 {
            let codec = K::Codec::default();
            rows.sort_by_cached_key(|row| {
                let ((key, order), mut bytes) = (order(row), Vec::new());
                // A key that came out of a store has bytes.
                let has_bytes = codec.encode(key, &mut bytes).is_ok();
                (has_bytes.then_some(bytes), order)
            });
        }
        rows
    }

    fn wanted(&self, places: impl Iterator<Item = usize>) -> impl Iterator<Item = usize> {
        let only = self.partition;
        places.filter(move |&place| only.is_none_or(|only| usize::try_from(only) == Ok(place)))
    }

    #[track_caller]
    fn read_in<R>(&self, place: usize, read: &mut impl FnMut(&mut H::Store) -> Result<R, StoreError>) -> R {
        let (task, handle) = self.places[place];
        match read(self.engine.borrow_mut().tasks[task].stores_mut().get(handle)) {
            Ok(read) => read,
            Err(error) => panic!("{error}"),
        }
    }
}
