//! The messages of a foreign-key join, byte for byte Kafka Streams' `SubscriptionWrapper`, `SubscriptionResponseWrapper` and `CombinedKey`.
//!
//! A row of the left table subscribes to a row of the right one: `version and whether there is no hash (1 byte), instruction (1), hash (16),
//! primary key, partition of the primary key (4, from version 1 on)`, under the foreign key. The answers go back under the primary key:
//! `version and whether there is no hash (1), hash (16), right value`.
//!
//! Kafka Streams takes a right value without bytes for none, since it writes both as no bytes. Here such an answer has one bit more beside the
//! version: [`EMPTY_VALUE`]. So a row whose value has no bytes is a row in every join. Kafka Streams refuses the answer as one of a version that
//! it does not know, if it reads one that is still in the topic.

use super::murmur3::ValueHash;
use super::{Codec, CodecError, Encoded, OwnedData, StreamData};

/// The highest version of a subscription that is known, and the one that is written.
const SUBSCRIPTION_VERSION: u8 = 1;
const RESPONSE_VERSION: u8 = 0;
/// In the byte of the version.
const NO_HASH: u8 = 0x80;
/// In the byte of the version of an answer: there is a value, which has no bytes.
const EMPTY_VALUE: u8 = 0x40;
const HASH_BYTES: usize = 16;
const PARTITION_BYTES: usize = 4;

/// What the right side does with a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Instruction {
    /// Forget it.
    DeleteQuietly,
    /// Forget it, and answer with no value.
    DeleteAndAnswer,
    /// Keep it, and answer in any case.
    AnswerAlways,
    /// Keep it, and answer if there is a value.
    AnswerIfFound,
}

impl Instruction {
    fn byte(self) -> u8 {
        match self {
            Instruction::DeleteQuietly => 0,
            Instruction::DeleteAndAnswer => 1,
            Instruction::AnswerAlways => 2,
            Instruction::AnswerIfFound => 3,
        }
    }

    fn from_byte(byte: u8) -> Option<Self> {
        [Instruction::DeleteQuietly, Instruction::DeleteAndAnswer, Instruction::AnswerAlways, Instruction::AnswerIfFound]
            .into_iter()
            .find(|instruction| instruction.byte() == byte)
    }
}

/// A row of the left table that waits for a row of the right one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Subscription {
    /// Of the left value that it was made of; a deleted one has none.
    pub(crate) hash: Option<ValueHash>,
    pub(crate) instruction: Instruction,
    pub(crate) primary_key: Vec<u8>,
    /// Where the answers go; the first version did not say.
    pub(crate) partition: Option<i32>,
}

impl Clone for Subscription {
    fn clone(&self) -> Self {
        Subscription { primary_key: self.primary_key.clone(), ..*self }
    }

    /// Keeps the memory of the key, which a derived one does not.
    fn clone_from(&mut self, other: &Self) {
        self.primary_key.clone_from(&other.primary_key);
        (self.hash, self.instruction, self.partition) = (other.hash, other.instruction, other.partition);
    }
}

impl Default for Subscription {
    fn default() -> Self {
        Subscription { hash: None, instruction: Instruction::DeleteQuietly, primary_key: Vec::new(), partition: None }
    }
}

impl Subscription {
    /// Appends what stands before the primary key.
    pub(crate) fn begin(hash: Option<ValueHash>, instruction: Instruction, out: &mut Vec<u8>) {
        begin(SUBSCRIPTION_VERSION, hash, Some(instruction.byte()), out);
    }

    /// Appends what stands behind the primary key.
    pub(crate) fn end(partition: i32, out: &mut Vec<u8>) {
        out.extend_from_slice(&partition.to_be_bytes());
    }
}

fn begin(version: u8, hash: Option<ValueHash>, instruction: Option<u8>, out: &mut Vec<u8>) {
    out.push(version | if hash.is_none() { NO_HASH } else { 0 });
    out.extend(instruction);
    if let Some(ValueHash(hash)) = hash {
        out.extend_from_slice(&hash);
    }
}

/// The version, what follows it, and whether there is a hash.
fn version<'b>(bytes: Option<&'b [u8]>, highest: u8, what: &str) -> Result<(u8, &'b [u8], bool), CodecError> {
    let (first, rest) = bytes.ok_or(CodecError::UnexpectedNull)?.split_first().ok_or_else(|| cut_off(what))?;
    let version = first & !NO_HASH;
    if version > highest {
        let reason = format!("{what} is of version {version}, which only a newer version of this library knows");
        return Err(CodecError::Invalid(reason));
    }
    Ok((version, rest, first & NO_HASH == 0))
}

fn hash<'b>(bytes: &'b [u8], there: bool, what: &str) -> Result<(Option<ValueHash>, &'b [u8]), CodecError> {
    if !there {
        return Ok((None, bytes));
    }
    let (hash, rest) = bytes.split_first_chunk::<HASH_BYTES>().ok_or_else(|| cut_off(what))?;
    Ok((Some(ValueHash(*hash)), rest))
}

#[cold]
fn cut_off(what: &str) -> CodecError {
    CodecError::Invalid(format!("{what} is cut off"))
}

const SUBSCRIPTION: &str = "a subscription of a foreign-key join";
const RESPONSE: &str = "an answer of a foreign-key join";

/// The format of [`Subscription`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SubscriptionCodec;

impl Codec<Subscription> for SubscriptionCodec {
    type Slot = Subscription;

    const REFUSES: bool = false;

    fn encode(&self, value: &Subscription, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        let version = if value.partition.is_some() { SUBSCRIPTION_VERSION } else { 0 };
        begin(version, value.hash, Some(value.instruction.byte()), out);
        out.extend_from_slice(&value.primary_key);
        if let Some(partition) = value.partition {
            Subscription::end(partition, out);
        }
        Ok(Encoded::Bytes)
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut Subscription) -> Result<&'a Subscription, CodecError> {
        let (version, rest, hashed) = version(bytes, SUBSCRIPTION_VERSION, SUBSCRIPTION)?;
        let (instruction, rest) = rest.split_first().ok_or_else(|| cut_off(SUBSCRIPTION))?;
        slot.instruction = Instruction::from_byte(*instruction)
            .ok_or_else(|| CodecError::Invalid(format!("{SUBSCRIPTION} has the unknown instruction {instruction}")))?;
        let (hash, rest) = hash(rest, hashed, SUBSCRIPTION)?;
        slot.hash = hash;
        let key = if version == 0 {
            slot.partition = None;
            rest
        } else {
            let (key, partition) = rest.split_last_chunk::<PARTITION_BYTES>().ok_or_else(|| cut_off(SUBSCRIPTION))?;
            slot.partition = Some(i32::from_be_bytes(*partition));
            key
        };
        slot.primary_key.clear();
        slot.primary_key.extend_from_slice(key);
        Ok(slot)
    }
}

impl StreamData for Subscription {
    type Codec = SubscriptionCodec;
    type Present = Self;
    type Stored = Self;

    fn present(&self) -> Option<&Self> {
        Some(self)
    }
    fn to_stored(&self) -> Option<Self> {
        Some(self.clone())
    }
    fn heap_bytes(&self) -> usize {
        self.primary_key.capacity()
    }
}

impl OwnedData for Subscription {
    fn into_stored(self) -> Option<Self> {
        Some(self)
    }
    fn from_stored(stored: Self) -> Self {
        stored
    }
}

/// The right row of a subscription as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response<V> {
    /// Of the left value that subscribed.
    pub(crate) hash: Option<ValueHash>,
    pub(crate) value: Option<V>,
}

/// Appends what stands before the right value. `empty`: there is one, and it has no bytes.
pub(crate) fn begin_response(hash: Option<ValueHash>, empty: bool, out: &mut Vec<u8>) {
    begin(RESPONSE_VERSION | if empty { EMPTY_VALUE } else { 0 }, hash, None, out);
}

/// The format of [`Response`], with the right value in format `C`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ResponseCodec<C>(pub(crate) C);

/// Memory of a [`ResponseCodec`].
pub(crate) struct ResponseSlot<V, S> {
    response: Response<V>,
    inner: S,
}

impl<V, S: Default> Default for ResponseSlot<V, S> {
    fn default() -> Self {
        ResponseSlot { response: Response { hash: None, value: None }, inner: S::default() }
    }
}

impl<V: Clone + Send + 'static, C: Codec<V>> Codec<Response<V>> for ResponseCodec<C> {
    type Slot = ResponseSlot<V, C::Slot>;

    fn encode(&self, response: &Response<V>, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        let start = out.len();
        begin_response(response.hash, false, out);
        if let Some(value) = &response.value {
            let before = out.len();
            self.0.encode(value, out)?;
            if out.len() == before {
                out.truncate(start);
                begin_response(response.hash, true, out);
            }
        }
        Ok(Encoded::Bytes)
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut Self::Slot) -> Result<&'a Response<V>, CodecError> {
        let (version, rest, hashed) = version(bytes, RESPONSE_VERSION | EMPTY_VALUE, RESPONSE)?;
        let (hash, value) = hash(rest, hashed, RESPONSE)?;
        slot.response.hash = hash;
        let empty = match version {
            RESPONSE_VERSION => false,
            _ if version == RESPONSE_VERSION | EMPTY_VALUE && value.is_empty() => true,
            _ => return Err(CodecError::Invalid(format!("{RESPONSE} is of version {version}, which is not known"))),
        };
        if value.is_empty() && !empty {
            slot.response.value = None;
            return Ok(&slot.response);
        }
        let decoded = self.0.decode(Some(value), &mut slot.inner)?;
        match &mut slot.response.value {
            // Keeps the memory of a `String` or `Vec`.
            Some(value) => value.clone_from(decoded),
            empty => *empty = Some(decoded.clone()),
        }
        Ok(&slot.response)
    }
}

/// Puts the bytes of a foreign key into the form that those of all its subscriptions begin with: its length in 4 bytes, big endian, and itself.
pub(crate) fn combined_key(foreign_key: &[u8], out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(&(foreign_key.len() as u32).to_be_bytes());
    out.extend_from_slice(foreign_key);
}

/// The primary key at the end of a combined key; `None` if it is cut off.
pub(crate) fn primary_key(combined: &[u8]) -> Option<&[u8]> {
    let (length, rest) = combined.split_first_chunk()?;
    rest.get(u32::from_be_bytes(*length) as usize..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{BigEndian, Utf8};

    fn read(bytes: &[u8]) -> Result<Subscription, CodecError> {
        SubscriptionCodec.decode(Some(bytes), &mut Subscription::default()).cloned()
    }

    const HASH: ValueHash = ValueHash([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
    const WITH_HASH: &[u8] = &[1, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, b'p', b'k', 0, 0, 1, 2];

    #[test]
    fn a_subscription_is_kafka_s_version_1() {
        let subscription =
            |hash, instruction, key: &[u8], partition| Subscription { hash, instruction, primary_key: key.to_vec(), partition };
        for (bytes, expected) in [
            (WITH_HASH, subscription(Some(HASH), Instruction::AnswerIfFound, b"pk", Some(258))),
            (&[0x81, 1, b'p', 0, 0, 0, 0], subscription(None, Instruction::DeleteAndAnswer, b"p", Some(0))),
            (&[0x81, 0, 0xff, 0xff, 0xff, 0xff], subscription(None, Instruction::DeleteQuietly, b"", Some(-1))),
            // Version 0 has no partition.
            (&[0x80, 2, b'p', b'q'], subscription(None, Instruction::AnswerAlways, b"pq", None)),
        ] {
            let mut written = Vec::new();
            assert_eq!(SubscriptionCodec.encode(&expected, &mut written), Ok(Encoded::Bytes));
            assert_eq!(written, bytes);
            assert_eq!(read(bytes), Ok(expected));
        }
        let mut in_pieces = Vec::new();
        Subscription::begin(Some(HASH), Instruction::AnswerIfFound, &mut in_pieces);
        in_pieces.extend_from_slice(b"pk");
        Subscription::end(258, &mut in_pieces);
        assert_eq!(in_pieces, WITH_HASH);
    }

    #[test]
    fn what_is_cut_off_or_unknown_is_an_error() {
        for length in 0..WITH_HASH.len() - 2 {
            assert!(read(&WITH_HASH[..length]).is_err(), "{length}");
        }
        assert!(read(&[0x81, 4, 0, 0, 0, 0]).is_err(), "an instruction that does not exist");
        assert!(read(&[0x82, 0, 0, 0, 0, 0]).unwrap_err().to_string().contains("version 2"));
        assert_eq!(SubscriptionCodec.decode(None, &mut Subscription::default()), Err(CodecError::UnexpectedNull));
    }

    #[test]
    fn a_response_is_kafka_s() {
        let mut slot = Default::default();
        let mut with_hash = vec![0];
        with_hash.extend(HASH.0);
        let mut with_value = with_hash.clone();
        with_value.extend(b"right");
        let mut without_bytes = vec![0x40];
        without_bytes.extend(HASH.0);
        let response = |hash, value: Option<&str>| Response { hash, value: value.map(str::to_owned) };
        for (bytes, expected) in [
            (&with_value[..], response(Some(HASH), Some("right"))),
            (&with_hash, response(Some(HASH), None)),
            (&[0x80, b'r'], response(None, Some("r"))),
            (&[0x80], response(None, None)),
            // Not Kafka Streams': a value without bytes.
            (&without_bytes, response(Some(HASH), Some(""))),
            (&[0xc0], response(None, Some(""))),
        ] {
            let mut written = Vec::new();
            assert_eq!(ResponseCodec(Utf8).encode(&expected, &mut written), Ok(Encoded::Bytes));
            assert_eq!(written, bytes);
            assert_eq!(ResponseCodec(Utf8).decode(Some(bytes), &mut slot), Ok(&expected));
        }
        let mut numbers = Default::default();
        for bytes in [&b""[..], &with_hash[..16], &[0x81], &[0x80, 1, 2], &[0xc0, 1, 2, 3, 4, 5, 6, 7, 8], &[0xa0]] {
            let read: Result<&Response<u64>, _> = ResponseCodec(BigEndian).decode(Some(bytes), &mut numbers);
            assert!(read.is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn a_combined_key_is_kafka_s() {
        let mut combined = vec![9];
        combined_key(b"fk", &mut combined);
        assert_eq!(combined, b"\0\0\0\x02fk");
        combined.extend_from_slice(b"pk");
        assert_eq!(primary_key(&combined), Some(&b"pk"[..]));
        assert_eq!(primary_key(b"\0\0\0\x02f"), None);
        assert_eq!(primary_key(b"\0\0"), None);
    }
}
