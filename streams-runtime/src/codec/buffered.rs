//! Records and changes that wait in a buffer, as Kafka Streams writes them to a buffer's changelog (its version 3).
//!
//! | bytes | what |
//! |---|---|
//! | 8, 8 | timestamp and offset of the record |
//! | 4 and as many | length of its topic, the topic |
//! | 4 | its partition |
//! | 4, then for each header 4 and as many, 4 and as many | number of headers; name and value |
//! | 4 and as many | the value before the key came into the buffer |
//! | 4 and as many | the value before the last update; the length -2 says that it is the one before it in this table |
//! | 4 and as many | the value |
//! | 8 | the time that it is ordered by |
//!
//! Numbers are big endian; the length -1 is a null.

use std::sync::Arc;

use super::{Codec, CodecError, Encoded, OwnedData, StreamData};
use crate::context::AtHand;

const NULL: i32 = -1;
const SAME_AS_PRIOR: i32 = -2;

/// A value that can wait in a buffer: the stored form of a type.
pub trait Held: StreamData<Stored = Self> + Clone + Send + Sync + 'static {}

impl<V: StreamData<Stored = V> + Clone + Send + Sync + 'static> Held for V {}

/// A change that waits. A record of a stream is one without values before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Buffered<V> {
    /// What surrounds it: what Kafka Streams calls the record's context.
    pub(crate) origin: AtHand,
    /// What the key had when it came into the buffer.
    pub(crate) prior: Option<V>,
    /// What the key had before the last update.
    pub(crate) old: Option<V>,
    pub(crate) new: Option<V>,
    /// What it is ordered by; 0 where the key of the buffer has it.
    pub(crate) time_ms: i64,
}

impl<V> Default for Buffered<V> {
    fn default() -> Self {
        Buffered { origin: AtHand::default(), prior: None, old: None, new: None, time_ms: 0 }
    }
}

impl<V: Held> StreamData for Buffered<V> {
    type Codec = BufferedCodec<V::Codec>;
    type Present = Self;
    type Stored = Self;

    #[inline]
    fn present(&self) -> Option<&Self> {
        Some(self)
    }
    fn to_stored(&self) -> Option<Self> {
        Some(self.clone())
    }
    fn heap_bytes(&self) -> usize {
        [&self.prior, &self.old, &self.new].into_iter().flatten().map(V::heap_bytes).sum()
    }
}

impl<V: Held> OwnedData for Buffered<V> {
    fn into_stored(self) -> Option<Self> {
        Some(self)
    }
    fn from_stored(stored: Self) -> Self {
        stored
    }
}

/// The format of what waits, around the format `C` of the values.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct BufferedCodec<C>(
    /// The format of the values.
    pub(crate) C,
);

/// Memory of a [`BufferedCodec`].
#[derive(Debug)]
pub(crate) struct BufferedSlot<V, S> {
    value: Buffered<V>,
    inner: S,
}

impl<V, S: Default> Default for BufferedSlot<V, S> {
    fn default() -> Self {
        BufferedSlot { value: Buffered::default(), inner: S::default() }
    }
}

impl<V, C> Codec<Buffered<V>> for BufferedCodec<C>
where
    V: Clone + Send + 'static,
    C: Codec<V>,
{
    type Slot = BufferedSlot<V, C::Slot>;

    const REFUSES: bool = C::REFUSES;

    fn encode(&self, value: &Buffered<V>, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        let AtHand { timestamp_ms, headers, cause } = &value.origin;
        out.extend_from_slice(&timestamp_ms.to_be_bytes());
        out.extend_from_slice(&cause.offset.to_be_bytes());
        sized(cause.topic().as_bytes(), out)?;
        out.extend_from_slice(&cause.partition.to_be_bytes());
        out.extend_from_slice(&length(headers.len())?.to_be_bytes());
        for (name, value) in headers.iter_bytes() {
            sized(name, out)?;
            match value {
                Some(value) => sized(value, out)?,
                None => out.extend_from_slice(&NULL.to_be_bytes()),
            }
        }
        let prior = self.value(value.prior.as_ref(), out)?;
        let before_old = out.len();
        let old = self.value(value.old.as_ref(), out)?;
        if value.old.is_some() && value.prior.is_some() && out[prior] == out[old.clone()] {
            out.truncate(before_old);
            out.extend_from_slice(&SAME_AS_PRIOR.to_be_bytes());
        }
        self.value(value.new.as_ref(), out)?;
        out.extend_from_slice(&value.time_ms.to_be_bytes());
        Ok(Encoded::Bytes)
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut Self::Slot) -> Result<&'a Buffered<V>, CodecError> {
        let parts = BufferedParts::read(bytes.ok_or(CodecError::UnexpectedNull)?)?;
        let BufferedSlot { value, inner } = slot;
        let Buffered { origin, prior, old, new, time_ms } = value;
        parts.origin_into(origin)?;
        for (place, bytes) in [(prior, parts.prior), (old, parts.old), (new, parts.new)] {
            *place = match bytes {
                Some(bytes) => Some(self.0.decode(Some(bytes), inner)?.clone()),
                None => None,
            };
        }
        *time_ms = parts.time_ms;
        Ok(value)
    }
}

impl<C> BufferedCodec<C> {
    /// Appends a value with its length; where its bytes are.
    fn value<V>(&self, value: Option<&V>, out: &mut Vec<u8>) -> Result<std::ops::Range<usize>, CodecError>
    where
        C: Codec<V>,
    {
        let at = out.len();
        out.extend_from_slice(&NULL.to_be_bytes());
        let start = out.len();
        if let Some(value) = value {
            match self.0.encode(value, out)? {
                Encoded::Bytes => {}
                Encoded::Null => return Err(CodecError::Invalid("its format makes a null of it, and a null is a deletion".into())),
            }
            let length = length(out.len() - start)?;
            out[at..start].copy_from_slice(&length.to_be_bytes());
        }
        Ok(start..out.len())
    }
}

/// The bytes of something that waits, taken apart.
#[derive(Debug)]
pub(crate) struct BufferedParts<'a> {
    timestamp_ms: i64,
    offset: i64,
    topic: &'a [u8],
    partition: i32,
    /// All names and values, with their lengths.
    headers: &'a [u8],
    /// What the headers come to without their lengths.
    headers_bytes: usize,
    prior: Option<&'a [u8]>,
    old: Option<&'a [u8]>,
    old_is_prior: bool,
    pub(crate) new: Option<&'a [u8]>,
    pub(crate) time_ms: i64,
}

impl<'a> BufferedParts<'a> {
    /// Takes bytes apart. What stands behind the end does not count.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, CodecError> {
        let mut reader = Reader(bytes);
        let (timestamp_ms, offset) = (reader.long()?, reader.long()?);
        let topic = reader.sized()?.unwrap_or_default();
        let partition = reader.int()?;
        // Before it had headers, Kafka Streams wrote -1 for their number.
        let count = reader.int()?.max(0);
        let rest = reader.0;
        let mut headers_bytes = 0;
        for _ in 0..count {
            let name = reader.sized()?.ok_or_else(short)?;
            headers_bytes += name.len() + reader.sized()?.map_or(0, <[u8]>::len);
        }
        let headers = &rest[..rest.len() - reader.0.len()];
        let prior = reader.sized()?;
        let old_length = reader.int()?;
        let old_is_prior = old_length == SAME_AS_PRIOR;
        let old = if old_is_prior { prior } else { reader.take_sized(old_length)? };
        let new = reader.sized()?;
        let time_ms = reader.long()?;
        Ok(BufferedParts { timestamp_ms, offset, topic, partition, headers, headers_bytes, prior, old, old_is_prior, new, time_ms })
    }

    /// Where it came from.
    pub(crate) fn origin_into(&self, origin: &mut AtHand) -> Result<(), CodecError> {
        origin.timestamp_ms = self.timestamp_ms;
        let cause = &mut origin.cause;
        (cause.partition, cause.offset, cause.raw) = (self.partition, self.offset, None);
        if cause.topic().as_bytes() != self.topic {
            cause.topic = (!self.topic.is_empty()).then(|| Arc::from(String::from_utf8_lossy(self.topic)));
        }
        origin.headers.clear();
        let mut headers = Reader(self.headers);
        while !headers.0.is_empty() {
            let name = headers.sized()?.ok_or_else(short)?;
            origin.headers.add_bytes(name, headers.sized()?);
        }
        Ok(())
    }

    /// What Kafka Streams counts for it against the bytes that a buffer may hold, without the key.
    pub(crate) fn counted_bytes(&self) -> usize {
        const TIMES_AND_PLACE: usize = 8 + 8 + 8 + 4;
        let value = |value: Option<&[u8]>| value.map_or(0, <[u8]>::len);
        let old = if self.old_is_prior || self.old == self.prior { 0 } else { value(self.old) };
        TIMES_AND_PLACE + self.topic.len() + self.headers_bytes + value(self.prior) + old + value(self.new)
    }
}

/// Reads from the front.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], CodecError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(short)?;
        self.0 = rest;
        Ok(taken)
    }

    fn long(&mut self) -> Result<i64, CodecError> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or_else(short)?;
        self.0 = rest;
        Ok(i64::from_be_bytes(*bytes))
    }

    fn int(&mut self) -> Result<i32, CodecError> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or_else(short)?;
        self.0 = rest;
        Ok(i32::from_be_bytes(*bytes))
    }

    /// A length and as many bytes; `None` for a null.
    fn sized(&mut self) -> Result<Option<&'a [u8]>, CodecError> {
        let length = self.int()?;
        self.take_sized(length)
    }

    fn take_sized(&mut self, length: i32) -> Result<Option<&'a [u8]>, CodecError> {
        if length == NULL {
            return Ok(None);
        }
        self.take(usize::try_from(length).map_err(|_| short())?).map(Some)
    }
}

fn sized(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), CodecError> {
    out.extend_from_slice(&length(bytes.len())?.to_be_bytes());
    out.extend_from_slice(bytes);
    Ok(())
}

fn length(length: usize) -> Result<i32, CodecError> {
    i32::try_from(length).map_err(|_| CodecError::Invalid(format!("{length} bytes are more than a buffer's changelog has a number for")))
}

#[cold]
fn short() -> CodecError {
    CodecError::Invalid("a record of a buffer ends too early, or a length in it is wrong".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Utf8;
    use crate::context::Cause;
    use crate::headers::Headers;

    fn buffered(prior: Option<&str>, old: Option<&str>, new: Option<&str>) -> Buffered<String> {
        let mut headers = Headers::default();
        headers.add("h", Some(b"dog"));
        headers.add("x", None);
        let cause = Cause { topic: Some("in".into()), partition: 1, offset: 3, raw: None };
        let origin = AtHand { timestamp_ms: 7, headers, cause };
        let text = |value: Option<&str>| value.map(str::to_owned);
        Buffered { origin, prior: text(prior), old: text(old), new: text(new), time_ms: 9 }
    }

    fn bytes(value: &Buffered<String>) -> Vec<u8> {
        let mut bytes = Vec::new();
        assert_eq!(BufferedCodec(Utf8).encode(value, &mut bytes), Ok(Encoded::Bytes));
        bytes
    }

    #[test]
    fn the_bytes_are_those_of_kafka_streams() {
        let int = |n: i32| n.to_be_bytes().to_vec();
        let long = |n: i64| n.to_be_bytes().to_vec();
        let context = [long(7), long(3), int(2), b"in".to_vec(), int(1), int(2)].concat();
        let headers = [int(1), b"h".to_vec(), int(3), b"dog".to_vec(), int(1), b"x".to_vec(), int(-1)].concat();
        let tail = |values: Vec<u8>| [context.clone(), headers.clone(), values, long(9)].concat();
        let same = [int(1), b"a".to_vec(), int(-2), int(2), b"bc".to_vec()].concat();
        assert_eq!(bytes(&buffered(Some("a"), Some("a"), Some("bc"))), tail(same));
        let other = [int(-1), int(1), b"a".to_vec(), int(-1)].concat();
        assert_eq!(bytes(&buffered(None, Some("a"), None)), tail(other));
        assert_eq!(bytes(&buffered(None, None, None)), tail([int(-1), int(-1), int(-1)].concat()));
    }

    #[test]
    fn what_is_written_is_read() {
        let some = [None, Some("a"), Some("bc"), Some("")];
        let mut slot = Default::default();
        for (prior, old, new) in some.iter().flat_map(|p| some.iter().flat_map(|o| some.iter().map(|n| (*p, *o, *n)))) {
            let value = buffered(prior, old, new);
            assert_eq!(BufferedCodec(Utf8).decode(Some(&bytes(&value)), &mut slot), Ok(&value));
        }
    }

    #[test]
    fn bytes_that_break_off_or_lie_are_an_error() {
        let whole = bytes(&buffered(Some("a"), None, Some("bc")));
        for end in 0..whole.len() {
            assert!(BufferedParts::read(&whole[..end]).is_err(), "{end}");
        }
        for at in 0..whole.len() {
            let mut wrong = whole.clone();
            wrong[at] ^= 0x80;
            // Whatever it says now, it says it without a panic.
            let _ = BufferedParts::read(&wrong);
        }
    }

    #[test]
    fn bytes_are_counted_as_kafka_streams_counts_them() {
        let counted = |value: &Buffered<String>| BufferedParts::read(&bytes(value)).map(|parts| parts.counted_bytes());
        let context = 8 + 8 + 2 + 4 + (1 + 3) + 1;
        assert_eq!(counted(&buffered(Some("a"), Some("a"), Some("bc"))), Ok(8 + context + 3));
        assert_eq!(counted(&buffered(Some("a"), Some("b"), None)), Ok(8 + context + 2));
    }
}
