//! Kafka's standard formats.

use super::{Codec, CodecError, Encoded};

/// Text as UTF-8, for `str` and `String`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Utf8;

fn text(bytes: Option<&[u8]>) -> Result<&str, CodecError> {
    let bytes = bytes.ok_or(CodecError::UnexpectedNull)?;
    std::str::from_utf8(bytes).map_err(|e| CodecError::Invalid(format!("not UTF-8 text: {e}")))
}

impl Codec<str> for Utf8 {
    type Slot = ();

    const REFUSES: bool = false;

    fn encode(&self, value: &str, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        out.extend_from_slice(value.as_bytes());
        Ok(Encoded::Bytes)
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, _: &'a mut ()) -> Result<&'a str, CodecError> {
        text(bytes)
    }
}

impl Codec<String> for Utf8 {
    type Slot = String;

    const REFUSES: bool = false;

    fn encode(&self, value: &String, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        out.extend_from_slice(value.as_bytes());
        Ok(Encoded::Bytes)
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut String) -> Result<&'a String, CodecError> {
        slot.clear();
        slot.push_str(text(bytes)?);
        Ok(slot)
    }
}

impl Codec<char> for Utf8 {
    type Slot = char;

    const REFUSES: bool = false;

    fn encode(&self, value: &char, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        out.extend_from_slice(value.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(Encoded::Bytes)
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut char) -> Result<&'a char, CodecError> {
        let text = text(bytes)?;
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(character), None) => *slot = character,
            _ => return Err(CodecError::Invalid(format!("one character expected, {} found", text.chars().count()))),
        }
        Ok(slot)
    }
}

/// Bytes as they are, for `[u8]`, `Vec<u8>` and `[u8; N]`.
#[derive(Clone, Copy, Debug, Default)]
pub struct RawBytes;

impl Codec<[u8]> for RawBytes {
    type Slot = ();

    const REFUSES: bool = false;

    fn encode(&self, value: &[u8], out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        out.extend_from_slice(value);
        Ok(Encoded::Bytes)
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, _: &'a mut ()) -> Result<&'a [u8], CodecError> {
        bytes.ok_or(CodecError::UnexpectedNull)
    }
}

impl Codec<Vec<u8>> for RawBytes {
    type Slot = Vec<u8>;

    const REFUSES: bool = false;

    fn encode(&self, value: &Vec<u8>, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        out.extend_from_slice(value);
        Ok(Encoded::Bytes)
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut Vec<u8>) -> Result<&'a Vec<u8>, CodecError> {
        slot.clear();
        slot.extend_from_slice(bytes.ok_or(CodecError::UnexpectedNull)?);
        Ok(slot)
    }
}

/// Memory of [`RawBytes`] for an array.
#[derive(Debug)]
pub struct ArraySlot<const N: usize>([u8; N]);

impl<const N: usize> Default for ArraySlot<N> {
    fn default() -> Self {
        ArraySlot([0; N])
    }
}

impl<const N: usize> Codec<[u8; N]> for RawBytes {
    type Slot = ArraySlot<N>;

    const REFUSES: bool = false;

    fn encode(&self, value: &[u8; N], out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        out.extend_from_slice(value);
        Ok(Encoded::Bytes)
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut ArraySlot<N>) -> Result<&'a [u8; N], CodecError> {
        let bytes = bytes.ok_or(CodecError::UnexpectedNull)?;
        slot.0 = bytes.try_into().map_err(|_| CodecError::Length { expected: N, found: bytes.len() })?;
        Ok(&slot.0)
    }
}

/// Numbers of fixed width, most significant byte first, as Kafka's `Integer`, `Long`, `Short`, `Float` and `Double` serializers write them.
/// An unsigned number has the bytes of the signed one of its width; `isize` and `usize` have those of `i64` and `u64`.
#[derive(Clone, Copy, Debug, Default)]
pub struct BigEndian;

macro_rules! big_endian {
    ($signed:literal: $($number:ty),*) => {$(
        impl Codec<$number> for BigEndian {
            type Slot = $number;

            const SIGNED: bool = $signed;

            const REFUSES: bool = false;

            #[inline]
            fn encode(&self, value: &$number, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
                out.extend_from_slice(&value.to_be_bytes());
                Ok(Encoded::Bytes)
            }

            #[inline]
            fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut $number) -> Result<&'a $number, CodecError> {
                let bytes = bytes.ok_or(CodecError::UnexpectedNull)?;
                let array = bytes.try_into().map_err(|_| CodecError::Length { expected: size_of::<$number>(), found: bytes.len() })?;
                *slot = <$number>::from_be_bytes(array);
                Ok(slot)
            }
        }
    )*};
}
big_endian!(true: i8, i16, i32, i64, i128);
big_endian!(false: u8, u16, u32, u64, u128, f32, f64);

macro_rules! big_endian_of_8_bytes {
    ($($number:ty => $wide:ty, $signed:literal);*) => {$(
        impl Codec<$number> for BigEndian {
            type Slot = $number;

            const SIGNED: bool = $signed;

            const REFUSES: bool = false;

            #[inline]
            fn encode(&self, value: &$number, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
                out.extend_from_slice(&(*value as $wide).to_be_bytes());
                Ok(Encoded::Bytes)
            }

            fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut $number) -> Result<&'a $number, CodecError> {
                let bytes = bytes.ok_or(CodecError::UnexpectedNull)?;
                let array = bytes.try_into().map_err(|_| CodecError::Length { expected: size_of::<$wide>(), found: bytes.len() })?;
                let wide = <$wide>::from_be_bytes(array);
                *slot = wide.try_into().map_err(|_| CodecError::Invalid(format!("{wide} is too large for this machine")))?;
                Ok(slot)
            }
        }
    )*};
}
big_endian_of_8_bytes!(isize => i64, true; usize => u64, false);

impl Codec<bool> for BigEndian {
    type Slot = bool;

    const REFUSES: bool = false;

    fn encode(&self, value: &bool, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        out.push(u8::from(*value));
        Ok(Encoded::Bytes)
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut bool) -> Result<&'a bool, CodecError> {
        *slot = match bytes.ok_or(CodecError::UnexpectedNull)? {
            [0] => false,
            [1] => true,
            [other] => return Err(CodecError::Invalid(format!("a boolean is 0 or 1, not {other}"))),
            other => return Err(CodecError::Length { expected: 1, found: other.len() }),
        };
        Ok(slot)
    }
}

/// A UUID as its 36 characters of text, as Kafka's `UUIDSerializer` writes it.
#[derive(Clone, Copy, Debug, Default)]
pub struct UuidText;

impl Codec<uuid::Uuid> for UuidText {
    type Slot = uuid::Uuid;

    const REFUSES: bool = false;

    fn encode(&self, value: &uuid::Uuid, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        let mut buffer = uuid::Uuid::encode_buffer();
        out.extend_from_slice(value.hyphenated().encode_lower(&mut buffer).as_bytes());
        Ok(Encoded::Bytes)
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut uuid::Uuid) -> Result<&'a uuid::Uuid, CodecError> {
        *slot = uuid::Uuid::try_parse(text(bytes)?).map_err(|e| CodecError::Invalid(format!("not a UUID: {e}")))?;
        Ok(slot)
    }
}

/// No bytes, for `()`. What is stored under it, or as it, is there: a null is something else.
///
/// As the key of a record that leaves the application it is a null, which goes to any partition; so is what has no key read as `()`.
/// In a repartition topic all of it is in one partition.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unit;

impl Codec<()> for Unit {
    type Slot = ();

    const REFUSES: bool = false;

    const NO_KEY: bool = true;

    #[inline]
    fn encode(&self, (): &(), _: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        Ok(Encoded::Bytes)
    }

    #[inline]
    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut ()) -> Result<&'a (), CodecError> {
        match bytes.unwrap_or_default() {
            [] => Ok(slot),
            bytes => Err(CodecError::Length { expected: 0, found: bytes.len() }),
        }
    }
}

/// Always null, for `()`: Kafka's `VoidSerializer`. Written as a value it deletes a row of whoever reads the topic as a table.
#[derive(Clone, Copy, Debug, Default)]
pub struct Null;

impl Codec<()> for Null {
    type Slot = ();

    fn encode(&self, (): &(), _: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        Ok(Encoded::Null)
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut ()) -> Result<&'a (), CodecError> {
        match bytes {
            None => Ok(slot),
            Some(bytes) => Err(CodecError::Invalid(format!("null expected, {} bytes found", bytes.len()))),
        }
    }
}
