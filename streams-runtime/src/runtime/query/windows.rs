//! Queries of aggregations in windows and sessions: a key and a range of time.

use std::ops::{Bound, ControlFlow, RangeBounds};

use super::{QueryError, StoreQuery};
use crate::codec::StreamData;
use crate::stores::{Order, Sessions, WindowState};
use crate::windows::{SessionWindow, Window, Windowed};

/// The first and the last millisecond of a range; `None` if it is empty.
fn ends(range: &impl RangeBounds<i64>) -> Option<(i64, i64)> {
    let from_ms = match range.start_bound() {
        Bound::Included(from_ms) => *from_ms,
        Bound::Excluded(before_ms) => before_ms.checked_add(1)?,
        Bound::Unbounded => i64::MIN,
    };
    let to_ms = match range.end_bound() {
        Bound::Included(to_ms) => *to_ms,
        Bound::Excluded(after_ms) => after_ms.checked_sub(1)?,
        Bound::Unbounded => i64::MAX,
    };
    (from_ms <= to_ms).then_some((from_ms, to_ms))
}

impl<K, V> StoreQuery<Windowed<K>, V>
where
    K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
    V: StreamData<Stored = V> + Clone + Send + Sync + 'static,
{
    /// The values of a key in windows that start within a range of time (in milliseconds since the Unix epoch), in the order of the starts: those
    /// that are within the retention of the store.
    ///
    /// Kafka Streams: `ReadOnlyWindowStore.fetch(key, timeFrom, timeTo)`, whose end is included: `from..=to`.
    ///
    /// ```no_run
    /// # use streams_runtime::prelude::*;
    /// # topology! {
    /// #     fn views() -> Views {
    /// #         let views: Stream<String, String> = stream("views");
    /// #         let per_page: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(tumbling(minutes(1))).count();
    /// #     }
    /// # }
    /// # async fn ask(app: streams_runtime::App<Views>) -> Result<(), streams_runtime::QueryError> {
    /// let per_minute: Vec<(Window, u64)> = app.store(Views::PER_PAGE).fetch("home", 0..3_600_000).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the key's task is not running in this process, the store fails, or has other rows.
    pub async fn fetch<Q>(&self, key: &Q, starts_ms: impl RangeBounds<i64>) -> Result<Vec<(Window, V)>, QueryError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let Some((from_ms, to_ms)) = ends(&starts_ms) else { return Ok(Vec::new()) };
        let (task, key) = self.task_of(key)?;
        let store = self.name;
        self.ask(task, move |task| {
            let handle = task.stores_mut().find::<WindowState<K, V>>(store).ok_or(QueryError::Unknown { store })?;
            let windows = task.stores_mut().get(handle);
            let mut rows = Vec::new();
            let size_ms = windows.size_ms();
            windows.visit_range(&key, from_ms, to_ms, Order::Ascending, |start_ms, value, _| {
                rows.push((Window { start_ms, end_ms: start_ms.saturating_add(size_ms) }, value.clone()));
                ControlFlow::Continue(())
            })?;
            Ok(rows)
        })
        .await
    }

    /// The rows that this process has in windows that start within a range of time, task by task, in the order of the starts and then of the keys' bytes.
    ///
    /// Kafka Streams: `ReadOnlyWindowStore.fetchAll(timeFrom, timeTo)`; with `..` also `all()`.
    ///
    /// # Errors
    /// When a task is being restored, the store fails, or has other rows.
    pub async fn fetch_all(&self, starts_ms: impl RangeBounds<i64>) -> Result<Vec<(Windowed<K>, V)>, QueryError> {
        let Some((from_ms, to_ms)) = ends(&starts_ms) else { return Ok(Vec::new()) };
        let (mut rows, store) = (Vec::new(), self.name);
        for task in self.local_tasks()? {
            let part = self.ask(task, move |task| {
                let handle = task.stores_mut().find::<WindowState<K, V>>(store).ok_or(QueryError::Unknown { store })?;
                let mut rows = Vec::new();
                task.stores_mut().get(handle).visit_all(from_ms, to_ms, Order::Ascending, |key, window, value, _| {
                    rows.push((Windowed { key: key.clone(), window }, value.clone()));
                    ControlFlow::Continue(())
                })?;
                Ok(rows)
            });
            rows.extend(part.await?);
        }
        Ok(rows)
    }
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
    /// When the key's task is not running in this process, the store fails, or has other rows.
    pub async fn fetch<Q>(&self, key: &Q, times_ms: impl RangeBounds<i64>) -> Result<Vec<(SessionWindow, V)>, QueryError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let Some((from_ms, to_ms)) = ends(&times_ms) else { return Ok(Vec::new()) };
        let (task, key) = self.task_of(key)?;
        let store = self.name;
        self.ask(task, move |task| {
            let handle = task.stores_mut().find::<Sessions<K, V>>(store).ok_or(QueryError::Unknown { store })?;
            let mut rows = Vec::new();
            task.stores_mut().get(handle).visit_sessions(&key, from_ms, to_ms, Order::Ascending, |session, value| {
                rows.push((session, value.clone()));
                ControlFlow::Continue(())
            })?;
            Ok(rows)
        })
        .await
    }

    /// The sessions that this process has and that overlap a range of time, task by task, in the order of the keys' bytes and then of their ends.
    ///
    /// # Errors
    /// When a task is being restored, the store fails, or has other rows.
    pub async fn fetch_all(&self, times_ms: impl RangeBounds<i64>) -> Result<Vec<(Windowed<K, SessionWindow>, V)>, QueryError> {
        let Some((from_ms, to_ms)) = ends(&times_ms) else { return Ok(Vec::new()) };
        let (mut rows, store) = (Vec::new(), self.name);
        for task in self.local_tasks()? {
            let part = self.ask(task, move |task| {
                let handle = task.stores_mut().find::<Sessions<K, V>>(store).ok_or(QueryError::Unknown { store })?;
                let mut rows = Vec::new();
                let all: (Bound<&K>, Bound<&K>) = (Bound::Unbounded, Bound::Unbounded);
                task.stores_mut().get(handle).visit_keys(all, from_ms, to_ms, Order::Ascending, |key, window, value| {
                    rows.push((Windowed { key: key.clone(), window }, value.clone()));
                    ControlFlow::Continue(())
                })?;
                Ok(rows)
            });
            rows.extend(part.await?);
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_have_ends_or_are_empty() {
        assert_eq!(ends(&(3..5)), Some((3, 4)));
        assert_eq!(ends(&(3..=5)), Some((3, 5)));
        assert_eq!(ends(&(..)), Some((i64::MIN, i64::MAX)));
        assert_eq!(ends(&(3..3)), None);
        assert_eq!(ends(&(..i64::MIN)), None);
        assert_eq!(ends(&(Bound::Excluded(i64::MAX), Bound::Unbounded)), None);
    }
}
