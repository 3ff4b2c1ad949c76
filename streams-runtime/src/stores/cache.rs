//! The write-back cache of a store: typed rows by the bytes of their keys, within a budget.
//!
//! Rows that were changed stay until they are flushed; of the others those go first that were not used lately (a clock hand goes round
//! and gives each row a second chance).

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::by_key::ByKey;
use super::order::Range;
use crate::codec::StreamData;
use crate::context::Cause;
use crate::headers::Headers;

/// What a row costs besides its own size: its place in the index and what the allocator adds to its key.
const ROW_OVERHEAD_BYTES: usize = 24;

pub(super) struct Row<V> {
    pub(super) key: Box<[u8]>,
    /// `None`: the key has no row, which is worth remembering too.
    pub(super) value: Option<V>,
    pub(super) timestamp_ms: i64,
    /// Of the record that made the last change; most have none.
    pub(super) headers: Option<Box<Headers>>,
    /// Behind its place among the changed rows; 0: it is not changed.
    dirty: u32,
    /// Its bytes are below the cache already, although it is dirty.
    written: bool,
    used: bool,
    vacant: bool,
}

impl<V> Row<V> {
    fn is_dirty(&self) -> bool {
        self.dirty != 0
    }

    /// Its bytes are still to be written.
    pub(super) fn is_ahead(&self) -> bool {
        self.is_dirty() && !self.written
    }

    /// Its bytes were written before it leaves the cache.
    pub(super) fn is_written(&self) -> bool {
        self.written
    }
}

/// A row changed since the last flush, with the value it had then, if that is kept. The budget is
/// for rows: of this, which is gone with each commit, it counts what lies on the heap.
struct Dirty<V> {
    place: u32,
    old: Option<V>,
    /// Whether the row had a value then.
    was_there: bool,
    /// The record that made the last change.
    cause: Cause,
}

/// A changed row that leaves.
pub(super) struct Leaving<'c, V> {
    pub(super) row: &'c Row<V>,
    /// The value of the flush before, if it is kept.
    pub(super) old: Option<V>,
    /// The record that made the last change.
    pub(super) cause: Cause,
}

pub(super) struct Cache<V> {
    hasher: DefaultHashBuilder,
    /// Places in `rows`, by the hash of the key's bytes.
    index: HashTable<u32>,
    rows: Vec<Row<V>>,
    vacant: Vec<u32>,
    /// In the order of their first change.
    dirty: Vec<Dirty<V>>,
    flushed: usize,
    /// The places of the changed rows, since somebody asked for a range.
    order: Option<ByKey>,
    bytes: usize,
    max_bytes: usize,
    hand: usize,
    keeps_old: bool,
    /// Deleted rows do not stay, and with a cache nobody hears of rows that came and went between two flushes.
    drops_deleted: bool,
    /// The value of the row that was taken out last, if it is kept.
    taken: Option<V>,
    taken_was_there: bool,
}

impl<V: StreamData + Clone> Cache<V> {
    pub(super) fn new(max_bytes: usize) -> Self {
        Cache {
            hasher: DefaultHashBuilder::default(),
            index: HashTable::new(),
            rows: Vec::new(),
            vacant: Vec::new(),
            dirty: Vec::new(),
            flushed: 0,
            order: None,
            bytes: 0,
            max_bytes,
            hand: 0,
            keeps_old: false,
            drops_deleted: false,
            taken: None,
            taken_was_there: false,
        }
    }

    pub(super) fn set_max_bytes(&mut self, bytes: usize) {
        self.max_bytes = bytes;
    }

    pub(super) fn keep_old(&mut self) {
        self.keeps_old = true;
    }

    pub(super) fn drop_deleted(&mut self) {
        self.drops_deleted = true;
    }

    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.bytes > self.max_bytes
    }

    /// Where the row of a key is.
    #[inline]
    pub(super) fn find(&mut self, key: &[u8]) -> Option<usize> {
        let hash = self.hasher.hash_one(key);
        let rows = &self.rows;
        let place = *self.index.find(hash, |&place| *rows[place as usize].key == *key)? as usize;
        self.rows[place].used = true;
        Some(place)
    }

    #[inline]
    pub(super) fn row(&self, place: usize) -> &Row<V> {
        &self.rows[place]
    }

    /// Adds the row of a key that is not there. Other rows may leave for it, so places found before are not to be used any more.
    pub(super) fn insert(&mut self, key: &[u8], value: Option<V>, timestamp_ms: i64) -> usize {
        // With many changed rows a round of the hand would find little; the flush that is due then makes room.
        if self.is_full() && self.dirty.len() * 4 <= self.index.len() {
            self.evict();
        }
        self.bytes += Self::fixed_bytes(key) + value.as_ref().map_or(0, V::heap_bytes);
        let hash = self.hasher.hash_one(key);
        let row = Row { key: key.into(), value, timestamp_ms, headers: None, dirty: 0, written: false, used: true, vacant: false };
        let place = match self.vacant.pop() {
            Some(place) => {
                self.rows[place as usize] = row;
                place
            }
            None => {
                self.rows.push(row);
                self.rows.len() as u32 - 1
            }
        };
        let (hasher, rows) = (&self.hasher, &self.rows);
        self.index.insert_unique(hash, place, |&place| hasher.hash_one(&rows[place as usize].key[..]));
        place as usize
    }

    fn fixed_bytes(key: &[u8]) -> usize {
        size_of::<Row<V>>() + key.len() + ROW_OVERHEAD_BYTES
    }

    /// Lets rows go that are not changed and were not used lately, until a quarter of the budget is free.
    fn evict(&mut self) {
        let target = self.max_bytes / 4 * 3;
        // Twice round: the first time may only take the second chances away.
        for _ in 0..self.rows.len() * 2 {
            if self.bytes <= target {
                break;
            }
            self.hand = (self.hand + 1) % self.rows.len();
            let row = &mut self.rows[self.hand];
            if row.vacant || row.is_dirty() {
                continue;
            }
            if std::mem::take(&mut row.used) && self.max_bytes > 0 {
                continue;
            }
            self.remove(self.hand);
        }
    }

    /// Lets a row go that is not changed.
    fn remove(&mut self, place: usize) {
        let row = &mut self.rows[place];
        self.bytes = self.bytes.saturating_sub(Self::fixed_bytes(&row.key) + row.value.as_ref().map_or(0, V::heap_bytes));
        let hash = self.hasher.hash_one(&row.key[..]);
        let place = place as u32;
        if let Ok(entry) = self.index.find_entry(hash, |&other| other == place) {
            entry.remove();
        }
        row.vacant = true;
        row.value = None;
        row.headers = None;
        row.key = Box::default();
        self.vacant.push(place);
    }

    /// Lets the row of a key go, unless it is changed.
    pub(super) fn forget(&mut self, key: &[u8]) {
        if let Some(place) = self.find(key)
            && !self.rows[place].is_dirty()
        {
            self.remove(place);
        }
    }

    /// Takes the value of a row out, to be changed; [`set`](Self::set) or [`put_back`](Self::put_back) must follow.
    #[inline]
    pub(super) fn take(&mut self, place: usize) -> Option<V> {
        let row = &mut self.rows[place];
        if !row.is_dirty() {
            self.taken_was_there = row.value.is_some();
            if self.keeps_old {
                self.taken = row.value.clone();
            }
        }
        let value = row.value.take();
        self.bytes = self.bytes.saturating_sub(value.as_ref().map_or(0, V::heap_bytes));
        value
    }

    /// Whether what a new row is said to have had before makes a difference.
    #[inline]
    pub(super) fn tells_old(&self) -> bool {
        self.keeps_old && self.max_bytes == 0
    }

    /// What a row that was taken out, and had no value, is said to have had; without a cache only, and if it is kept.
    #[inline]
    pub(super) fn assume_old(&mut self, place: usize, initial: impl FnOnce() -> V) {
        if self.tells_old() && !self.rows[place].is_dirty() && self.taken.is_none() {
            self.taken = Some(initial());
        }
    }

    /// Puts a value back that was not changed after all.
    pub(super) fn put_back(&mut self, place: usize, value: Option<V>) {
        self.taken = None;
        self.bytes += value.as_ref().map_or(0, V::heap_bytes);
        self.rows[place].value = value;
    }

    /// Gives a row whose value was taken out a new one (`None`: deleted), its time and its headers.
    #[inline]
    pub(super) fn set(&mut self, place: usize, timestamp_ms: i64, headers: &Headers, value: Option<V>) {
        let row = &mut self.rows[place];
        if !row.is_dirty() {
            let (old, was_there) = (self.taken.take(), self.taken_was_there);
            self.dirty.push(Dirty { place: place as u32, old, was_there, cause: Cause::default() });
            row.dirty = self.dirty.len() as u32;
            if self.order.is_some() {
                self.put_in_order(place);
            }
        }
        let row = &mut self.rows[place];
        row.written = false;
        row.timestamp_ms = timestamp_ms;
        match &mut row.headers {
            None if headers.is_empty() => {}
            None => row.headers = Some(Box::new(headers.clone())),
            Some(there) => (**there).clone_from(headers),
        }
        self.bytes += value.as_ref().map_or(0, V::heap_bytes);
        row.value = value;
    }

    /// Notes which record made the last change of a row.
    #[inline]
    pub(super) fn set_cause(&mut self, place: usize, cause: &Cause) {
        let dirty = self.rows[place].dirty as usize;
        if let Some(dirty) = self.dirty.get_mut(dirty.wrapping_sub(1)) {
            let before = dirty.cause.heap_bytes();
            dirty.cause.assign(cause);
            self.bytes = (self.bytes + dirty.cause.heap_bytes()).saturating_sub(before);
        }
    }

    /// The record that made the last change of a row that is not flushed yet.
    pub(super) fn cause(&self, place: usize) -> Option<&Cause> {
        self.dirty.get((self.rows[place].dirty as usize).wrapping_sub(1)).map(|dirty| &dirty.cause)
    }

    /// What a row that is gone had at the last flush, if it had something then: its value, where
    /// that is kept.
    pub(super) fn untold(&self, place: usize) -> Option<Option<&V>> {
        let row = &self.rows[place];
        let dirty = self.dirty.get((row.dirty as usize).wrapping_sub(1)).filter(|dirty| row.value.is_none() && dirty.was_there)?;
        Some(dirty.old.as_ref())
    }

    /// The bytes of a changed row are below the cache already.
    pub(super) fn mark_written(&mut self, place: usize) {
        self.rows[place].written = true;
    }

    /// The next changed row, which counts as flushed from now on. At the end of them `None`, and a cache that is full makes room.
    pub(super) fn next_dirty(&mut self) -> Option<Leaving<'_, V>> {
        loop {
            let Some(dirty) = self.dirty.get_mut(self.flushed) else {
                self.dirty.clear();
                self.flushed = 0;
                self.order = None;
                if self.is_full() {
                    self.evict();
                }
                return None;
            };
            self.flushed += 1;
            let (place, old, was_there) = (dirty.place as usize, dirty.old.take(), dirty.was_there);
            let cause = std::mem::take(&mut dirty.cause);
            self.bytes = self.bytes.saturating_sub(cause.heap_bytes());
            if let Some(order) = &mut self.order {
                let rows = &self.rows;
                order.remove(place as u32, |place| &rows[place as usize].key);
            }
            let row = &mut self.rows[place];
            row.dirty = 0;
            if self.drops_deleted && self.max_bytes > 0 && !was_there && row.value.is_none() {
                self.remove(place);
                continue;
            }
            return Some(Leaving { row: &self.rows[place], old, cause });
        }
    }

    #[cold]
    fn put_in_order(&mut self, place: usize) {
        let Cache { order: Some(order), rows, .. } = self else { return };
        order.insert(place as u32, |place| &rows[place as usize].key);
    }

    /// A range is going to be asked for. Where nothing has changed no order begins.
    pub(super) fn keep_order(&mut self) {
        let Cache { order, dirty, rows, flushed, .. } = self;
        if dirty.len() == *flushed {
            return;
        }
        order.get_or_insert_with(|| ByKey::new(dirty[*flushed..].iter().map(|dirty| dirty.place), |place| &rows[place as usize].key));
    }

    /// The changed rows in a range of keys, in their order; nothing before the order [is
    /// kept](Self::keep_order).
    pub(super) fn dirty_range(&self, range: Range<'_>) -> impl DoubleEndedIterator<Item = &Row<V>> {
        let places = self.order.as_ref().map(|order| order.range(range, |place| &self.rows[place as usize].key));
        places.into_iter().flatten().map(|place| &self.rows[place as usize])
    }

    /// The rows changed since the last flush.
    pub(super) fn dirty_rows(&self) -> impl Iterator<Item = &Row<V>> {
        self.dirty[self.flushed..].iter().map(|dirty| &self.rows[dirty.place as usize])
    }
}
