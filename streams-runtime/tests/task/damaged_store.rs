//! A store whose medium fails: the error says which one, and the task begins anew with that store
//! cleared.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, ControlFlow};
use std::sync::{Arc, Mutex};

use streams_runtime::broker::TopicPartition;
use streams_runtime::prelude::*;
use streams_runtime::record::NewRecord;
use streams_runtime::stores::{BackendBatch, GlobalStores, KeyValueBackend, MemoryBackend, StoreContext, StoreError, StoreFactory};
use streams_runtime::task::{BuildError, Task, TaskBuilder};

use super::support::{Nowhere, env};

topology! {
    /// A store that is read when a record asks for a row, and one that is read when it is made.
    fn views() -> Views {
        let views: Stream<String, u64> = stream("views");
        let counts: Table<String, u64> = views.group_by_key().count();
        let per_minute: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(tumbling(minutes(1)).grace(seconds(0))).count();
        counts.to_stream().to("counts");
        per_minute.to_stream().to("per-minute");
    }
}

/// What outlives a task, by store; and the stores whose sectors are bad until they are written
/// anew.
#[derive(Clone, Debug, Default)]
struct Disk {
    files: Arc<Mutex<BTreeMap<String, MemoryBackend>>>,
    damaged: Arc<Mutex<BTreeSet<String>>>,
}

struct OnDisk {
    disk: Disk,
    store: String,
}

impl OnDisk {
    fn with<T>(&self, read: impl FnOnce(&mut MemoryBackend) -> T) -> Result<T, StoreError> {
        if self.disk.damaged.lock().unwrap().contains(&self.store) {
            return Err(StoreError::Backend { store: self.store.clone(), reason: "input/output error".into() });
        }
        Ok(read(self.disk.files.lock().unwrap().entry(self.store.clone()).or_default()))
    }
}

impl KeyValueBackend for OnDisk {
    fn get(&self, key: &[u8], out: &mut Vec<u8>) -> Result<bool, StoreError> {
        self.with(|rows| rows.get(key, out))?
    }
    fn range(
        &self,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.with(|rows| rows.range(from, to, visit))?
    }
    fn write(&mut self, batch: BackendBatch<'_>) -> Result<(), StoreError> {
        self.with(|rows| rows.write(batch))?
    }
    fn position(&self) -> Option<i64> {
        self.with(|rows| rows.position()).unwrap_or(Some(7))
    }
    fn clear(&mut self) -> Result<(), StoreError> {
        self.disk.damaged.lock().unwrap().remove(&self.store);
        self.with(KeyValueBackend::clear)?
    }
}

impl StoreFactory for Disk {
    fn key_value(&self, context: StoreContext<'_>) -> Result<Box<dyn KeyValueBackend>, StoreError> {
        Ok(Box::new(OnDisk { disk: self.clone(), store: context.store.to_owned() }))
    }
}

fn task(disk: &Disk, cleared: &[&str]) -> Result<Task, BuildError> {
    let topology = Arc::new(views());
    let plan = topology.plan();
    let globals = GlobalStores::default();
    let env = env(&plan.sub_topologies[0], disk, &globals, Nowhere);
    let mut b = TaskBuilder::new(&env);
    cleared.iter().for_each(|store| b.clear_store(store));
    topology.build(0, &mut b);
    let mut task = b.finish()?;
    task.add_input(0, TopicPartition::new("views", 0), 0);
    task.init(0).unwrap();
    Ok(task)
}

fn view(task: &mut Task, offset: i64) -> Result<(), Box<streams_runtime::TaskError>> {
    let value = 1u64.to_be_bytes();
    let record = NewRecord { key: Some(b"home"), value: Some(&value), timestamp_ms: 5, offset };
    task.inputs_mut()[0].incoming().unwrap().push(record);
    task.inputs_mut()[0].fetched(offset + 1, Some(offset + 1));
    task.process(10, i64::MAX, 0)?;
    task.prepare_commit()?;
    task.finish_commit(&Nowhere)
}

fn position(task: &mut Task, name: &str) -> Option<i64> {
    task.each_store().find(|store| store.name() == name).unwrap().position()
}

#[test]
fn the_error_says_which_store_is_damaged() {
    let disk = Disk::default();
    let mut running = task(&disk, &[]).unwrap();
    view(&mut running, 0).unwrap();

    disk.damaged.lock().unwrap().insert("counts".to_owned());
    let error = view(&mut running, 1).unwrap_err();
    assert_eq!(error.damaged_store(), Some("counts"), "{error}");
    assert!(matches!(error.store_error(), Some(StoreError::Backend { .. })));

    // The other store has what it had, and begins where it was.
    let mut anew = task(&disk, &["counts"]).unwrap();
    assert_eq!((position(&mut anew, "counts"), position(&mut anew, "per_minute")), (None, Some(0)));
    view(&mut anew, 1).unwrap();
}

#[test]
fn a_store_that_is_damaged_when_it_is_made_is_cleared_before() {
    let disk = Disk::default();
    let mut running = task(&disk, &[]).unwrap();
    view(&mut running, 0).unwrap();

    disk.damaged.lock().unwrap().insert("per_minute".to_owned());
    let error = task(&disk, &[]).map(|_| ()).unwrap_err();
    assert_eq!(error.damaged_store(), Some("per_minute"), "{error}");
    let mut anew = task(&disk, &["per_minute"]).unwrap();
    assert_eq!((position(&mut anew, "counts"), position(&mut anew, "per_minute")), (Some(0), None));
}

#[test]
fn what_a_store_was_given_is_no_damage() {
    let error = StoreError::Encode { store: "counts".to_owned(), reason: "NaN".to_owned() };
    assert_eq!((error.store(), error.is_damage()), ("counts", false));
    assert_eq!(BuildError::from(error).damaged_store(), None);
}
