//! The records of a stream that wait until a table knows what it had at their time, in the order in which they will be joined.
//!
//! Keys and values have Kafka Streams' bytes in the changelog: a key is a 0, 8 bytes of the record's time, the record's key and 4 bytes of a number
//! that goes up with each record, so that the order of their bytes is that of time, key, and arrival; a value is that of
//! [`buffered`](crate::codec::buffered). A backend that outlives the process also has the stream time, in a row whose key is a 1: the changelog tells
//! it only as long as it has not been compacted.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::objects::{Below, ObjectRows, ObjectStore};
use crate::broker::ProduceBatch;
use crate::codec::CodecError;
use crate::context::RawRecord;

const RECORD: u8 = 0;
const STREAM_TIME: u8 = 1;
const TIME_BYTES: usize = 8;
const SEQUENCE_BYTES: usize = 4;
const LARGEST_SEQUENCE: u32 = 0x7fff_ffff;

/// A store of records that are held.
pub(crate) type HeldStore = ObjectStore<HeldRows>;

/// A record that is held: its time, and the bytes of its key.
struct HeldKey<'a> {
    time_ms: i64,
    key: &'a [u8],
    sequence: u32,
}

/// Takes a row's key apart.
fn held_key(row: &[u8]) -> Result<HeldKey<'_>, CodecError> {
    let short = || CodecError::Length { expected: 1 + TIME_BYTES + SEQUENCE_BYTES, found: row.len() };
    let (time, rest) = row.get(1..).and_then(|rest| rest.split_first_chunk::<TIME_BYTES>()).ok_or_else(short)?;
    let (key, sequence) = rest.split_last_chunk::<SEQUENCE_BYTES>().ok_or_else(short)?;
    Ok(HeldKey { time_ms: i64::from_be_bytes(*time), key, sequence: u32::from_be_bytes(*sequence) })
}

/// The bytes of a record's key in that of its row.
pub(crate) fn record_key(row: &[u8]) -> Result<&[u8], CodecError> {
    held_key(row).map(|held| held.key)
}

/// What is held of a record.
pub(crate) struct HeldRecord {
    pub(crate) bytes: Box<[u8]>,
    /// As its topic has it, if that is kept and the process has held it all the time.
    pub(crate) raw: Option<Arc<RawRecord>>,
}

/// What is held, by the keys of the rows.
pub(crate) struct HeldRows {
    rows: BTreeMap<Box<[u8]>, HeldRecord>,
    /// The largest time of a record that was held, as far as it was committed or is known since; -1
    /// before the first.
    stream_time_ms: i64,
    /// The stream time up to which restored records were committed.
    committed_ms: i64,
    /// The largest time that a backend knows of, which may be ahead of the commit.
    told_ms: i64,
    sequence: u32,
    row_key: Vec<u8>,
}

impl HeldRows {
    pub(crate) fn new() -> Self {
        HeldRows { rows: BTreeMap::new(), stream_time_ms: -1, committed_ms: i64::MAX, told_ms: -1, sequence: 0, row_key: Vec::new() }
    }

    /// The largest time of a record that was held.
    pub(crate) fn stream_time_ms(&self) -> i64 {
        self.stream_time_ms
    }
}

impl HeldStore {
    /// Holds a record with these bytes.
    pub(crate) fn hold(&mut self, key: &[u8], value: (&[u8], Option<Arc<RawRecord>>), time_ms: i64, out: &mut ProduceBatch) {
        let (value, raw) = value;
        let HeldRows { rows, stream_time_ms, sequence, row_key, .. } = &mut self.rows;
        *sequence = sequence.wrapping_add(1) & LARGEST_SEQUENCE;
        row_key.clear();
        row_key.push(RECORD);
        row_key.extend_from_slice(&time_ms.to_be_bytes());
        row_key.extend_from_slice(key);
        row_key.extend_from_slice(&sequence.to_be_bytes());
        self.below.write(row_key, value, time_ms, out);
        rows.insert(row_key[..].into(), HeldRecord { bytes: value.into(), raw });
        if time_ms > *stream_time_ms {
            *stream_time_ms = time_ms;
            self.below.keep(&[STREAM_TIME], Some(&time_ms.to_be_bytes()), time_ms);
        }
    }

    /// Takes the first record out whose time is not after `until_ms`: the key of its row, and the record. When it has been joined,
    /// [`released`](Self::released) must be told: until then it comes back after a crash.
    pub(crate) fn release(&mut self, until_ms: i64) -> Option<(Box<[u8]>, HeldRecord)> {
        let first = self.rows.rows.first_entry()?;
        // A row whose key is too short was refused when it came.
        let time_ms = held_key(first.key()).map_or(i64::MIN, |held| held.time_ms);
        if time_ms > until_ms {
            return None;
        }
        Some(first.remove_entry())
    }

    /// A record that was taken out has become a result.
    pub(crate) fn released(&mut self, row: Box<[u8]>) {
        let time_ms = held_key(&row).map_or(0, |held| held.time_ms);
        self.below.delete(row, time_ms);
    }
}

impl ObjectRows for HeldRows {
    fn take_over(&mut self, row: &[u8], value: Option<&[u8]>) -> Result<(), CodecError> {
        if row == [STREAM_TIME] {
            let time = value.unwrap_or_default();
            let time_ms = time.first_chunk().ok_or(CodecError::Length { expected: TIME_BYTES, found: time.len() })?;
            self.told_ms = self.told_ms.max(i64::from_be_bytes(*time_ms));
            self.stream_time_ms = self.stream_time_ms.max(self.told_ms);
            return Ok(());
        }
        let HeldKey { time_ms, sequence, .. } = held_key(row)?;
        if time_ms <= self.committed_ms {
            self.stream_time_ms = self.stream_time_ms.max(time_ms);
        }
        match value {
            // What comes is to stand behind what is there.
            Some(value) => {
                self.sequence = self.sequence.max(sequence);
                self.rows.insert(row.into(), HeldRecord { bytes: value.into(), raw: None });
            }
            None => {
                self.rows.remove(row);
            }
        }
        Ok(())
    }

    fn time_ms(&self) -> i64 {
        self.stream_time_ms
    }

    fn opened(&mut self) {
        self.committed_ms = -1;
    }

    fn begin_restore(&mut self, committed_ms: i64) {
        self.committed_ms = committed_ms;
        let held = self.rows.keys().filter_map(|row| held_key(row).ok()).map(|held| held.time_ms);
        let known = held.chain([self.told_ms]).filter(|time_ms| *time_ms <= committed_ms);
        self.stream_time_ms = known.fold(-1, i64::max);
    }

    fn expire(&mut self, below: &mut Below) {
        // Nothing expires. After a changelog was read the backend has to know the time that it told.
        if self.stream_time_ms >= 0 {
            below.keep(&[STREAM_TIME], Some(&self.stream_time_ms.to_be_bytes()), self.stream_time_ms);
        }
    }

    fn clear(&mut self) {
        self.rows.clear();
        (self.stream_time_ms, self.told_ms, self.sequence) = (-1, -1, 0);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::broker::TopicSlot;
    use crate::record::NewRecord;
    use crate::stores::{MemoryBackend, StoreObject};

    fn store() -> HeldStore {
        let below = Below::new("buffer".into(), Box::new(MemoryBackend::default()), Some((TopicSlot(0), 0)));
        HeldStore::new(HeldRows::new(), below).unwrap()
    }

    fn drain(store: &mut HeldStore, until_ms: i64) -> Vec<(i64, String, String)> {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let released = std::iter::from_fn(|| store.release(until_ms));
        let taken = released.map(|(row, value)| {
            let held = held_key(&row).unwrap();
            (held.time_ms, text(held.key), text(&value.bytes))
        });
        taken.collect()
    }

    fn record(time_ms: i64, key: &str, value: &str) -> (i64, String, String) {
        (time_ms, key.to_owned(), value.to_owned())
    }

    #[test]
    fn records_leave_in_order_of_time_key_and_arrival() {
        let (mut store, mut out) = (store(), ProduceBatch::default());
        for (time_ms, key, value) in [(20, "b", "1"), (20, "a", "2"), (10, "c", "3"), (20, "a", "4"), (30, "a", "5"), (256, "a", "6")] {
            store.hold(key.as_bytes(), (value.as_bytes(), None), time_ms, &mut out);
        }
        let expected = [record(10, "c", "3"), record(20, "a", "2"), record(20, "a", "4"), record(20, "b", "1")];
        assert_eq!(drain(&mut store, 29), expected);
        assert_eq!(drain(&mut store, 300), [record(30, "a", "5"), record(256, "a", "6")]);
        assert_eq!((drain(&mut store, 300), store.rows.stream_time_ms()), (vec![], 256));
    }

    #[test]
    fn the_bytes_of_a_key_are_those_of_kafka_streams() {
        let (mut store, mut out) = (store(), ProduceBatch::default());
        store.hold(b"key", (b"v", None), 0x0102, &mut out);
        let (row, _) = store.release(i64::MAX).unwrap();
        assert_eq!(*row, [0, 0, 0, 0, 0, 0, 0, 1, 2, b'k', b'e', b'y', 0, 0, 0, 1]);
        assert_eq!(record_key(&row).unwrap(), b"key");
        assert!(record_key(b"short").is_err());
    }

    #[test]
    fn a_changelog_brings_back_what_waits_and_the_time() {
        let mut before = store();
        let mut out = ProduceBatch::default();
        before.hold(b"a", (b"1", None), 10, &mut out);
        before.hold(b"a", (b"2", None), 10, &mut out);
        before.hold(b"b", (b"3", None), 50, &mut out);
        let (first, _) = before.release(10).unwrap();
        let rows: Vec<(Box<[u8]>, Box<[u8]>)> = before.rows.rows.iter().map(|(row, held)| (row.clone(), held.bytes.clone())).collect();
        let mut after = store();
        after.begin_restore(50).unwrap();
        let records = rows.iter().map(|(key, value)| NewRecord { key: Some(key), value: Some(value), timestamp_ms: 0, offset: 0 });
        let gone = NewRecord { key: Some(&first), value: None, timestamp_ms: 0, offset: 3 };
        after.restore(&mut records.chain([gone]).map(Into::into), 4).unwrap();
        // One more of the same key and time goes behind the others.
        after.hold(b"a", (b"4", None), 10, &mut out);
        assert_eq!(after.rows.stream_time_ms(), 50);
        assert_eq!(drain(&mut after, 50), [record(10, "a", "2"), record(10, "a", "4"), record(50, "b", "3")]);
        let mut ahead = store();
        ahead.begin_restore(49).unwrap();
        ahead
            .restore(
                &mut rows.iter().map(|(key, value)| NewRecord { key: Some(key), value: Some(value), timestamp_ms: 0, offset: 0 }.into()),
                4,
            )
            .unwrap();
        assert_eq!(ahead.rows.stream_time_ms(), 10, "the record of 50 will come again");
        assert!(
            after.restore(&mut std::iter::once(NewRecord { key: Some(b"x"), value: None, timestamp_ms: 0, offset: 4 }.into()), 5).is_err()
        );
    }

    #[test]
    fn any_number_in_a_changelog_has_one_that_follows() {
        for sequence in [0, 1, LARGEST_SEQUENCE - 1, LARGEST_SEQUENCE, LARGEST_SEQUENCE + 1, u32::MAX - 1, u32::MAX] {
            let (mut store, mut out) = (store(), ProduceBatch::default());
            let row = [&[RECORD][..], &10_i64.to_be_bytes(), b"a", &sequence.to_be_bytes()].concat();
            let record = NewRecord { key: Some(&row), value: Some(b"before"), timestamp_ms: 10, offset: 0 };
            store.restore(&mut std::iter::once(record.into()), 1).unwrap();
            for value in ["1", "2"] {
                store.hold(b"a", (value.as_bytes(), None), 10, &mut out);
            }
            let mut values: Vec<String> = drain(&mut store, 10).into_iter().map(|(_, _, value)| value).collect();
            values.sort_unstable();
            assert_eq!(values, ["1", "2", "before"], "{sequence}");
        }
    }
}
