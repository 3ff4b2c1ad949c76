//! Keys and values as bytes, in Kafka's standard formats.

use crate::basket::Basket;
use crate::topology::{Base, Key};
use crate::values::Datum;

/// The bytes of a key or value; windows are not read.
pub fn encode(datum: &Datum) -> Option<Vec<u8>> {
    match datum {
        Datum::Null => None,
        Datum::Text(text) => Some(text.clone().into_bytes()),
        Datum::Long(n) => Some(n.to_be_bytes().to_vec()),
        Datum::Count(n) => Some(n.to_be_bytes().to_vec()),
        Datum::Basket(label, sum) => serde_json::to_vec(&Basket::with_sum(label, f64::from_bits(*sum))).ok(),
        Datum::Window(key, start, _) => Some([key.as_bytes(), &start.to_be_bytes()].concat()),
    }
}

/// A value from its bytes.
///
/// # Errors
/// When they are none of this type.
pub fn decode_value(bytes: Option<&[u8]>, base: Base) -> Result<Datum, String> {
    let Some(bytes) = bytes else { return Ok(Datum::Null) };
    let eight = || bytes.try_into().map_err(|_| format!("not 8 bytes: {bytes:?}"));
    match base {
        Base::Text => text(bytes).map(Datum::Text),
        Base::Long => Ok(Datum::Long(i64::from_be_bytes(eight()?))),
        Base::Basket => serde_json::from_slice(bytes).map(|basket: Basket| basket.into()).map_err(|e| e.to_string()),
        Base::Count => Ok(Datum::Count(u64::from_be_bytes(eight()?))),
    }
}

/// A key from its bytes.
///
/// # Errors
/// When they are none of this type.
pub fn decode_key(bytes: Option<&[u8]>, key: Key) -> Result<Datum, String> {
    let Some(bytes) = bytes else { return Ok(Datum::Null) };
    match key {
        Key::Text { .. } => text(bytes).map(Datum::Text),
        Key::Session => {
            let (key, start) = bytes.split_last_chunk().ok_or_else(|| format!("no session: {bytes:?}"))?;
            let (key, end) = key.split_last_chunk().ok_or_else(|| format!("no session: {bytes:?}"))?;
            Ok(Datum::Window(text(key)?, i64::from_be_bytes(*start), i64::from_be_bytes(*end)))
        }
        Key::Window(size) | Key::Sliding(size) => {
            let (key, start) = bytes.split_last_chunk().ok_or_else(|| format!("no window: {bytes:?}"))?;
            let start = i64::from_be_bytes(*start);
            Ok(Datum::Window(text(key)?, start, start.saturating_add(size)))
        }
    }
}

fn text(bytes: &[u8]) -> Result<String, String> {
    String::from_utf8(bytes.to_vec()).map_err(|_| format!("no text: {bytes:?}"))
}
