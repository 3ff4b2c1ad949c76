//! Queries from outside: messages that workers answer between batches.

mod key_value;
mod rows;
mod sessions;
mod windows;

pub use rows::{Cursor, Page, Pages, Rows};

use std::marker::PhantomData;
use std::sync::Arc;

use tokio::sync::oneshot;

use super::app::AppParts;
use super::environment::Environment;
use super::message::{Command, Mailbox};
use super::published::{AppState, Published};
use crate::codec::{Codec, Encoded, StreamData};
use crate::partition::partition_for_key;
use crate::stores::{KeyValue, StoreError, Versioned};
use crate::task::{Task, TaskId};
use crate::topology::StoreName;

/// Why a query has no answer.
#[derive(Clone, thiserror::Error)]
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
    #[error(
        "store `{store}`: task {task} is not ready ({reason}); ask again, wait for `AppState::Running`, or take what there is with `.partial()`"
    )]
    NotReady {
        /// The store.
        store: &'static str,
        /// `<sub-topology>_<partition>`; with `*` for the partition if it is not known yet which ones this process gets.
        task: String,
        /// Why not.
        reason: &'static str,
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
    /// A cursor that was made by no query.
    #[error("`{text}` is not a place among the rows of a store: give what `Page::next` gave")]
    Cursor {
        /// What was given.
        text: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The application has ended.
    #[error("the application has ended")]
    Stopped,
}

crate::error::debug_is_display!(QueryError);

const RESTORING: &str = "its state is being restored";

/// A store of a running application: made by [`App::store`](super::App::store).
///
/// Answers are those of the last record that a task has processed. What one process does not have it does not see; [`QueryError::NotLocal`] names
/// the task of a key that is elsewhere.
pub struct StoreQuery<K, V> {
    at: StoreAt,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V> Clone for StoreQuery<K, V> {
    fn clone(&self) -> Self {
        StoreQuery { at: self.at.clone(), types: PhantomData }
    }
}

impl<K, V> std::fmt::Debug for StoreQuery<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("StoreQuery").field(&self.at.name).finish()
    }
}

/// The way to the stores of an application.
#[derive(Clone)]
pub(super) struct StoreWay {
    env: Arc<Environment>,
    published: Arc<Published>,
    workers: Arc<[Mailbox<Command>]>,
}

impl StoreWay {
    pub(super) fn of(app: &AppParts) -> Self {
        StoreWay { env: Arc::clone(&app.env), published: Arc::clone(&app.published), workers: Arc::clone(&app.workers) }
    }
}

/// A store and the way to it, whatever its types.
#[derive(Clone)]
struct StoreAt {
    name: &'static str,
    way: StoreWay,
    /// Tasks that are not ready are left out.
    partial: bool,
}

impl StoreAt {
    fn sub_topology(&self) -> Result<usize, QueryError> {
        let parts = &self.way.env.plan.sub_topologies;
        let found = parts.iter().position(|s| s.stores.iter().any(|store| store.name == self.name));
        found.ok_or(QueryError::Unknown { store: self.name })
    }

    fn is_over(&self) -> bool {
        matches!(self.way.published.state(), AppState::Stopped | AppState::Failed)
    }

    /// The tasks of this process that have a part of the store and can answer, by partition. One that cannot is an error, unless a part of the
    /// answer will do.
    fn ready_tasks(&self) -> Result<Vec<TaskId>, QueryError> {
        let sub_topology = self.sub_topology()?;
        if self.is_over() {
            return Err(QueryError::Stopped);
        }
        let tasks: Vec<(TaskId, bool)> = self.way.published.look(|view| {
            let of_store = view.tasks.iter().filter(|(task, _)| task.sub_topology == sub_topology);
            of_store.map(|(task, place)| (*task, place.running)).collect()
        });
        let not_ready = |task: String, reason| QueryError::NotReady { store: self.name, task, reason };
        if !self.partial {
            if let Some((task, _)) = tasks.iter().find(|(_, running)| !running) {
                return Err(not_ready(task.to_string(), RESTORING));
            }
            if tasks.is_empty() && !matches!(self.way.published.state(), AppState::Running) {
                return Err(not_ready(format!("{sub_topology}_*"), "the group is handing out tasks"));
            }
        }
        Ok(tasks.into_iter().filter(|(_, running)| *running).map(|(task, _)| task).collect())
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
        let partition =
            partition_for_key(codec.partitioned_by(&bytes), self.way.published.look(|view| view.layout.subs[sub_topology].tasks));
        Ok((TaskId { sub_topology, partition }, stored))
    }

    async fn ask<R: Send + 'static>(
        &self,
        task: TaskId,
        question: impl FnOnce(&mut Task) -> Result<R, QueryError> + Send + 'static,
    ) -> Result<R, QueryError> {
        let store = self.name;
        if self.is_over() {
            return Err(QueryError::Stopped);
        }
        let place = self.way.published.look(|view| view.tasks.get(&task).copied());
        let Some(place) = place else { return Err(QueryError::NotLocal { store, task: task.to_string() }) };
        if !place.running {
            return Err(QueryError::NotReady { store, task: task.to_string(), reason: RESTORING });
        }
        let (answer, answered) = oneshot::channel();
        let question = Box::new(move |found: Option<&mut Task>| {
            let result = match found {
                Some(found) => question(found),
                None => Err(QueryError::NotReady { store, task: task.to_string(), reason: "it is being handed over" }),
            };
            if answer.send(result).is_err() {
                tracing::trace!(store, "nobody waits for the answer any more");
            }
        });
        self.way.workers[place.worker].send(Command::Ask(task, question)).map_err(|_| QueryError::Stopped)?;
        answered.await.map_err(|_| QueryError::Stopped)?
    }
}

impl<K, V> StoreQuery<K, V> {
    pub(super) fn new(name: StoreName<K, V>, way: StoreWay) -> Self {
        StoreQuery { at: StoreAt { name: name.name(), way, partial: false }, types: PhantomData }
    }

    /// Answers of many rows leave out the tasks of this process that are not ready, instead of being an error. What belongs to one key is an
    /// error all the same.
    ///
    /// Kafka Streams: a `StateQueryResult` has an answer or a failure for each partition.
    #[must_use]
    pub fn partial(mut self) -> Self {
        self.at.partial = true;
        self
    }
}

impl<K, V> StoreQuery<K, V>
where
    K: StreamData<Stored = K> + Clone + Send + 'static,
    V: StreamData<Stored = V> + Clone + Send + Sync + 'static,
{
    /// The value of a key, as of the last record its task has processed. A global table answers from this process.
    ///
    /// A borrowed form of the key will do: `get("be")` for `String`. A number says its type, since a literal's would not be inferred:
    /// `get(&1u64)`.
    ///
    /// # Errors
    /// When the key's task is not ready or not in this process, or the store fails.
    pub async fn get<Q>(&self, key: &Q) -> Result<Option<V>, QueryError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let store = self.at.name;
        if let Some(global) = self.at.way.env.globals.get::<K, V>(store) {
            return Ok(global.get(key)?);
        }
        let (task, key) = self.at.task_of(key)?;
        let question = move |task: &mut Task| {
            let stores = task.stores_mut();
            if let Some(handle) = stores.find::<Versioned<K, V>>(store) {
                return Ok(stores.get(handle).get(&key)?.map(|(value, _)| value.clone()));
            }
            let handle = stores.find::<KeyValue<K, V>>(store).ok_or(QueryError::Unknown { store })?;
            Ok(stores.get(handle).get(&key)?.cloned())
        };
        self.at.ask(task, question).await
    }
}
