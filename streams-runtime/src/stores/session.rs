//! Values by key and session: a key-value store whose keys end with the session's end and start, and which forgets old sessions.
//!
//! A row's key is the key's bytes and 8 bytes each of the end and the start, as Kafka Streams has it in its changelogs. Sessions that are out
//! of retention leave without a word to the changelog: the topic's own retention deletes them there.

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;
use std::ops::{Bound, ControlFlow};
use std::rc::Rc;
use std::sync::Arc;

use super::erased::OverRows;
use super::sorted::{Place, Sorted};
use super::{Change, KeyValueBackend, KeyValueStore, StoreError};
use crate::broker::{ProduceBatch, TopicSlot};
use crate::codec::StreamData;
use crate::codec::windowed::{end_session_key, session_key};
use crate::context::Cause;
use crate::headers::Headers;
use crate::record::RecordRef;
use crate::windows::SessionWindow;

/// End and start of a session: sessions are ordered by their ends.
type Bounds = (i64, i64);

fn bounds(session: SessionWindow) -> Bounds {
    (session.end_ms, session.start_ms)
}

fn session((end_ms, start_ms): Bounds) -> SessionWindow {
    SessionWindow { start_ms, end_ms }
}

/// The sessions of a key, in order.
struct OfKey {
    /// The key's bytes, shared with the index by end.
    key: Rc<[u8]>,
    sessions: Sorted<Bounds>,
    /// How many sessions start before the one in front of them. Without such ones, as aggregations
    /// have them, the starts are in order too.
    enclosing: usize,
}

impl OfKey {
    /// Those that end at or after one time and start at or before another.
    #[inline]
    fn between(&self, earliest_end_ms: i64, latest_start_ms: i64) -> impl DoubleEndedIterator<Item = SessionWindow> {
        let sessions = &self.sessions;
        let first = sessions.place(|(end_ms, _)| *end_ms < earliest_end_ms);
        let end = if self.enclosing == 0 { sessions.place(|(_, start_ms)| *start_ms <= latest_start_ms) } else { sessions.end() };
        sessions.range(first, end).filter(move |(_, start_ms)| *start_ms <= latest_start_ms).map(|bounds| session(*bounds))
    }

    fn place(&self, bounds: Bounds) -> (Place, bool) {
        let place = self.sessions.place(|other| *other < bounds);
        (place, self.sessions.get(place) == Some(&bounds))
    }

    /// Adds a session; `false`: it is there already.
    fn add(&mut self, bounds: Bounds) -> bool {
        let (place, is_there) = self.place(bounds);
        if !is_there {
            let (before, behind) = (self.sessions.before(place).copied(), self.sessions.get(place).copied());
            self.enclosing -= encloses(before, behind);
            self.enclosing += encloses(before, Some(bounds)) + encloses(Some(bounds), behind);
            self.sessions.insert(place, bounds);
        }
        !is_there
    }

    /// Takes a session out; `false`: it is not there.
    fn remove(&mut self, bounds: Bounds) -> bool {
        let (place, is_there) = self.place(bounds);
        if is_there {
            let (before, behind) = (self.sessions.before(place).copied(), self.sessions.behind(place).copied());
            self.enclosing -= encloses(before, Some(bounds)) + encloses(Some(bounds), behind);
            self.enclosing += encloses(before, behind);
            self.sessions.remove(place);
        }
        is_there
    }
}

/// 1 if the later of two neighbours starts before the other.
fn encloses(before: Option<Bounds>, behind: Option<Bounds>) -> usize {
    usize::from(before.zip(behind).is_some_and(|((_, before_ms), (_, behind_ms))| behind_ms < before_ms))
}

/// A session with the bytes of its key.
pub(crate) struct Closing {
    pub(crate) session: SessionWindow,
    pub(crate) key: Rc<[u8]>,
}

/// A session store of one task.
pub struct SessionStore<K: StreamData, V: StreamData> {
    rows: KeyValueStore<Vec<u8>, V>,
    by_key: BTreeMap<Rc<[u8]>, OfKey>,
    /// All sessions in the order in which they close and leave.
    by_end: BTreeSet<(Bounds, Rc<[u8]>)>,
    retention_ms: i64,
    /// The largest end that was put, since the restore or before the commit that it is from; -1
    /// before the first.
    newest_end_ms: i64,
    /// The stream time up to which restored sessions were committed.
    committed_ms: i64,
    key_scratch: Vec<u8>,
    key: PhantomData<fn() -> K>,
}

impl<K, V> SessionStore<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    /// A store over what the backend holds already.
    pub(crate) fn new(
        name: Arc<str>,
        backend: Box<dyn KeyValueBackend>,
        changelog: Option<(TopicSlot, i32)>,
        cache_max_bytes: usize,
        retention_ms: i64,
    ) -> Result<Self, StoreError> {
        let mut rows = KeyValueStore::new(name, backend, changelog, cache_max_bytes);
        // Each step of a growing session is a row of its own that is deleted by the next.
        rows.drop_deleted();
        let mut store = SessionStore {
            rows,
            by_key: BTreeMap::new(),
            by_end: BTreeSet::new(),
            retention_ms,
            newest_end_ms: -1,
            committed_ms: i64::MAX,
            key_scratch: Vec::new(),
            key: PhantomData,
        };
        let mut keys: Vec<Vec<u8>> = Vec::new();
        store.rows.all(|key, _| {
            keys.push(key.clone());
            ControlFlow::Continue(())
        })?;
        for key in keys {
            store.note_restored(&key, true);
        }
        // What comes now is from a changelog.
        store.committed_ms = -1;
        Ok(store)
    }

    /// The store's name.
    pub fn name(&self) -> &str {
        self.rows.name()
    }

    /// How long a session is kept after its end.
    pub(crate) fn retention_ms(&self) -> i64 {
        self.retention_ms
    }

    /// Sessions that end up to this time are out of retention.
    fn expired_ms(&self) -> i64 {
        self.newest_end_ms.saturating_sub(self.retention_ms)
    }

    /// The first end that is within retention.
    fn first_seen_ms(&self) -> i64 {
        self.expired_ms().saturating_add(1)
    }

    /// Remembers that there is a session, or that there is none any more.
    pub(crate) fn note(&mut self, key: &[u8], session: SessionWindow, is_there: bool) {
        self.newest_end_ms = self.newest_end_ms.max(session.end_ms);
        self.index(key, bounds(session), is_there);
    }

    fn index(&mut self, key: &[u8], bounds: Bounds, is_there: bool) {
        let Some(of_key) = self.by_key.get_mut(key) else {
            if is_there {
                let key: Rc<[u8]> = key.into();
                self.by_end.insert((bounds, Rc::clone(&key)));
                let mut of_key = OfKey { key: Rc::clone(&key), sessions: Sorted::default(), enclosing: 0 };
                of_key.add(bounds);
                self.by_key.insert(key, of_key);
            }
            return;
        };
        if is_there {
            if of_key.add(bounds) {
                self.by_end.insert((bounds, Rc::clone(&of_key.key)));
            }
        } else if of_key.remove(bounds) {
            self.by_end.remove(&(bounds, Rc::clone(&of_key.key)));
            if of_key.sessions.is_empty() {
                self.by_key.remove(key);
            }
        }
    }

    /// Remembers a session that was there before, or was not any more. It moves the time of the
    /// store if it was there at the commit.
    fn note_restored(&mut self, row: &[u8], is_there: bool) {
        // What is too short for a session is told when it is read.
        let Ok((key, session)) = session_key(row) else { return };
        if session.end_ms <= self.committed_ms {
            self.newest_end_ms = self.newest_end_ms.max(session.end_ms);
        }
        self.index(key, bounds(session), is_there);
    }

    /// The sessions of a key that end at or after one time and start at or before another, in order of end and start. Only those within retention.
    #[inline]
    pub(crate) fn find(&self, key: &[u8], earliest_end_ms: i64, latest_start_ms: i64) -> impl DoubleEndedIterator<Item = SessionWindow> {
        let earliest_end_ms = earliest_end_ms.max(self.first_seen_ms());
        self.by_key.get(key).into_iter().flat_map(move |of_key| of_key.between(earliest_end_ms, latest_start_ms))
    }

    /// Appends the sessions that end within two times (the second excluded), in order of end, start and key. Also finds those that are out of
    /// retention but still there.
    pub(crate) fn closing(&self, from_ms: i64, before_ms: i64, closing: &mut Vec<Closing>) {
        let (first, last) = ((from_ms, i64::MIN), (before_ms, i64::MIN));
        let empty: Rc<[u8]> = Rc::from(&[][..]);
        if first < last {
            let between = (Bound::Included((first, Rc::clone(&empty))), Bound::Excluded((last, empty)));
            closing.extend(self.by_end.range(between).map(|(bounds, key)| Closing { session: session(*bounds), key: Rc::clone(key) }));
        }
    }

    /// The place of a row in the cache, read from below if it is not there.
    #[inline]
    pub(crate) fn load(&mut self, row: &[u8]) -> Result<usize, StoreError> {
        match self.rows.load(row)? {
            Some(place) => Ok(place),
            None => Err(StoreError::NullKey { store: self.name().to_owned() }),
        }
    }

    #[inline]
    pub(crate) fn take(&mut self, place: usize) -> Option<V> {
        self.rows.take(place)
    }

    pub(crate) fn row(&self, place: usize) -> Option<&V> {
        self.rows.row(place)
    }

    /// Gives a row whose value was taken out a new one (`None`: deleted); the index is told by [`note`](Self::note). A row has the time of its session's end, and
    /// no headers.
    #[inline]
    pub(crate) fn set(&mut self, place: usize, end_ms: i64, no_headers: &Headers, value: Option<V>) {
        self.rows.set(place, end_ms, no_headers, value);
    }

    /// As [`KeyValueStore::set_cause`].
    #[inline]
    pub(crate) fn set_cause(&mut self, place: usize, cause: &Cause) {
        self.rows.set_cause(place, cause);
    }

    /// As [`KeyValueStore::cause`].
    pub(crate) fn cause(&self, place: usize) -> Option<&Cause> {
        self.rows.cause(place)
    }

    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.rows.is_full()
    }

    pub(crate) fn forward_changes(&mut self, with_old: bool) {
        self.rows.forward_changes(with_old);
    }

    /// Removes the rows that are out of retention. Only with nothing changed in the cache. A session that ends when retention begins stays
    /// one moment longer, unseen: with the least retention it is not closed yet.
    fn expire(&mut self) {
        let expired_ms = self.expired_ms();
        while self.by_end.first().is_some_and(|((end_ms, _), _)| *end_ms < expired_ms) {
            let Some((bounds, key)) = self.by_end.pop_first() else { break };
            if let Some(of_key) = self.by_key.get_mut(&key) {
                of_key.remove(bounds);
                if of_key.sessions.is_empty() {
                    self.by_key.remove(&key);
                }
            }
            let mut row = std::mem::take(&mut self.key_scratch);
            set_row(&mut row, &key, session(bounds));
            self.rows.forget(&row);
            self.key_scratch = row;
        }
    }
}

/// The bytes of a row's key.
pub(crate) fn set_row(row: &mut Vec<u8>, key: &[u8], session: SessionWindow) {
    row.clear();
    row.extend_from_slice(key);
    end_session_key(row, session);
}

impl<K, V> OverRows for SessionStore<K, V>
where
    K: StreamData<Stored = K> + 'static,
    V: StreamData<Stored = V> + Clone + 'static,
{
    type Value = V;

    fn rows(&self) -> &KeyValueStore<Vec<u8>, V> {
        &self.rows
    }

    fn rows_mut(&mut self) -> &mut KeyValueStore<Vec<u8>, V> {
        &mut self.rows
    }

    fn next_change(&mut self, row: &mut Vec<u8>, out: &mut ProduceBatch) -> Result<Option<Change<V>>, StoreError> {
        let change = self.rows.next_change(row, out)?;
        if change.is_none() {
            self.expire();
        }
        Ok(change)
    }

    fn begin_restore(&mut self, committed_ms: i64) {
        self.committed_ms = committed_ms;
        let newest = self.by_end.iter().rev().find(|((end_ms, _), _)| *end_ms <= committed_ms);
        self.newest_end_ms = newest.map_or(-1, |((end_ms, _), _)| (*end_ms).max(-1));
    }

    fn time_ms(&self) -> i64 {
        self.newest_end_ms
    }

    fn restore(&mut self, records: &mut dyn Iterator<Item = RecordRef<'_>>, position: i64) -> Result<(), StoreError> {
        let mut keys: Vec<(Box<[u8]>, bool)> = Vec::new();
        let mut seen = records.inspect(|record| keys.extend(record.key.map(|key| (key.into(), record.value.is_some()))));
        self.rows.restore(&mut seen, position)?;
        for (key, is_there) in keys {
            self.note_restored(&key, is_there);
        }
        self.expire();
        Ok(())
    }

    fn seek(&mut self, key: &[u8]) -> Result<Option<usize>, StoreError> {
        match session_key(key) {
            Ok((_, session)) if session.end_ms >= self.first_seen_ms() => self.load(key).map(Some),
            _ => Ok(None),
        }
    }

    fn clear_for_restore(&mut self) -> Result<(), StoreError> {
        self.by_key.clear();
        self.by_end.clear();
        self.newest_end_ms = -1;
        self.rows.clear_for_restore()
    }
}

mod operations;

#[cfg(test)]
mod tests;
