//! The records of one side of a join of two streams, each for itself: by key, in the order of time and then of arrival.
//!
//! A row's key is the key's bytes, 8 bytes of the time and 4 of a sequence number, as Kafka Streams has it in its changelogs.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::hash::BuildHasher;
use std::ops::Range;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::StoreError;
use super::objects::{Below, ObjectRows, ObjectStore};
use super::window::row_key;
use crate::broker::ProduceBatch;
use crate::codec::{Codec, CodecError, Encoded, StreamData};

/// A key keeps memory for so many records, whatever it once had.
const KEPT_ROWS: usize = 16;

/// Sequence numbers begin anew behind this one.
const MAX_SEQUENCE: u32 = i32::MAX as u32;

/// A store of one side of a join.
pub(crate) type JoinStore<V> = ObjectStore<JoinRows<V>>;

/// A record of the side.
pub(crate) struct JoinRow<V> {
    pub(crate) time_ms: i64,
    sequence: u32,
    /// It may be among those that wait for a partner, which is to be looked up then.
    pub(crate) may_wait: bool,
    pub(crate) value: V,
}

/// The records of one key, in the order of time and then of arrival.
struct KeyRows<V> {
    key: Vec<u8>,
    rows: VecDeque<JoinRow<V>>,
    /// Up to when nothing of it is out of retention; its valid entry in `due`.
    due_ms: i64,
}

impl<V> KeyRows<V> {
    /// Gives memory back that a burst has left behind. There is room for twice as many, so that
    /// this is rare.
    #[inline]
    fn shrink(&mut self) {
        if self.rows.capacity() > KEPT_ROWS && self.rows.len() < self.rows.capacity() / 4 {
            self.rows.shrink_to((self.rows.len() * 2).max(KEPT_ROWS));
        }
    }
}

/// All records of one side. The memory of keys that are gone is used again.
pub(crate) struct JoinRows<V: StreamData> {
    hasher: DefaultHashBuilder,
    /// Places in `keys`, by the hash of the key's bytes.
    index: HashTable<u32>,
    keys: Vec<KeyRows<V>>,
    vacant: Vec<u32>,
    /// Keys by the time of their first record, so that old ones are found. An entry whose time is not the key's own has been replaced.
    due: BinaryHeap<Reverse<(i64, u32)>>,
    retention_ms: i64,
    /// The largest time that was put, since the restore or before the commit that it is from; -1
    /// before the first.
    newest_ms: i64,
    /// The stream time up to which restored records were committed.
    committed_ms: i64,
    sequence: u32,
    codec: V::Codec,
    slot: <V::Codec as Codec<V>>::Slot,
    row_key: Vec<u8>,
    value_bytes: Vec<u8>,
}

/// Records of one key that were found.
pub(crate) struct FoundRows {
    place: u32,
    rows: Range<usize>,
}

impl FoundRows {
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(crate) fn next(&mut self) -> Option<(u32, usize)> {
        self.rows.next().map(|row| (self.place, row))
    }
}

impl<V> JoinRows<V>
where
    V: StreamData<Stored = V> + Clone + 'static,
{
    pub(crate) fn new(retention_ms: i64) -> Self {
        JoinRows {
            hasher: DefaultHashBuilder::default(),
            index: HashTable::new(),
            keys: Vec::new(),
            vacant: Vec::new(),
            due: BinaryHeap::new(),
            retention_ms,
            newest_ms: -1,
            committed_ms: i64::MAX,
            sequence: 0,
            codec: V::Codec::default(),
            slot: Default::default(),
            row_key: Vec::new(),
            value_bytes: Vec::new(),
        }
    }

    /// Times up to this one are out of retention.
    fn expired_ms(&self) -> i64 {
        self.newest_ms.saturating_sub(self.retention_ms)
    }

    fn place(&self, key: &[u8]) -> Option<u32> {
        let hash = self.hasher.hash_one(key);
        self.index.find(hash, |&place| self.keys[place as usize].key == key).copied()
    }

    fn place_or_new(&mut self, key: &[u8]) -> u32 {
        if let Some(place) = self.place(key) {
            return place;
        }
        let place = match self.vacant.pop() {
            Some(place) => place,
            None => {
                self.keys.push(KeyRows { key: Vec::new(), rows: VecDeque::new(), due_ms: i64::MAX });
                self.keys.len() as u32 - 1
            }
        };
        self.keys[place as usize].key.extend_from_slice(key);
        let (hasher, keys) = (&self.hasher, &self.keys);
        self.index.insert_unique(hasher.hash_one(key), place, |&place| hasher.hash_one(&keys[place as usize].key[..]));
        place
    }

    /// Adds a record behind those of its time.
    fn add(&mut self, key: &[u8], row: JoinRow<V>) {
        let place = self.place_or_new(key);
        let KeyRows { rows, due_ms, .. } = &mut self.keys[place as usize];
        let time_ms = row.time_ms;
        // Most come in order.
        if rows.back().is_none_or(|last| last.time_ms <= time_ms) {
            rows.push_back(row);
        } else {
            rows.insert(rows.partition_point(|other| other.time_ms <= time_ms), row);
        }
        if time_ms < *due_ms {
            *due_ms = time_ms;
            self.due.push(Reverse((time_ms, place)));
        }
    }

    fn remove(&mut self, key: &[u8], time_ms: i64, sequence: u32) {
        let Some(place) = self.place(key) else { return };
        let rows = &mut self.keys[place as usize].rows;
        rows.retain(|row| (row.time_ms, row.sequence) != (time_ms, sequence));
        if rows.is_empty() {
            self.vacate(place);
        }
    }

    fn vacate(&mut self, place: u32) {
        let hash = self.hasher.hash_one(&self.keys[place as usize].key[..]);
        if let Ok(entry) = self.index.find_entry(hash, |&other| other == place) {
            entry.remove();
        }
        let gone = &mut self.keys[place as usize];
        gone.key.clear();
        gone.shrink();
        gone.due_ms = i64::MAX;
        self.vacant.push(place);
    }

    /// The visible records of a key from one time to another, both included.
    #[inline]
    pub(crate) fn find(&self, key: &[u8], (from_ms, to_ms): (i64, i64)) -> FoundRows {
        let from_ms = from_ms.max(self.expired_ms().saturating_add(1));
        let Some(place) = self.place(key).filter(|_| from_ms <= to_ms) else { return FoundRows { place: 0, rows: 0..0 } };
        let rows = &self.keys[place as usize].rows;
        let from = rows.partition_point(|row| row.time_ms < from_ms);
        let to = rows.partition_point(|row| row.time_ms <= to_ms);
        FoundRows { place, rows: from..to }
    }

    /// A record that was found; nothing was put since.
    #[inline]
    pub(crate) fn row(&mut self, (place, row): (u32, usize)) -> &mut JoinRow<V> {
        &mut self.keys[place as usize].rows[row]
    }

    /// The largest time that was put, as far as it was committed or is known since; -1 if nothing
    /// was.
    pub(crate) fn newest_ms(&self) -> i64 {
        self.newest_ms
    }
}

impl<V> JoinStore<V>
where
    V: StreamData<Stored = V> + Clone + 'static,
{
    /// Adds a record; what is out of retention by then leaves, be it this one.
    pub(crate) fn put(&mut self, key: &[u8], time_ms: i64, value: V, may_wait: bool, out: &mut ProduceBatch) -> Result<(), StoreError> {
        let ObjectStore { rows, below } = self;
        rows.newest_ms = rows.newest_ms.max(time_ms);
        if time_ms > rows.expired_ms() {
            rows.value_bytes.clear();
            match rows.codec.encode(&value, &mut rows.value_bytes) {
                Ok(Encoded::Bytes) => {}
                Ok(Encoded::Null) => {
                    let reason = "its format makes a null of it, and nulls are not joined";
                    return Err(below.encode_error(&CodecError::Invalid(reason.to_owned())));
                }
                Err(error) => return Err(below.encode_error(&error)),
            }
            rows.sequence = if rows.sequence >= MAX_SEQUENCE { 0 } else { rows.sequence + 1 };
            set_row_key(&mut rows.row_key, key, time_ms, rows.sequence);
            below.write(&rows.row_key, &rows.value_bytes, time_ms, out);
            rows.add(key, JoinRow { time_ms, sequence: rows.sequence, may_wait, value });
        }
        rows.expire(below);
        Ok(())
    }

    /// Takes the records of a key and time out that have found no partner and are to find none. The
    /// changelog will be told with the given time.
    pub(crate) fn give_up(&mut self, key: &[u8], time_ms: i64, timestamp_ms: i64) {
        let ObjectStore { rows: all, below } = self;
        let Some(place) = all.place(key) else { return };
        let rows = &mut all.keys[place as usize].rows;
        let mut at = rows.partition_point(|row| row.time_ms < time_ms);
        while let Some(row) = rows.get(at).filter(|row| row.time_ms == time_ms) {
            if row.may_wait {
                set_row_key(&mut all.row_key, key, time_ms, row.sequence);
                below.delete(all.row_key.as_slice().into(), timestamp_ms);
                rows.remove(at);
            } else {
                at += 1;
            }
        }
        if rows.is_empty() {
            all.vacate(place);
        }
    }
}

fn set_row_key(row_key: &mut Vec<u8>, key: &[u8], time_ms: i64, sequence: u32) {
    row_key.clear();
    row_key.extend_from_slice(key);
    row_key.extend_from_slice(&time_ms.to_be_bytes());
    row_key.extend_from_slice(&sequence.to_be_bytes());
}

impl<V> ObjectRows for JoinRows<V>
where
    V: StreamData<Stored = V> + Clone + 'static,
{
    fn take_over(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), CodecError> {
        let row = row_key(key)?;
        let (time_ms, sequence) = (row.start_ms, row.sequence);
        if time_ms <= self.committed_ms {
            self.newest_ms = self.newest_ms.max(time_ms);
        }
        self.sequence = self.sequence.max(sequence.min(MAX_SEQUENCE));
        if value.is_none() {
            self.remove(row.key, time_ms, sequence);
            return Ok(());
        }
        let value = self.codec.decode(value, &mut self.slot)?.clone();
        // The tail of a changelog may tell what the backend has already.
        if let Some(place) = self.place(row.key) {
            let rows = &mut self.keys[place as usize].rows;
            let first = rows.partition_point(|there| there.time_ms < time_ms);
            let same_time = rows.iter_mut().skip(first).take_while(|there| there.time_ms == time_ms);
            if let Some(there) = same_time.into_iter().find(|there| there.sequence == sequence) {
                there.value = value;
                return Ok(());
            }
        }
        self.add(row.key, JoinRow { time_ms, sequence, may_wait: true, value });
        Ok(())
    }

    fn time_ms(&self) -> i64 {
        self.newest_ms
    }

    fn opened(&mut self) {
        self.committed_ms = -1;
    }

    fn begin_restore(&mut self, committed_ms: i64) {
        self.committed_ms = committed_ms;
        let times = self.keys.iter().flat_map(|of_key| &of_key.rows).map(|row| row.time_ms);
        self.newest_ms = times.filter(|time_ms| *time_ms <= committed_ms).fold(-1, i64::max);
    }

    fn expire(&mut self, below: &mut Below) {
        let expired_ms = self.expired_ms();
        while let Some(&Reverse((due_ms, place))) = self.due.peek()
            && due_ms <= expired_ms
        {
            self.due.pop();
            let KeyRows { key, rows, due_ms: valid_ms } = &mut self.keys[place as usize];
            if *valid_ms != due_ms {
                continue;
            }
            while let Some(first) = rows.front()
                && first.time_ms <= expired_ms
            {
                set_row_key(&mut self.row_key, key, first.time_ms, first.sequence);
                below.forget(&self.row_key);
                rows.pop_front();
            }
            match rows.front() {
                Some(first) => {
                    *valid_ms = first.time_ms;
                    self.due.push(Reverse((first.time_ms, place)));
                    self.keys[place as usize].shrink();
                }
                None => self.vacate(place),
            }
        }
    }

    fn clear(&mut self) {
        self.index.clear();
        self.keys.clear();
        self.vacant.clear();
        self.due.clear();
        self.newest_ms = -1;
    }
}

#[cfg(test)]
mod tests;
