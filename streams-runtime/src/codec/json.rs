//! JSON, for types of one's own.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Codec, CodecError, Encoded};

/// JSON text through serde, without spaces.
#[derive(Clone, Copy, Debug, Default)]
pub struct Json;

impl<T: Serialize + DeserializeOwned + Send + 'static> Codec<T> for Json {
    type Slot = Option<T>;

    fn encode(&self, value: &T, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        serde_json::to_writer(out, value).map_err(|e| CodecError::Invalid(format!("not writable as JSON: {e}")))?;
        Ok(Encoded::Bytes)
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut Option<T>) -> Result<&'a T, CodecError> {
        let bytes = bytes.ok_or(CodecError::UnexpectedNull)?;
        let value = serde_json::from_slice(bytes).map_err(|e| CodecError::Invalid(format!("not the JSON expected: {e}")))?;
        Ok(slot.insert(value))
    }
}
