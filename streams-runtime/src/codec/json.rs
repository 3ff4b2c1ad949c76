//! JSON, for types of one's own.

mod check;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Codec, CodecError, Encoded};

/// What can be written as JSON and read from it: all that serde can.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written as JSON, which `StreamData` is without another format",
    label = "no `Serialize` or no `Deserialize`",
    note = "derive both beside it, `#[derive(Clone, Serialize, Deserialize, StreamData)]`, or name another format: `#[stream_data(codec = MyCodec)]`"
)]
pub trait JsonData: Serialize + DeserializeOwned + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + 'static> JsonData for T {}

/// JSON text through serde, without spaces.
///
/// A value that would not be read as it was written is refused when it is written: NaN and infinity, of which serde makes nulls, a `Some` of what is a
/// null, maps whose keys are no text, and more than 127 levels.
#[derive(Clone, Copy, Debug, Default)]
pub struct Json;

impl<T: JsonData> Codec<T> for Json {
    type Slot = Option<T>;

    fn encode(&self, value: &T, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        check::check(value)?;
        serde_json::to_writer(out, value).map_err(|e| CodecError::Invalid(format!("not writable as JSON: {e}")))?;
        Ok(Encoded::Bytes)
    }

    #[inline]
    fn check(&self, value: &T, _: &mut Vec<u8>) -> Result<(), CodecError> {
        check::check(value)
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut Option<T>) -> Result<&'a T, CodecError> {
        let bytes = bytes.ok_or(CodecError::UnexpectedNull)?;
        let value = serde_json::from_slice(bytes).map_err(|e| CodecError::Invalid(format!("not the JSON expected: {e}")))?;
        Ok(slot.insert(value))
    }
}
