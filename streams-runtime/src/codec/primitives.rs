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

/// Bytes as they are, for `[u8]` and `Vec<u8>`.
#[derive(Clone, Copy, Debug, Default)]
pub struct RawBytes;

impl Codec<[u8]> for RawBytes {
    type Slot = ();

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

/// Numbers of fixed width, most significant byte first, as Kafka's `Integer`, `Long`, `Short`, `Float` and `Double` serializers write them.
/// An unsigned number has the bytes of the signed one of its width.
#[derive(Clone, Copy, Debug, Default)]
pub struct BigEndian;

macro_rules! big_endian {
    ($($number:ty),*) => {$(
        impl Codec<$number> for BigEndian {
            type Slot = $number;

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
big_endian!(i8, u8, i16, u16, i32, u32, i64, u64, i128, u128, f32, f64);

impl Codec<bool> for BigEndian {
    type Slot = bool;

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

/// Always null, for `()`: Kafka's `VoidSerializer`.
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
