//! Wire formats: how keys and values become bytes in a topic, and back.
//!
//! [`StreamData`] ties a type to its format, so that a topology need not name one; `.with(KeyCodec, ValueCodec)` names another
//! one for a single edge. The standard formats are Kafka's own: UTF-8 strings, big-endian numbers, raw bytes, UUIDs as text,
//! a null for `()`. Types of one's own get JSON through `#[derive(StreamData)]`, or any format by implementing [`Codec`].

pub(crate) mod buffered;
mod changed;
mod data;
mod json;
pub(crate) mod murmur3;
mod nullable;
mod primitives;
pub(crate) mod subscription;
pub(crate) mod windowed;

pub use buffered::Held;
pub use changed::{Changed, ChangedCodec, ChangedSlot};
pub use data::{OwnedData, ReadStored, StreamData};
pub use json::{Json, JsonData};
pub use nullable::Nullable;
pub use primitives::{BigEndian, Null, RawBytes, Utf8, UuidText};
pub use windowed::{SessionWindowed, TimeWindowed, WindowedSlot};

/// Whether an encoded value is bytes or Kafka's null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoded {
    /// The bytes that were appended.
    Bytes,
    /// A null; nothing was appended.
    Null,
}

/// Why bytes could not be decoded, or a value not be encoded.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodecError {
    /// The record has a null where the type of the stream has no place for one.
    #[error("it is null; write the type as `Option<…>` if the topic may hold nulls")]
    UnexpectedNull,
    /// A number of the wrong length.
    #[error("{expected} bytes expected, {found} found")]
    Length {
        /// Bytes the format has.
        expected: usize,
        /// Bytes that came.
        found: usize,
    },
    /// Any other reason, in the words of the format.
    #[error("{0}")]
    Invalid(String),
}

crate::error::debug_is_display!(CodecError);

/// A wire format for `T`. Codecs are values, usually of size zero, shared by all threads.
///
/// Encoding appends to a buffer that is used again; decoding borrows from the record (a `str`, say) or writes into a slot that is used again.
///
/// ```
/// use streams_runtime::codec::{BigEndian, Codec, Encoded};
/// let mut bytes = Vec::new();
/// assert_eq!(BigEndian.encode(&1u64, &mut bytes), Ok(Encoded::Bytes));
/// assert_eq!(bytes, [0, 0, 0, 0, 0, 0, 0, 1]);
/// let mut slot = Default::default();
/// let decoded: &u64 = BigEndian.decode(Some(&bytes), &mut slot).unwrap();
/// assert_eq!(*decoded, 1);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a wire format for `{T}`",
    label = "no format for `{T}`",
    note = "formats are named in the order key, value: `.with(KeyCodec, ValueCodec)`"
)]
pub trait Codec<T: ?Sized>: Clone + Send + Sync + 'static {
    /// Memory that decoded values live in, used again for every record.
    type Slot: Default + Send + 'static;

    /// Appends the bytes of `value` to `out`, or says that it is null.
    ///
    /// # Errors
    /// When the value has no form in this format; `out` may then have been written to.
    fn encode(&self, value: &T, out: &mut Vec<u8>) -> Result<Encoded, CodecError>;

    /// The value that `bytes` (`None` is Kafka's null) stand for.
    ///
    /// # Errors
    /// When they stand for none.
    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut Self::Slot) -> Result<&'a T, CodecError>;

    /// The part of an encoded key that a topic is partitioned by: all of it, but of a key in a window only the key.
    #[inline]
    fn partitioned_by<'k>(&self, key: &'k [u8]) -> &'k [u8] {
        key
    }
}
