//! Queries of key-value stores, of the latest values of versioned ones, and of global tables: by key, by range, by prefix.

use std::ops::{Bound, ControlFlow, RangeBounds};
use std::sync::Arc;

use super::rows::{Source, Take};
use super::{QueryError, Rows, StoreQuery};
use crate::codec::{Codec, Encoded, StreamData};
use crate::stores::{GlobalStore, KeyValue, Order, Versioned};
use crate::task::Task;

/// Which keys are wanted.
#[derive(Clone)]
enum Keys<K> {
    Range(Bound<K>, Bound<K>),
    /// Those whose bytes begin so.
    Prefix(Vec<u8>),
}

impl<K, V> StoreQuery<K, V>
where
    K: StreamData<Stored = K> + Clone + Send + Sync + 'static,
    V: StreamData<Stored = V> + Clone + Send + Sync + 'static,
{
    /// The rows whose keys lie in a range: `range("b"..="k")`, `range("b"..)`. Of a number it is a range of references: `range(&1u64..)`. A
    /// key that is null leaves its side open.
    ///
    /// Kafka Streams: `RangeQuery.withRange`, `withLowerBound`, `withUpperBound`.
    pub fn range<'q, Q>(&self, range: impl RangeBounds<&'q Q>) -> Rows<(K, V)>
    where
        Q: StreamData<Stored = K> + ?Sized + 'q,
    {
        let owned = |bound: Bound<&&Q>| match bound {
            Bound::Unbounded => Bound::Unbounded,
            Bound::Included(key) => key.to_stored().map_or(Bound::Unbounded, Bound::Included),
            Bound::Excluded(key) => key.to_stored().map_or(Bound::Unbounded, Bound::Excluded),
        };
        self.of_keys(Keys::Range(owned(range.start_bound()), owned(range.end_bound())))
    }

    /// The rows whose keys' bytes begin with those of `prefix`, which may be of another type than the keys.
    ///
    /// Kafka Streams: `ReadOnlyKeyValueStore.prefixScan`.
    pub fn prefix<P: StreamData + ?Sized>(&self, prefix: &P) -> Rows<(K, V)> {
        let mut bytes = Vec::new();
        match P::Codec::default().encode(prefix, &mut bytes) {
            Ok(_) => self.of_keys(Keys::Prefix(bytes)),
            Err(error) => {
                let error = QueryError::Key { store: self.at.name, reason: error.to_string() };
                let walk = Arc::new(|_: &mut Task, _: Option<&[u8]>, _, _: Take<'_, (K, V)>| Ok(()));
                Rows::new(self.at.clone(), Source::Task(Err(error), walk), position::<K, V>)
            }
        }
    }

    /// All rows.
    ///
    /// Kafka Streams: `RangeQuery.withNoBounds`.
    pub fn rows(&self) -> Rows<(K, V)> {
        self.of_keys(Keys::Range(Bound::Unbounded, Bound::Unbounded))
    }

    /// All rows that this process has, task by task, each task's in the order of its store. [`rows`](Self::rows) gives them in pages.
    ///
    /// # Errors
    /// When a task is not ready, or the store fails.
    pub async fn all(&self) -> Result<Vec<(K, V)>, QueryError> {
        self.rows().all().await
    }

    fn of_keys(&self, keys: Keys<K>) -> Rows<(K, V)> {
        let name = self.at.name;
        let source = match self.at.way.env.globals.get::<K, V>(name) {
            Some(global) => Source::Global(Arc::new(move |after, order, take| walk_global(&global, (name, &keys), after, order, take))),
            None => Source::Tasks(Arc::new(move |task: &mut Task, after, order, take| walk(task, name, &keys, after, order, take))),
        };
        Rows::new(self.at.clone(), source, position::<K, V>)
    }

    /// The value that a key had at a time (in milliseconds since the Unix epoch), and since when it had it. Only a table with a history
    /// (`.versioned(…)`) knows.
    ///
    /// Kafka Streams: `VersionedKeyQuery.asOf`.
    ///
    /// # Errors
    /// When the key's task is not ready or not in this process, the store fails, or has no history.
    pub async fn get_as_of<Q>(&self, key: &Q, time_ms: i64) -> Result<Option<(V, i64)>, QueryError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let (task, key) = self.at.task_of(key)?;
        let store = self.at.name;
        let question = move |task: &mut Task| {
            let handle = task.stores_mut().find::<Versioned<K, V>>(store).ok_or(QueryError::Unknown { store })?;
            Ok(task.stores_mut().get(handle).get_as_of(&key, time_ms)?.map(|(value, since_ms)| (value.clone(), since_ms)))
        };
        self.at.ask(task, question).await
    }
}

/// The bytes of a row's key.
fn position<K: StreamData, V>(row: &(K, V)) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    K::Codec::default().encode(&row.0, &mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

impl<K: StreamData<Stored = K> + Clone> Keys<K> {
    /// What of them lies behind a key, as a range.
    fn behind<'k>(&'k self, after: &'k K, order: Order) -> (Bound<&'k K>, Bound<&'k K>) {
        let (from, to) = match self {
            Keys::Range(from, to) => (from.as_ref(), to.as_ref()),
            Keys::Prefix(_) => (Bound::Unbounded, Bound::Unbounded),
        };
        match order {
            Order::Ascending => (Bound::Excluded(after), to),
            Order::Descending => (from, Bound::Excluded(after)),
        }
    }

    /// Whether a key has the prefix, if there is one.
    fn has(&self, key: &K, bytes: &mut Vec<u8>) -> bool {
        let Keys::Prefix(prefix) = self else { return true };
        bytes.clear();
        matches!(K::Codec::default().encode(key, bytes), Ok(Encoded::Bytes)) && bytes.starts_with(prefix)
    }
}

fn read_key<K: StreamData + Clone>(store: &'static str, bytes: &[u8]) -> Result<K, QueryError> {
    let mut slot = Default::default();
    let key = K::Codec::default().decode(Some(bytes), &mut slot).cloned();
    key.map_err(|error| QueryError::Key { store, reason: format!("the cursor is not of this store: {error}") })
}

/// Hands on rows while they have the prefix.
fn taking<'t, K, V>(keys: &'t Keys<K>, take: Take<'t, (K, V)>) -> impl FnMut(&K, &V, i64) -> ControlFlow<()> + 't
where
    K: StreamData<Stored = K> + Clone,
    V: Clone,
{
    let mut bytes = Vec::new();
    move |key, value, _| if keys.has(key, &mut bytes) { take((key.clone(), value.clone())) } else { ControlFlow::Break(()) }
}

fn walk<K, V>(
    task: &mut Task,
    name: &'static str,
    keys: &Keys<K>,
    after: Option<&[u8]>,
    order: Order,
    take: Take<'_, (K, V)>,
) -> Result<(), QueryError>
where
    K: StreamData<Stored = K> + Clone + Send + 'static,
    V: StreamData<Stored = V> + Clone + Send + Sync + 'static,
{
    let stores = task.stores_mut();
    if stores.find::<Versioned<K, V>>(name).is_some() {
        return walk_versioned(task, name, keys, after, order, take);
    }
    let handle = stores.find::<KeyValue<K, V>>(name).ok_or(QueryError::Unknown { store: name })?;
    let store = stores.get(handle);
    let after = after.map(|bytes| read_key::<K>(name, bytes)).transpose()?;
    match (&after, keys) {
        (Some(after), _) => store.visit_range::<K>(keys.behind(after, order), order, taking(keys, take))?,
        (None, Keys::Range(from, to)) => store.visit_range::<K>((from.as_ref(), to.as_ref()), order, taking(keys, take))?,
        (None, Keys::Prefix(prefix)) => store.visit_prefix::<[u8]>(prefix, order, taking(keys, take))?,
    }
    Ok(())
}

/// A versioned store is walked from its first key on for each page: its keys are in no order that could be entered in the middle.
fn walk_versioned<K, V>(
    task: &mut Task,
    name: &'static str,
    keys: &Keys<K>,
    after: Option<&[u8]>,
    order: Order,
    take: Take<'_, (K, V)>,
) -> Result<(), QueryError>
where
    K: StreamData<Stored = K> + Clone + Send + 'static,
    V: StreamData<Stored = V> + Clone + Send + Sync + 'static,
{
    let handle = task.stores_mut().find::<Versioned<K, V>>(name).ok_or(QueryError::Unknown { store: name })?;
    let encode = |key: &K| position(&(key.clone(), ())).map_err(|reason| QueryError::Key { store: name, reason });
    let ends = match keys {
        Keys::Range(from, to) => {
            let encode = |bound: &Bound<K>| match bound {
                Bound::Unbounded => Ok(Bound::Unbounded),
                Bound::Included(key) => encode(key).map(Bound::Included),
                Bound::Excluded(key) => encode(key).map(Bound::Excluded),
            };
            (encode(from)?, encode(to)?)
        }
        Keys::Prefix(_) => (Bound::Unbounded, Bound::Unbounded),
    };
    let (mut wanted, mut bytes, mut failed) = (Vec::new(), Vec::new(), None);
    task.stores_mut().get(handle).keys(|key| {
        let at = match encode(key) {
            Ok(at) => at,
            Err(error) => {
                failed = Some(error);
                return ControlFlow::Break(());
            }
        };
        let behind = after.is_none_or(|after| if order == Order::Ascending { &at[..] > after } else { &at[..] < after });
        if behind && ends.contains(&at) && keys.has(key, &mut bytes) {
            wanted.push(key.clone());
        }
        ControlFlow::Continue(())
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    if order == Order::Descending {
        wanted.reverse();
    }
    for key in wanted {
        let value = task.stores_mut().get(handle).get(&key)?.map(|(value, _)| value.clone());
        if value.is_some_and(|value| take((key, value)).is_break()) {
            break;
        }
    }
    Ok(())
}

fn walk_global<K, V>(
    global: &GlobalStore<K, V>,
    (name, keys): (&'static str, &Keys<K>),
    after: Option<&[u8]>,
    order: Order,
    take: Take<'_, (K, V)>,
) -> Result<(), QueryError>
where
    K: StreamData<Stored = K> + Clone + Send + Sync + 'static,
    V: StreamData<Stored = V> + Clone + Send + Sync + 'static,
{
    let after = after.map(|bytes| read_key::<K>(name, bytes)).transpose()?;
    let range = match (&after, keys) {
        (Some(after), _) => keys.behind(after, order),
        (None, Keys::Range(from, to)) => (from.as_ref(), to.as_ref()),
        (None, Keys::Prefix(_)) => (Bound::Unbounded, Bound::Unbounded),
    };
    let mut bytes = Vec::new();
    global.visit_range::<K>(range, order, |key, value| {
        if keys.has(key, &mut bytes) { take((key.clone(), value.clone())) } else { ControlFlow::Continue(()) }
    })?;
    Ok(())
}
