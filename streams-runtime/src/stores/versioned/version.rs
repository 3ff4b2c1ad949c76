//! A version of a key's value as a row holds it.

use super::past::Kind;
use crate::codec::{Codec, CodecError, Encoded, StreamData};

/// What a key was from some time on.
pub(crate) enum Version<V: StreamData> {
    /// It had this value.
    Value(V::Stored),
    /// It was deleted.
    Deleted {
        /// Nothing later was there when it was deleted.
        was_latest: bool,
    },
}

impl<V: StreamData> Version<V> {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Version::Value(_) => Kind::Value,
            Version::Deleted { was_latest: false } => Kind::Deleted,
            Version::Deleted { was_latest: true } => Kind::DeletedLast,
        }
    }
}

// By hand: what is derived would ask for `V: Clone`.
impl<V: StreamData> Clone for Version<V> {
    fn clone(&self) -> Self {
        match self {
            Version::Value(value) => Version::Value(value.clone()),
            Version::Deleted { was_latest } => Version::Deleted { was_latest: *was_latest },
        }
    }
}

impl<V: StreamData> std::fmt::Debug for Version<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.kind())
    }
}

impl<V: StreamData + 'static> StreamData for Version<V> {
    type Codec = VersionCodec;
    type Present = Self;
    type Stored = Self;

    #[inline]
    fn present(&self) -> Option<&Self> {
        Some(self)
    }
    fn to_stored(&self) -> Option<Self> {
        Some(self.clone())
    }
    fn heap_bytes(&self) -> usize {
        match self {
            Version::Value(value) => value.heap_bytes(),
            Version::Deleted { .. } => 0,
        }
    }
}

/// First byte of a row.
pub(super) const DELETED: u8 = 0;
/// First byte of a row with a value behind it.
pub(super) const VALUE: u8 = 1;
const DELETED_LAST: u8 = 2;

/// One byte that says what it is; behind it a value in its own format.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct VersionCodec;

/// Memory of a [`VersionCodec`].
pub(crate) struct VersionSlot<V: StreamData + 'static> {
    version: Version<V>,
    inner: <<V::Stored as StreamData>::Codec as Codec<V::Stored>>::Slot,
}

impl<V: StreamData + 'static> Default for VersionSlot<V> {
    fn default() -> Self {
        VersionSlot { version: Version::Deleted { was_latest: false }, inner: Default::default() }
    }
}

impl<V: StreamData + 'static> Codec<Version<V>> for VersionCodec {
    type Slot = VersionSlot<V>;

    /// A version is encoded when it is put.
    const REFUSES: bool = false;

    fn encode(&self, version: &Version<V>, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        match version {
            Version::Deleted { was_latest: false } => out.push(DELETED),
            Version::Deleted { was_latest: true } => out.push(DELETED_LAST),
            Version::Value(value) => {
                out.push(VALUE);
                if <V::Stored as StreamData>::Codec::default().encode(value, out)? == Encoded::Null {
                    return Err(CodecError::Invalid("its format makes a null of it".into()));
                }
            }
        }
        Ok(Encoded::Bytes)
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut VersionSlot<V>) -> Result<&'a Version<V>, CodecError> {
        let (kind, rest) = bytes.and_then(<[u8]>::split_first).ok_or(CodecError::UnexpectedNull)?;
        slot.version = match *kind {
            DELETED => Version::Deleted { was_latest: false },
            DELETED_LAST => Version::Deleted { was_latest: true },
            VALUE => Version::Value(<V::Stored as StreamData>::Codec::default().decode(Some(rest), &mut slot.inner)?.clone()),
            other => return Err(CodecError::Invalid(format!("{other} is no kind of version"))),
        };
        Ok(&slot.version)
    }
}
