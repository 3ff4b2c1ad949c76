//! Queries from outside: messages that workers answer between batches.

mod windows;

use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::sync::Arc;

use tokio::sync::oneshot;

use super::control::{Command, WorkerHandle};
use super::shared::{Shared, lock};
use crate::codec::{Codec, Encoded, StreamData};
use crate::partition::partition_for_key;
use crate::stores::{KeyValue, StoreError, Versioned};
use crate::task::{Task, TaskId};
use crate::topology::StoreName;

/// Why a query has no answer.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The key belongs to a task of another process.
    #[error("store `{store}`: the key belongs to task {task}, which this process does not run")]
    NotLocal {
        /// The store.
        store: &'static str,
        /// `<sub-topology>_<partition>`.
        task: String,
    },
    /// The task is being handed over or restored.
    #[error("store `{store}`: task {task} is not running yet; ask again, or wait for `AppState::Running`")]
    NotReady {
        /// The store.
        store: &'static str,
        /// `<sub-topology>_<partition>`.
        task: String,
    },
    /// The application has no such store, it is of other types, or it is asked otherwise: stores of windows with `fetch`, other ones with `get`.
    #[error(
        "the application has no store `{store}` that has these types and is asked so: stores of windows with `fetch`, others with `get`"
    )]
    Unknown {
        /// The store.
        store: &'static str,
    },
    /// A null key, or one that cannot be encoded.
    #[error("store `{store}`: the key cannot be looked up: {reason}")]
    Key {
        /// The store.
        store: &'static str,
        /// Why not.
        reason: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The application has ended.
    #[error("the application has ended")]
    Stopped,
}

/// A store of a running application.
pub struct StoreQuery<K, V> {
    name: &'static str,
    shared: Arc<Shared>,
    workers: Arc<[WorkerHandle]>,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V> StoreQuery<K, V> {
    fn sub_topology(&self) -> Result<usize, QueryError> {
        let parts = &self.shared.plan.sub_topologies;
        let found = parts.iter().position(|s| s.stores.iter().any(|store| store.name == self.name));
        found.ok_or(QueryError::Unknown { store: self.name })
    }

    /// The tasks of this process that have a part of the store.
    fn local_tasks(&self) -> Result<Vec<TaskId>, QueryError> {
        let sub_topology = self.sub_topology()?;
        Ok(lock(&self.shared.tasks).keys().filter(|t| t.sub_topology == sub_topology).copied().collect())
    }

    /// The task that has the rows of a key, and the key as stores keep it.
    fn task_of<Q>(&self, key: &Q) -> Result<(TaskId, Q::Stored), QueryError>
    where
        Q: StreamData + ?Sized,
    {
        let key_error = |reason: String| QueryError::Key { store: self.name, reason };
        let (codec, mut bytes) = (Q::Codec::default(), Vec::new());
        match codec.encode(key, &mut bytes) {
            Ok(Encoded::Bytes) => {}
            Ok(Encoded::Null) => return Err(key_error("it is null".into())),
            Err(e) => return Err(key_error(e.to_string())),
        }
        let stored = key.to_stored().ok_or_else(|| key_error("it is null".into()))?;
        let sub_topology = self.sub_topology()?;
        let partition = partition_for_key(codec.partitioned_by(&bytes), self.shared.layout().subs[sub_topology].tasks);
        Ok((TaskId { sub_topology, partition }, stored))
    }

    async fn ask<R: Send + 'static>(
        &self,
        task: TaskId,
        question: impl FnOnce(&mut Task) -> Result<R, QueryError> + Send + 'static,
    ) -> Result<R, QueryError> {
        let store = self.name;
        let place = lock(&self.shared.tasks).get(&task).copied();
        let Some(place) = place else { return Err(QueryError::NotLocal { store, task: task.to_string() }) };
        if !place.running {
            return Err(QueryError::NotReady { store, task: task.to_string() });
        }
        let (answer, answered) = oneshot::channel();
        let question = Box::new(move |found: Option<&mut Task>| {
            let result = match found {
                Some(found) => question(found),
                None => Err(QueryError::NotReady { store, task: task.to_string() }),
            };
            // Nobody may wait any more; that is their business.
            let _ = answer.send(result);
        });
        self.workers[place.worker].send(Command::Ask(task, question)).map_err(|_| QueryError::Stopped)?;
        answered.await.map_err(|_| QueryError::Stopped)?
    }
}

impl<K, V> StoreQuery<K, V>
where
    K: StreamData<Stored = K> + Clone + Send + 'static,
    V: StreamData<Stored = V> + Clone + Send + Sync + 'static,
{
    pub(crate) fn new(name: StoreName<K, V>, shared: Arc<Shared>, workers: Arc<[WorkerHandle]>) -> Self {
        StoreQuery { name: name.name(), shared, workers, types: PhantomData }
    }

    /// The value of a key, as of the last record its task has processed. A global table answers from this process.
    ///
    /// A borrowed form of the key will do: `get("be")` for `String`. A number says its type, since a literal's would not be inferred:
    /// `get(&1u64)`.
    ///
    /// # Errors
    /// When the key's task is not running in this process, or the store fails.
    pub async fn get<Q>(&self, key: &Q) -> Result<Option<V>, QueryError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        if let Some(global) = self.shared.globals.get::<K, V>(self.name) {
            return Ok(global.get(key)?);
        }
        let (task, key) = self.task_of(key)?;
        let store = self.name;
        self.ask(task, move |task| {
            let stores = task.stores_mut();
            if let Some(handle) = stores.find::<Versioned<K, V>>(store) {
                return Ok(stores.get(handle).get(&key)?.map(|(value, _)| value.clone()));
            }
            let handle = stores.find::<KeyValue<K, V>>(store).ok_or(QueryError::Unknown { store })?;
            Ok(stores.get(handle).get(&key)?.cloned())
        })
        .await
    }

    /// All rows that this process has, task by task, in the order of the keys' bytes.
    ///
    /// # Errors
    /// When a task is being restored, or the store fails.
    pub async fn all(&self) -> Result<Vec<(K, V)>, QueryError> {
        if let Some(global) = self.shared.globals.get::<K, V>(self.name) {
            return Ok(global.all()?);
        }
        let mut rows = Vec::new();
        let name = self.name;
        for task in self.local_tasks()? {
            let part = self.ask(task, move |task| {
                let handle = task.stores_mut().find::<KeyValue<K, V>>(name).ok_or(QueryError::Unknown { store: name })?;
                let mut rows = Vec::new();
                task.stores_mut().get(handle).all(|key, value| {
                    rows.push((key.clone(), value.clone()));
                    ControlFlow::Continue(())
                })?;
                Ok(rows)
            });
            rows.extend(part.await?);
        }
        Ok(rows)
    }
}
