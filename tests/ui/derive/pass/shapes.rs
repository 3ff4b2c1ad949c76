//! Structs, enums, generic types, and a format of one's own.
#![deny(warnings)]

use serde::{Deserialize, Serialize};
use streams_runtime::prelude::*;

#[derive(Clone, Serialize, Deserialize, StreamData)]
struct Named {
    ms: u64,
}

#[derive(Clone, Serialize, Deserialize, StreamData)]
struct Tuple(String, u64);

#[derive(Clone, Serialize, Deserialize, StreamData)]
enum Region {
    Eu,
    Us { state: String },
}

#[derive(Clone, Serialize, Deserialize, StreamData)]
struct Wrapped<T> {
    inner: T,
}

#[derive(Clone, StreamData)]
#[stream_data(codec = Hex)]
struct Colour(u32);

#[derive(Clone, Copy, Default)]
struct Hex;

impl Codec<Colour> for Hex {
    type Slot = Option<Colour>;

    fn encode(&self, value: &Colour, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        out.extend_from_slice(format!("{:06x}", value.0).as_bytes());
        Ok(Encoded::Bytes)
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut Self::Slot) -> Result<&'a Colour, CodecError> {
        let text = bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).ok_or(CodecError::UnexpectedNull)?;
        let number = u32::from_str_radix(text, 16).map_err(|e| CodecError::Invalid(e.to_string()))?;
        Ok(slot.insert(Colour(number)))
    }
}

topology! {
    /// All of them.
    pub(crate) fn shapes() -> Shapes {
        let named: Stream<Region, Named> = stream("named");
        let tuples: Table<Region, Tuple> = table("tuples");
        let joined = named.left_join(tuples, |named, tuple| tuple.map_or(named.ms, |tuple| tuple.1 + tuple.0.len() as u64));
        joined.map_values(|ms| Wrapped { inner: *ms }).to("wrapped");
        named.map(|region, named| match region {
            Region::Eu => (Colour(1), Some(named.clone())),
            Region::Us { state } => (Colour(state.len() as u32), None),
        }).to("colours");
    }
}

fn main() {
    let _ = shapes();
}
