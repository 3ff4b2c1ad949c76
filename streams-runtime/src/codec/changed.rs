//! Changes of a table on their way to their groups: the format of Kafka Streams' repartition topics of grouped tables.

use super::{Codec, CodecError, Encoded, OwnedData, StreamData};

/// A change of a table's row: what it becomes a part of its group, and what it was before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed<V> {
    /// The value to be added; `None`: only one to be subtracted.
    pub new: Option<V>,
    /// The value to be subtracted; `None`: only one to be added.
    pub old: Option<V>,
}

impl<V> StreamData for Changed<V>
where
    V: StreamData<Present = V, Stored = V> + Clone + Send + Sync + 'static,
{
    type Codec = ChangedCodec<V::Codec>;
    type Present = Changed<V>;
    type Stored = Changed<V>;

    #[inline]
    fn present(&self) -> Option<&Changed<V>> {
        Some(self)
    }
    fn to_stored(&self) -> Option<Changed<V>> {
        Some(self.clone())
    }
}

impl<V> OwnedData for Changed<V>
where
    V: StreamData<Present = V, Stored = V> + Clone + Send + Sync + 'static,
{
    fn into_stored(self) -> Option<Changed<V>> {
        Some(self)
    }
    fn from_stored(stored: Changed<V>) -> Changed<V> {
        stored
    }
}

/// Kafka Streams' format of changes (KIP-904), around the format `C` of the values. The last byte says what is there:
///
/// | last byte | before it |
/// |---|---|
/// | 0 | the old value |
/// | 1 | the new value |
/// | 2 | length of the new value (zigzag varint), the new value, the old value |
/// | 3, 4, 5 | as 0, 1, 2, and one byte: whether the change is the latest one of its key |
#[derive(Clone, Copy, Debug, Default)]
pub struct ChangedCodec<C>(
    /// The format of the values.
    pub C,
);

/// Memory of a [`ChangedCodec`].
#[derive(Debug)]
pub struct ChangedSlot<V, S> {
    change: Changed<V>,
    inner: S,
}

impl<V, S: Default> Default for ChangedSlot<V, S> {
    fn default() -> Self {
        ChangedSlot { change: Changed { new: None, old: None }, inner: S::default() }
    }
}

impl<V, C> Codec<Changed<V>> for ChangedCodec<C>
where
    V: Clone + Send + 'static,
    C: Codec<V>,
{
    type Slot = ChangedSlot<V, C::Slot>;

    const REFUSES: bool = C::REFUSES;

    fn encode(&self, change: &Changed<V>, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        let value = |value: &V, out: &mut Vec<u8>| match self.0.encode(value, out)? {
            Encoded::Bytes => Ok(()),
            Encoded::Null => Err(CodecError::Invalid("a value of a group has no bytes".into())),
        };
        match (&change.new, &change.old) {
            (Some(new), Some(old)) => {
                let start = out.len();
                value(new, out)?;
                let (mut length, mut bytes) = ([0; VARINT_MAX_BYTES], 0);
                let mut rest = zigzag(out.len() - start)?;
                loop {
                    length[bytes] = (rest & 0x7f) as u8 | if rest > 0x7f { 0x80 } else { 0 };
                    bytes += 1;
                    rest >>= 7;
                    if rest == 0 {
                        break;
                    }
                }
                out.splice(start..start, length[..bytes].iter().copied());
                value(old, out)?;
                out.push(2);
            }
            (Some(new), None) => {
                value(new, out)?;
                out.push(1);
            }
            (None, Some(old)) => {
                value(old, out)?;
                out.push(0);
            }
            (None, None) => return Err(CodecError::Invalid("a change has an old value, a new one, or both".into())),
        }
        Ok(Encoded::Bytes)
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut Self::Slot) -> Result<&'a Changed<V>, CodecError> {
        let (flag, mut rest) = bytes.ok_or(CodecError::UnexpectedNull)?.split_last().ok_or_else(short)?;
        if (3..=5).contains(flag) {
            // What is older than the latest change of its key was left out before it was written.
            (_, rest) = rest.split_last().ok_or_else(short)?;
        }
        let (new, old) = match flag {
            0 | 3 => (None, Some(rest)),
            1 | 4 => (Some(rest), None),
            2 | 5 => {
                let (length, values) = read_length(rest)?;
                let (new, old) = values.split_at_checked(length).ok_or_else(short)?;
                (Some(new), Some(old))
            }
            other => return Err(CodecError::Invalid(format!("{other} is no kind of change"))),
        };
        slot.change.new = self.value(new, &mut slot.inner)?;
        slot.change.old = self.value(old, &mut slot.inner)?;
        Ok(&slot.change)
    }
}

impl<C> ChangedCodec<C> {
    fn value<V: Clone>(&self, bytes: Option<&[u8]>, slot: &mut C::Slot) -> Result<Option<V>, CodecError>
    where
        C: Codec<V>,
    {
        match bytes {
            Some(_) => Ok(Some(self.0.decode(bytes, slot)?.clone())),
            None => Ok(None),
        }
    }
}

const VARINT_MAX_BYTES: usize = 5;

fn short() -> CodecError {
    CodecError::Invalid("a change is cut off".into())
}

fn zigzag(length: usize) -> Result<u32, CodecError> {
    match i32::try_from(length) {
        Ok(length) => Ok((length as u32) << 1),
        Err(_) => Err(CodecError::Invalid(format!("a value of {length} bytes is too long"))),
    }
}

/// A length, and what follows it.
fn read_length(bytes: &[u8]) -> Result<(usize, &[u8]), CodecError> {
    let mut value = 0u32;
    for (index, byte) in bytes.iter().take(VARINT_MAX_BYTES).enumerate() {
        value |= u32::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            // Zigzag: an odd number is a negative one.
            return if value & 1 == 0 { Ok(((value >> 1) as usize, &bytes[index + 1..])) } else { Err(short()) };
        }
    }
    Err(short())
}

#[cfg(test)]
mod tests {
    use super::super::Utf8;
    use super::*;

    fn change(new: Option<&str>, old: Option<&str>) -> Changed<String> {
        Changed { new: new.map(str::to_owned), old: old.map(str::to_owned) }
    }

    fn bytes(change: &Changed<String>) -> Vec<u8> {
        let mut out = b"before".to_vec();
        ChangedCodec(Utf8).encode(change, &mut out).unwrap();
        out.split_off(6)
    }

    #[test]
    fn bytes_are_those_of_kafka_streams() {
        assert_eq!(bytes(&change(None, Some("old"))), b"old\0");
        assert_eq!(bytes(&change(Some("new"), None)), b"new\x01");
        assert_eq!(bytes(&change(Some("hello"), Some("world"))), b"\x0ahelloworld\x02");
        let long = "x".repeat(100);
        assert_eq!(bytes(&change(Some(&long), Some(""))), [b"\xc8\x01", long.as_bytes(), b"\x02"].concat());
    }

    #[test]
    fn all_forms_are_read() {
        let mut slot = Default::default();
        for (bytes, expected) in [
            (&b"old\0"[..], change(None, Some("old"))),
            (b"new\x01", change(Some("new"), None)),
            (b"\x0ahelloworld\x02", change(Some("hello"), Some("world"))),
            (b"\0\x02", change(Some(""), Some(""))),
            (b"old\x01\x03", change(None, Some("old"))),
            (b"new\0\x04", change(Some("new"), None)),
            (b"\x06newold\x01\x05", change(Some("new"), Some("old"))),
        ] {
            let read: &Changed<String> = ChangedCodec(Utf8).decode(Some(bytes), &mut slot).unwrap();
            assert_eq!(read, &expected);
        }
    }

    #[test]
    fn what_is_cut_off_or_unknown_is_an_error() {
        let mut slot = Default::default();
        for bytes in [&b""[..], b"\x03", b"\x02", b"\x08new\x02", b"\xff\xff\xff\xff\xff\x02", b"\x01new\x02", b"new\x06"] {
            let read: Result<&Changed<String>, _> = ChangedCodec(Utf8).decode(Some(bytes), &mut slot);
            assert!(read.is_err(), "{bytes:?}");
        }
        assert!(ChangedCodec(Utf8).encode(&change(None, None), &mut Vec::new()).is_err());
    }
}
