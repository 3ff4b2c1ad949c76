//! Queries of aggregations in sessions: a key, and a range of time.

use std::ops::{Bound, ControlFlow, RangeBounds};
use std::sync::Arc;

use super::rows::{Source, Take};
use super::windows::{ends, read_time};
use super::{QueryError, Rows, StoreQuery};
use crate::codec::{Codec, StreamData};
use crate::stores::{Order, Sessions};
use crate::task::Task;
use crate::windows::{SessionWindow, Windowed};

/// Sessions of one key are in the order of their ends, then of their starts.
fn place(session: &SessionWindow) -> (i64, i64) {
    (session.end_ms, session.start_ms)
}

fn write_place(session: &SessionWindow) -> Vec<u8> {
    let mut bytes = session.end_ms.to_be_bytes().to_vec();
    bytes.extend_from_slice(&session.start_ms.to_be_bytes());
    bytes
}

/// Where a cursor stands, and the bytes of the key behind that.
fn read_place<'p>(store: &'static str, position: &'p [u8]) -> Result<((i64, i64), &'p [u8]), QueryError> {
    let (end_ms, rest) = read_time(store, position)?;
    let (start_ms, rest) = read_time(store, rest)?;
    Ok(((end_ms, start_ms), rest))
}

fn is_passed(session: &SessionWindow, after: (i64, i64), order: Order) -> bool {
    if order == Order::Ascending { place(session) <= after } else { place(session) >= after }
}

impl<K, V> StoreQuery<Windowed<K, SessionWindow>, V>
where
    K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
    V: StreamData<Stored = V> + Clone + Send + Sync + 'static,
{
    /// The sessions of a key that overlap a range of time (in milliseconds since the Unix epoch), in the order of their ends; `..` for all that
    /// are within the retention of the store.
    ///
    /// Kafka Streams: `ReadOnlySessionStore.fetch(key)`, and `findSessions` with the earliest end and the latest start.
    ///
    /// # Errors
    /// When the key's task is not ready or not in this process, the store fails, or has other rows.
    pub async fn fetch<Q>(&self, key: &Q, times_ms: impl RangeBounds<i64>) -> Result<Vec<(SessionWindow, V)>, QueryError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        self.sessions_of(key, times_ms).all().await
    }

    /// The session of a key that ends last, with its value.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    pub async fn latest_session<Q>(&self, key: &Q) -> Result<Option<(SessionWindow, V)>, QueryError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        self.sessions_of(key, ..).reverse().first().await
    }

    /// As [`fetch`](Self::fetch), in pages, with a limit or from the last session back.
    ///
    /// Kafka Streams: `WindowRangeQuery.withKey`.
    pub fn sessions_of<Q>(&self, key: &Q, times_ms: impl RangeBounds<i64>) -> Rows<(SessionWindow, V)>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let (store, times_ms) = (self.at.name, ends(&times_ms));
        let (task, key) = match self.at.task_of(key) {
            Ok((task, key)) => (Ok(task), Some(key)),
            Err(error) => (Err(error), None),
        };
        let walk = move |task: &mut Task, after: Option<&[u8]>, order, take: Take<'_, (SessionWindow, V)>| {
            let handle = task.stores_mut().find::<Sessions<K, V>>(store).ok_or(QueryError::Unknown { store })?;
            let after = after.map(|after| read_place(store, after)).transpose()?.map(|(after, _)| after);
            let (Some((from_ms, to_ms)), Some(key)) = (times_ms, &key) else { return Ok(()) };
            task.stores_mut().get(handle).visit_sessions(key, from_ms, to_ms, order, |session, value| {
                if after.is_some_and(|after| is_passed(&session, after, order)) {
                    return ControlFlow::Continue(());
                }
                take((session, value.clone()))
            })?;
            Ok(())
        };
        Rows::new(self.at.clone(), Source::Task(task, Arc::new(walk)), |(session, _)| Ok(write_place(session)))
    }

    /// The sessions that this process has and that overlap a range of time, task by task, in the order of the keys' bytes and then of their ends.
    /// [`sessions`](Self::sessions) gives them in pages.
    ///
    /// # Errors
    /// When a task is not ready, the store fails, or has other rows.
    pub async fn fetch_all(&self, times_ms: impl RangeBounds<i64>) -> Result<Vec<(Windowed<K, SessionWindow>, V)>, QueryError> {
        self.sessions(times_ms).all().await
    }

    /// As [`fetch_all`](Self::fetch_all), in pages, with a limit or from the last key back.
    pub fn sessions(&self, times_ms: impl RangeBounds<i64>) -> Rows<(Windowed<K, SessionWindow>, V)> {
        let (store, times_ms) = (self.at.name, ends(&times_ms));
        let walk = move |task: &mut Task, after: Option<&[u8]>, order, take: Take<'_, (Windowed<K, SessionWindow>, V)>| {
            let handle = task.stores_mut().find::<Sessions<K, V>>(store).ok_or(QueryError::Unknown { store })?;
            let Some((from_ms, to_ms)) = times_ms else { return Ok(()) };
            let after = after.map(|after| read_place(store, after)).transpose()?;
            let mut slot = Default::default();
            let after_key = after.map(|(_, bytes)| K::Codec::default().decode(Some(bytes), &mut slot).cloned());
            let after_key = after_key.transpose().map_err(|error| QueryError::Key { store, reason: format!("of the cursor: {error}") })?;
            // The key of the cursor is walked again: it may have more sessions.
            let keys = match (&after_key, order) {
                (None, _) => (Bound::Unbounded, Bound::Unbounded),
                (Some(key), Order::Ascending) => (Bound::Included(key), Bound::Unbounded),
                (Some(key), Order::Descending) => (Bound::Unbounded, Bound::Included(key)),
            };
            let (codec, mut bytes) = (K::Codec::default(), Vec::new());
            let mut passed = |key: &K, session: &SessionWindow| {
                let Some((after, after_key)) = after else { return false };
                bytes.clear();
                is_passed(session, after, order) && codec.encode(key, &mut bytes).is_ok() && bytes == after_key
            };
            task.stores_mut().get(handle).visit_keys(keys, from_ms, to_ms, order, |key: &K, window, value| {
                if passed(key, &window) {
                    return ControlFlow::Continue(());
                }
                take((Windowed { key: key.clone(), window }, value.clone()))
            })?;
            Ok(())
        };
        Rows::new(self.at.clone(), Source::Tasks(Arc::new(walk)), |(windowed, _)| {
            let mut bytes = write_place(&windowed.window);
            K::Codec::default().encode(&windowed.key, &mut bytes).map_err(|error| error.to_string())?;
            Ok(bytes)
        })
    }
}
