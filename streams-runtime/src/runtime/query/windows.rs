//! Queries of aggregations in windows: a key, and a range of time.

use std::ops::{Bound, ControlFlow, RangeBounds};
use std::sync::Arc;

use super::rows::{Source, Take};
use super::{QueryError, Rows, StoreQuery};
use crate::codec::{Codec, StreamData};
use crate::stores::{Order, StoreError, WindowState};
use crate::task::Task;
use crate::windows::{Window, Windowed};

/// The bytes of a time in a position.
pub(super) const TIME_BYTES: usize = 8;

/// The first and the last millisecond of a range; `None` if it is empty.
pub(super) fn ends(range: &impl RangeBounds<i64>) -> Option<(i64, i64)> {
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

/// What lies behind a time, of a range of times.
fn behind((from_ms, to_ms): (i64, i64), after_ms: i64, order: Order) -> Option<(i64, i64)> {
    match order {
        Order::Ascending => after_ms.checked_add(1).map(|from_ms| (from_ms, to_ms)),
        Order::Descending => after_ms.checked_sub(1).map(|to_ms| (from_ms, to_ms)),
    }
}

/// What a position begins with.
pub(super) fn read_time<'p>(store: &'static str, position: &'p [u8]) -> Result<(i64, &'p [u8]), QueryError> {
    let split = position.split_first_chunk::<TIME_BYTES>();
    let (time, rest) = split.ok_or_else(|| QueryError::Key { store, reason: "the cursor is not of this store".to_owned() })?;
    Ok((i64::from_be_bytes(*time), rest))
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
    /// let this_minute: Option<(Window, u64)> = app.store(Views::PER_PAGE).latest_window("home").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the key's task is not ready or not in this process, the store fails, or has other rows.
    pub async fn fetch<Q>(&self, key: &Q, starts_ms: impl RangeBounds<i64>) -> Result<Vec<(Window, V)>, QueryError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        self.windows_of(key, starts_ms).all().await
    }

    /// The window of a key that starts last, with its value.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    pub async fn latest_window<Q>(&self, key: &Q) -> Result<Option<(Window, V)>, QueryError>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        self.windows_of(key, ..).reverse().first().await
    }

    /// As [`fetch`](Self::fetch), in pages, with a limit or from the last window back.
    ///
    /// Kafka Streams: `WindowKeyQuery`.
    pub fn windows_of<Q>(&self, key: &Q, starts_ms: impl RangeBounds<i64>) -> Rows<(Window, V)>
    where
        Q: StreamData<Stored = K> + ?Sized,
    {
        let (store, times_ms) = (self.at.name, ends(&starts_ms));
        let (task, key) = match self.at.task_of(key) {
            Ok((task, key)) => (Ok(task), Some(key)),
            Err(error) => (Err(error), None),
        };
        let walk = move |task: &mut Task, after: Option<&[u8]>, order, take: Take<'_, (Window, V)>| {
            let handle = task.stores_mut().find::<WindowState<K, V>>(store).ok_or(QueryError::Unknown { store })?;
            let after_ms = after.map(|after| read_time(store, after)).transpose()?.map(|(after_ms, _)| after_ms);
            let times_ms = times_ms.and_then(|times_ms| after_ms.map_or(Some(times_ms), |after_ms| behind(times_ms, after_ms, order)));
            let (Some((from_ms, to_ms)), Some(key)) = (times_ms, &key) else { return Ok(()) };
            let windows = task.stores_mut().get(handle);
            let (ends, mut unknown) = (windows.ends(), None);
            windows.visit_range(key, from_ms, to_ms, order, |start_ms, value, _| match ends.window(start_ms) {
                Ok(window) => take((window, value.clone())),
                Err(error) => {
                    unknown = Some(StoreError::Window { store: store.to_owned(), reason: error.to_string() });
                    ControlFlow::Break(())
                }
            })?;
            unknown.map_or(Ok(()), |error| Err(error.into()))
        };
        Rows::new(self.at.clone(), Source::Task(task, Arc::new(walk)), |(window, _)| Ok(window.start_ms.to_be_bytes().to_vec()))
    }

    /// The rows that this process has in windows that start within a range of time, task by task, in the order of the starts and then of the keys' bytes.
    /// [`windows`](Self::windows) gives them in pages.
    ///
    /// Kafka Streams: `ReadOnlyWindowStore.fetchAll(timeFrom, timeTo)`; with `..` also `all()`.
    ///
    /// # Errors
    /// When a task is not ready, the store fails, or has other rows.
    pub async fn fetch_all(&self, starts_ms: impl RangeBounds<i64>) -> Result<Vec<(Windowed<K>, V)>, QueryError> {
        self.windows(starts_ms).all().await
    }

    /// As [`fetch_all`](Self::fetch_all), in pages, with a limit or from the last window back.
    ///
    /// Kafka Streams: `WindowRangeQuery.withWindowStartRange`.
    pub fn windows(&self, starts_ms: impl RangeBounds<i64>) -> Rows<(Windowed<K>, V)> {
        let (store, times_ms) = (self.at.name, ends(&starts_ms));
        let walk = move |task: &mut Task, after: Option<&[u8]>, order, take: Take<'_, (Windowed<K>, V)>| {
            let handle = task.stores_mut().find::<WindowState<K, V>>(store).ok_or(QueryError::Unknown { store })?;
            let after = after.map(|after| read_time(store, after)).transpose()?;
            let Some((mut from_ms, mut to_ms)) = times_ms else { return Ok(()) };
            match (after, order) {
                (Some((after_ms, _)), Order::Ascending) => from_ms = after_ms,
                (Some((after_ms, _)), Order::Descending) => to_ms = after_ms,
                (None, _) => {}
            }
            let (codec, mut bytes) = (K::Codec::default(), Vec::new());
            // Of the windows with the same start, those up to the cursor were handed out before.
            let mut passed = |key: &K, start_ms: i64| {
                let Some((_, after_key)) = after.filter(|(after_ms, _)| *after_ms == start_ms) else { return false };
                bytes.clear();
                codec.encode(key, &mut bytes).is_ok()
                    && if order == Order::Ascending { &bytes[..] <= after_key } else { &bytes[..] >= after_key }
            };
            task.stores_mut().get(handle).visit_all(from_ms, to_ms, order, |key, window, value, _| {
                if passed(key, window.start_ms) {
                    return ControlFlow::Continue(());
                }
                take((Windowed { key: key.clone(), window }, value.clone()))
            })?;
            Ok(())
        };
        Rows::new(self.at.clone(), Source::Tasks(Arc::new(walk)), |(windowed, _)| {
            let mut bytes = windowed.window.start_ms.to_be_bytes().to_vec();
            K::Codec::default().encode(&windowed.key, &mut bytes).map_err(|error| error.to_string())?;
            Ok(bytes)
        })
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
