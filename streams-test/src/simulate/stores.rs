//! Where the stores of a process keep what they are to keep: rows that outlive it, as those of a
//! disk do.

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};
use std::sync::{Arc, Mutex};

use streams_runtime::stores::{BackendBatch, KeyValueBackend, StoreContext, StoreError, StoreFactory};

use super::link::Link;
use super::net::lock;
use super::watch::Stored;

/// Which store: its name, and the part and the partition of its task.
pub(super) type Place = (String, usize, i32);

/// Rows, and the position in the changelog that they stand for.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    pub(super) rows: BTreeMap<Vec<u8>, Vec<u8>>,
    pub(super) position: Option<i64>,
}

/// What a process has on its disk.
#[derive(Debug, Default)]
pub(super) struct Disk {
    pub(super) stores: BTreeMap<Place, Rows>,
    /// What was there before the last batch of each store: a crash may take what was written last.
    before: BTreeMap<Place, Rows>,
}

impl Disk {
    /// The machine is gone: of each store the last batch may be missing, as a whole.
    pub(super) fn crash(&mut self, is_lost: impl Fn(u64) -> bool) {
        for (number, (place, rows)) in std::mem::take(&mut self.before).into_iter().enumerate() {
            if is_lost(number as u64) {
                self.stores.insert(place, rows);
            }
        }
    }
}

/// Makes the backends of one process.
#[derive(Debug)]
pub(super) struct SimStores {
    pub(super) link: Arc<Link>,
    pub(super) disk: Arc<Mutex<Disk>>,
}

impl StoreFactory for SimStores {
    fn key_value(&self, store: StoreContext<'_>) -> Result<Box<dyn KeyValueBackend>, StoreError> {
        let place = (store.store.to_owned(), store.sub_topology, store.partition);
        Ok(Box::new(Backend { link: Arc::clone(&self.link), disk: Arc::clone(&self.disk), place }))
    }
}

struct Backend {
    link: Arc<Link>,
    disk: Arc<Mutex<Disk>>,
    place: Place,
}

impl Backend {
    fn with<R>(&self, look: impl FnOnce(&Rows) -> R) -> R {
        let disk = lock(&self.disk);
        match disk.stores.get(&self.place) {
            Some(rows) => look(rows),
            None => look(&Rows::default()),
        }
    }
}

impl KeyValueBackend for Backend {
    fn get(&self, key: &[u8], out: &mut Vec<u8>) -> Result<bool, StoreError> {
        Ok(self.with(|rows| match rows.rows.get(key) {
            Some(value) => {
                out.extend_from_slice(value);
                true
            }
            None => false,
        }))
    }

    fn range(
        &self,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let is_in = |key: &[u8]| std::ops::RangeBounds::<&[u8]>::contains(&(from, to), &key);
        self.with(|rows| {
            for (key, value) in rows.rows.iter().filter(|(key, _)| is_in(key)) {
                if visit(key, value).is_break() {
                    break;
                }
            }
        });
        Ok(())
    }

    fn write(&mut self, batch: BackendBatch<'_>) -> Result<(), StoreError> {
        if !self.link.enter() {
            return Ok(());
        }
        let (store, _, partition) = &self.place;
        self.link.note("stored", batch.position, || format!("{store} {partition}: {} rows, up to {}", batch.writes.len(), batch.position));
        let is_restored = self.link.restores(store, *partition);
        let process = self.link.number;
        let stored = Stored { store, partition: *partition, writes: batch.writes, position: batch.position, is_restored, process };
        let told = lock(&self.link.net.watch).stored(&stored);
        if let Err(finding) = told {
            self.link.find(finding);
        }
        let mut disk = lock(&self.disk);
        let rows = disk.stores.entry(self.place.clone()).or_default();
        let before = rows.clone();
        for (key, value) in batch.writes {
            match value {
                Some(value) => rows.rows.insert(key.to_vec(), value.to_vec()),
                None => rows.rows.remove(*key),
            };
        }
        rows.position = Some(batch.position);
        disk.before.insert(self.place.clone(), before);
        Ok(())
    }

    fn position(&self) -> Option<i64> {
        self.with(|rows| rows.position)
    }

    fn clear(&mut self) -> Result<(), StoreError> {
        if self.link.enter() {
            let mut disk = lock(&self.disk);
            disk.stores.remove(&self.place);
            disk.before.remove(&self.place);
        }
        Ok(())
    }
}
