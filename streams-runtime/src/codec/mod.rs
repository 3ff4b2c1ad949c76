//! Wire formats: how keys and values become bytes in a topic, and back.
//!
//! [`StreamData`] ties a type to its format, so that a topology need not name one; `.with(KeyCodec, ValueCodec)` names another
//! one for a single edge. The standard formats are Kafka's own: UTF-8 strings, big-endian numbers, raw bytes, UUIDs as text,
//! no bytes for `()`. Types of one's own get JSON through `#[derive(StreamData)]`, or any format by implementing [`Codec`].
//!
//! | Type | Format |
//! |---|---|
//! | `i8` … `i128`, `u8` … `u128`, `f32`, `f64`, `bool` | [`BigEndian`], as many bytes as the type has; `isize` and `usize` have 8 |
//! | `String`, `str`, `Box<str>`, `Arc<str>`, `char` | [`Utf8`] |
//! | `Vec<u8>`, `[u8]`, `[u8; N]` | [`RawBytes`] |
//! | `Uuid` | [`UuidText`] |
//! | `()` | [`Unit`]: no bytes |
//! | `Option<T>` | [`Nullable`]: `None` is a null |
//! | `Box<T>`, `Arc<T>` | that of `T` |
//! | `Vec<T>`, `VecDeque<T>`, `[T; N]`, sets, maps, tuples | [`Json`] of the whole |
//! | what derives [`StreamData`] | [`Json`], or the one that is named |
//! | `Windowed<K, W>` | that of `K`, with the times of the window: [`TimeWindowed`], [`SessionWindowed`] |
//!
//! A key besides needs [`KeyData`]: equal keys have the same bytes.

pub(crate) mod buffered;
mod changed;
mod containers;
mod data;
mod format;
mod json;
mod key;
pub(crate) mod murmur3;
mod nullable;
mod pointers;
mod primitives;
pub(crate) mod subscription;
pub(crate) mod windowed;

pub use buffered::Held;
pub use changed::{Changed, ChangedCodec, ChangedSlot};
pub use containers::{Element, MapKey};
pub use data::{NotNull, OwnedData, ReadStored, StreamData};
pub(crate) use format::format_of;
pub use format::{Known, NoForm, StoreData, copy};
pub use json::{Json, JsonData};
pub use key::KeyData;
pub use nullable::Nullable;
pub use pointers::{Pointed, PointedSlot};
pub use primitives::{BigEndian, Null, RawBytes, Unit, Utf8, UuidText};
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

    /// Whether a record with such a key has a null for its key in topics outside of the application, and is read so: only `()` is.
    const NO_KEY: bool = false;

    /// Whether the first bit of the bytes is a sign: ranges of keys then begin with the negative numbers.
    const SIGNED: bool = false;

    /// Whether there are values of the type without a form in this format. Those are checked before they become state.
    const REFUSES: bool = true;

    /// Appends the bytes of `value` to `out`, or says that it is null.
    ///
    /// # Errors
    /// When the value has no form in this format; `out` may then have been written to.
    fn encode(&self, value: &T, out: &mut Vec<u8>) -> Result<Encoded, CodecError>;

    /// Whether the value has bytes in this format that it can be read from again. It is asked when a value is put into a store, which may encode it
    /// later. Without a way of its own the value is encoded into `scratch`.
    ///
    /// # Errors
    /// When the value has no form in this format, or is null in it.
    fn check(&self, value: &T, scratch: &mut Vec<u8>) -> Result<(), CodecError> {
        scratch.clear();
        match self.encode(value, scratch)? {
            Encoded::Bytes => Ok(()),
            Encoded::Null => Err(CodecError::Invalid("its format makes a null of it, and a null deletes the row".to_owned())),
        }
    }

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

/// The bytes of a row's key in a topic that is read as a table. No key is the row of `()`, where that is the keys' type.
#[inline]
pub(crate) fn row_key<K: ?Sized, C: Codec<K>>(key: Option<&[u8]>) -> Option<&[u8]> {
    if C::NO_KEY { Some(key.unwrap_or_default()) } else { key }
}
