//! The records of both sides of a left or outer join that have found no partner yet, in the order in which they will be given up.
//!
//! Keys and values have Kafka Streams' bytes in the changelog: a key is 8 bytes of the time, one for the side (1 is left) and the record's
//! key; a value is a list (a byte 1, the number of values, and each with its length in front) of values with one byte for the side in front.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::StoreError;
use super::objects::{Below, ObjectRows, ObjectStore};
use crate::broker::ProduceBatch;
use crate::codec::{Codec, CodecError, Encoded, StreamData};

/// The kind of list whose values have their lengths in front.
const LIST_OF_ANY_LENGTH: u8 = 1;
const TIME_BYTES: usize = 8;

/// A side of a join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Right = 0,
    Left = 1,
}

/// A store of records that wait.
pub(crate) type WaitingStore<L, R> = ObjectStore<WaitingRows<L, R>>;

/// The values of one key and time, in the order of their arrival.
pub(crate) struct Values<V> {
    first: V,
    more: Vec<V>,
}

impl<V> Values<V> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &V> {
        std::iter::once(&self.first).chain(&self.more)
    }
}

/// The records of one side that wait, by their keys in the changelog.
pub(crate) struct SideRows<V: StreamData> {
    rows: BTreeMap<Box<[u8]>, Values<V>>,
    codec: V::Codec,
    slot: <V::Codec as Codec<V>>::Slot,
}

impl<V> SideRows<V>
where
    V: StreamData<Stored = V> + Clone + 'static,
{
    fn new() -> Self {
        SideRows { rows: BTreeMap::new(), codec: V::Codec::default(), slot: Default::default() }
    }

    /// The time and key of the first one.
    pub(crate) fn first(&self) -> Option<&[u8]> {
        self.rows.first_key_value().map(|(key, _)| &key[..])
    }

    fn last(&self) -> Option<&[u8]> {
        self.rows.last_key_value().map(|(key, _)| &key[..])
    }

    /// Whether several values have this key.
    fn has_several(&self, key: &[u8]) -> bool {
        self.rows.get(key).is_some_and(|values| !values.more.is_empty())
    }

    fn behind(&self, key: &[u8]) -> Option<&[u8]> {
        self.rows.range::<[u8], _>((Bound::Excluded(key), Bound::Unbounded)).next().map(|(key, _)| &key[..])
    }

    /// Adds a value; gives the bytes of all values of the key.
    fn add(&mut self, side: Side, key: &[u8], value: V, bytes: &mut Vec<u8>) -> Result<(), CodecError> {
        match self.rows.get_mut(key) {
            Some(values) => {
                values.more.push(value);
                encode(&self.codec, side, values, bytes)
            }
            None => {
                let values = Values { first: value, more: Vec::new() };
                encode(&self.codec, side, &values, bytes)?;
                self.rows.insert(key.into(), values);
                Ok(())
            }
        }
    }

    fn take_over(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), CodecError> {
        let Some(mut rest) = value else {
            self.rows.remove(key);
            return Ok(());
        };
        let cut_off = || CodecError::Invalid("a list of values is cut off".into());
        match rest.split_off_first() {
            Some(&LIST_OF_ANY_LENGTH) => {}
            Some(other) => return Err(CodecError::Invalid(format!("{other} is no kind of list that is known here"))),
            None => return Err(cut_off()),
        }
        let count = take_length(&mut rest).ok_or_else(cut_off)?;
        let mut values: Option<Values<V>> = None;
        for _ in 0..count {
            let length = take_length(&mut rest).ok_or_else(cut_off)?;
            // The first byte is the side, as in the key.
            let bytes = rest.split_off(..length).and_then(|bytes| bytes.get(1..)).ok_or_else(cut_off)?;
            let value = self.codec.decode(Some(bytes), &mut self.slot)?.clone();
            match &mut values {
                Some(values) => values.more.push(value),
                none => *none = Some(Values { first: value, more: Vec::new() }),
            }
        }
        match values {
            Some(values) => self.rows.insert(key.into(), values),
            None => self.rows.remove(key),
        };
        Ok(())
    }
}

fn take_length(rest: &mut &[u8]) -> Option<usize> {
    let (length, behind) = rest.split_first_chunk::<4>()?;
    *rest = behind;
    usize::try_from(i32::from_be_bytes(*length)).ok()
}

fn encode<V, C: Codec<V>>(codec: &C, side: Side, values: &Values<V>, out: &mut Vec<u8>) -> Result<(), CodecError> {
    let length = |bytes: usize| match i32::try_from(bytes) {
        Ok(length) => Ok(length.to_be_bytes()),
        Err(_) => Err(CodecError::Invalid(format!("{bytes} bytes or values are too many"))),
    };
    out.clear();
    out.push(LIST_OF_ANY_LENGTH);
    out.extend_from_slice(&length(values.more.len() + 1)?);
    for value in values.iter() {
        let start = out.len();
        out.extend_from_slice(&[0; 4]);
        out.push(side as u8);
        if codec.encode(value, out)? == Encoded::Null {
            return Err(CodecError::Invalid("its format makes a null of it, and nulls are not joined".into()));
        }
        let bytes = length(out.len() - start - 4)?;
        out[start..start + 4].copy_from_slice(&bytes);
    }
    Ok(())
}

/// Makes the key of a record.
pub(crate) fn set_waiting_key(waiting: &mut Vec<u8>, side: Side, time_ms: i64, key: &[u8]) {
    waiting.clear();
    waiting.extend_from_slice(&time_ms.to_be_bytes());
    waiting.push(side as u8);
    waiting.extend_from_slice(key);
}

/// Takes the key of a record apart: its time, and its own key.
pub(crate) fn waiting_key(waiting: &[u8]) -> Result<(i64, &[u8]), CodecError> {
    let short = CodecError::Length { expected: TIME_BYTES + 1, found: waiting.len() };
    match waiting.split_first_chunk::<TIME_BYTES>() {
        Some((time, [_, key @ ..])) => Ok((i64::from_be_bytes(*time), key)),
        _ => Err(short),
    }
}

/// The time of a record by its key.
pub(crate) fn time_of(waiting: &[u8]) -> i64 {
    waiting_key(waiting).map_or(i64::MAX, |(time_ms, _)| time_ms)
}

/// The records of both sides that wait.
pub(crate) struct WaitingRows<L: StreamData, R: StreamData> {
    pub(crate) left: SideRows<L>,
    pub(crate) right: SideRows<R>,
    value_bytes: Vec<u8>,
}

impl<L, R> WaitingRows<L, R>
where
    L: StreamData<Stored = L> + Clone + 'static,
    R: StreamData<Stored = R> + Clone + 'static,
{
    pub(crate) fn new() -> Self {
        WaitingRows { left: SideRows::new(), right: SideRows::new(), value_bytes: Vec::new() }
    }

    /// The side whose first record comes before that of the other, and the time of that record.
    pub(crate) fn first(&self) -> Option<(Side, i64)> {
        let (side, key) = match (self.left.first(), self.right.first()) {
            (Some(left), Some(right)) if left < right => (Side::Left, left),
            (_, Some(right)) => (Side::Right, right),
            (Some(left), None) => (Side::Left, left),
            (None, None) => return None,
        };
        Some((side, time_of(key)))
    }

    /// The time of the last record that a look through them in order comes to, if it ends at the
    /// first one behind open records of both sides. Each value of a key is a record.
    pub(crate) fn looked_up_to_ms(&self) -> Option<i64> {
        let end = match (self.left.first(), self.right.first()) {
            (Some(left), Some(right)) => {
                let both_seen = left.max(right);
                if self.left.has_several(both_seen) || self.right.has_several(both_seen) {
                    return Some(time_of(both_seen));
                }
                let behind = self.left.behind(both_seen).into_iter().chain(self.right.behind(both_seen));
                behind.min().unwrap_or(both_seen)
            }
            (Some(_), None) => self.left.last()?,
            (None, Some(_)) => self.right.last()?,
            (None, None) => return None,
        };
        Some(time_of(end))
    }
}

macro_rules! of_side {
    ($side:ident, $rows:ident, $value:ident, $wait:ident, $give_up:ident) => {
        /// Adds a record of this side.
        pub(crate) fn $wait(&mut self, key: &[u8], value: $value, time_ms: i64, out: &mut ProduceBatch) -> Result<(), StoreError> {
            let ObjectStore { rows, below } = self;
            let added = rows.$rows.add(Side::$side, key, value, &mut rows.value_bytes);
            added.map_err(|error| below.encode_error(&error))?;
            below.write(key, &rows.value_bytes, time_ms, out);
            Ok(())
        }

        /// Takes the first record of this side out, and copies its key. The changelog will be told with the given time.
        pub(crate) fn $give_up(&mut self, timestamp_ms: i64, key: &mut Vec<u8>) -> Option<Values<$value>> {
            let (waiting, values) = self.rows.$rows.rows.pop_first()?;
            key.clear();
            key.extend_from_slice(&waiting);
            self.below.delete(waiting, timestamp_ms);
            Some(values)
        }
    };
}

impl<L, R> WaitingStore<L, R>
where
    L: StreamData<Stored = L> + Clone + 'static,
    R: StreamData<Stored = R> + Clone + 'static,
{
    of_side!(Left, left, L, wait_left, give_up_left);
    of_side!(Right, right, R, wait_right, give_up_right);

    /// A record has found a partner: it waits no more, and neither do those of the same side, key and time.
    pub(crate) fn found(&mut self, side: Side, key: &[u8], timestamp_ms: i64) {
        let there = match side {
            Side::Left => self.rows.left.rows.remove_entry(key).map(|(key, _)| key),
            Side::Right => self.rows.right.rows.remove_entry(key).map(|(key, _)| key),
        };
        if let Some(key) = there {
            self.below.delete(key, timestamp_ms);
        }
    }
}

impl<L, R> ObjectRows for WaitingRows<L, R>
where
    L: StreamData<Stored = L> + Clone + 'static,
    R: StreamData<Stored = R> + Clone + 'static,
{
    fn take_over(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), CodecError> {
        waiting_key(key)?;
        match key.get(TIME_BYTES) {
            Some(0) => self.right.take_over(key, value),
            _ => self.left.take_over(key, value),
        }
    }

    fn expire(&mut self, _: &mut Below) {}

    fn clear(&mut self) {
        self.left.rows.clear();
        self.right.rows.clear();
    }
}

#[cfg(test)]
mod tests;
