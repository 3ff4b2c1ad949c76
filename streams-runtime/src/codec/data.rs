//! The tie between a type and its wire format, its nulls and its owned form.

use super::{BigEndian, Codec, Nullable, RawBytes, Unit, Utf8, UuidText};

/// A type that can be the key or the value of a stream or a table. Derive it: the wire format is then JSON (serde).
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use streams_runtime::prelude::*;
///
/// #[derive(Clone, Serialize, Deserialize, StreamData)]
/// struct View { user: String, ms: u64 }
/// ```
///
/// Another format: `#[stream_data(codec = MyCodec)]`, where `MyCodec` implements [`Codec`] for the type and `Default`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no wire format, so no stream, table or topic can carry it",
    label = "no wire format",
    note = "derive `StreamData` for it, or name a format where it is read or written: `.with(KeyCodec, ValueCodec)`",
    note = "where a closure gives a reference, let it give the value itself: `*value`, or `value.clone()`"
)]
pub trait StreamData {
    /// Its wire format where none is named.
    type Codec: Codec<Self> + Default;
    /// What is left when it is not null: `T` for `Option<T>`, the type itself otherwise.
    type Present: ?Sized + StreamData<Present = Self::Present, Stored = Self::Stored>;
    /// The owned form that tables and stores keep: `String` for `str`, `T` for `Option<T>`, the type itself otherwise.
    /// Its bytes are those of the borrowed form.
    type Stored: StreamData<Present = Self::Stored, Stored = Self::Stored> + Clone + Send + Sync + 'static;

    /// The value, if it is not null.
    fn present(&self) -> Option<&Self::Present>;

    /// A copy of the value for a store, if it is not null.
    fn to_stored(&self) -> Option<Self::Stored>;

    /// Bytes it holds outside of itself, for the memory budget of caches. An estimate.
    fn heap_bytes(&self) -> usize {
        0
    }
}

/// What an `Option` can be put around, so that its `None` is a null: an owned type that is never null itself.
#[diagnostic::on_unimplemented(
    message = "`Option<{Self}>` has no wire format: its `None` is a null, and `{Self}` is not an owned type that is never null",
    label = "not an owned type with a format",
    note = "a topic has one null only: write one `Option`, or put the inner one into a type of your own that derives `StreamData`"
)]
pub trait NotNull: StreamData<Present = Self, Stored = Self> + Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: StreamData<Present = T, Stored = T> + Clone + Send + Sync + 'static> NotNull for T {}

/// [`StreamData`] with an owned value: what an aggregation may return. Derived together with it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no wire format, so no table can have it as its value",
    label = "no wire format",
    note = "derive `StreamData` for it; a table owns what it holds"
)]
pub trait OwnedData: StreamData + Sized {
    /// The value for a store, if it is not null.
    fn into_stored(self) -> Option<Self::Stored>;

    /// The value of a stored one.
    fn from_stored(stored: Self::Stored) -> Self;
}

/// A value that can be read off its stored form: what the two sides of a merge are.
pub trait ReadStored: StreamData {
    /// Calls `read` with a stored value in the form of the stream.
    fn read_stored<R>(stored: Self::Stored, read: impl FnOnce(&Self) -> R) -> R;
}

impl<T: OwnedData> ReadStored for T {
    fn read_stored<R>(stored: T::Stored, read: impl FnOnce(&T) -> R) -> R {
        read(&T::from_stored(stored))
    }
}

impl ReadStored for str {
    fn read_stored<R>(stored: String, read: impl FnOnce(&str) -> R) -> R {
        read(&stored)
    }
}

impl ReadStored for [u8] {
    fn read_stored<R>(stored: Vec<u8>, read: impl FnOnce(&[u8]) -> R) -> R {
        read(&stored)
    }
}

macro_rules! own {
    ($data:ty) => {
        impl OwnedData for $data {
            fn into_stored(self) -> Option<$data> {
                Some(self)
            }
            fn from_stored(stored: $data) -> $data {
                stored
            }
        }
    };
}

macro_rules! plain {
    ($codec:ty: $($data:ty),*) => {$(
        impl StreamData for $data {
            type Codec = $codec;
            type Present = $data;
            type Stored = $data;

            #[inline]
            fn present(&self) -> Option<&$data> {
                Some(self)
            }
            fn to_stored(&self) -> Option<$data> {
                Some(self.clone())
            }
        }
        own!($data);
    )*};
}
plain!(BigEndian: i8, u8, i16, u16, i32, u32, i64, u64, i128, u128, isize, usize, f32, f64, bool);
plain!(Utf8: char);
plain!(UuidText: uuid::Uuid);
plain!(Unit: ());

macro_rules! owned_and_borrowed {
    ($codec:ty, $owned:ty, $borrowed:ty) => {
        impl StreamData for $owned {
            type Codec = $codec;
            type Present = $owned;
            type Stored = $owned;

            #[inline]
            fn present(&self) -> Option<&$owned> {
                Some(self)
            }
            fn to_stored(&self) -> Option<$owned> {
                Some(self.clone())
            }
            fn heap_bytes(&self) -> usize {
                self.capacity()
            }
        }
        own!($owned);

        impl StreamData for $borrowed {
            type Codec = $codec;
            type Present = $borrowed;
            type Stored = $owned;

            #[inline]
            fn present(&self) -> Option<&$borrowed> {
                Some(self)
            }
            fn to_stored(&self) -> Option<$owned> {
                Some(self.to_owned())
            }
        }
    };
}
owned_and_borrowed!(Utf8, String, str);
owned_and_borrowed!(RawBytes, Vec<u8>, [u8]);

impl<const N: usize> StreamData for [u8; N] {
    type Codec = RawBytes;
    type Present = [u8; N];
    type Stored = [u8; N];

    #[inline]
    fn present(&self) -> Option<&[u8; N]> {
        Some(self)
    }
    fn to_stored(&self) -> Option<[u8; N]> {
        Some(*self)
    }
}

impl<const N: usize> OwnedData for [u8; N] {
    fn into_stored(self) -> Option<[u8; N]> {
        Some(self)
    }
    fn from_stored(stored: [u8; N]) -> [u8; N] {
        stored
    }
}

impl<T> StreamData for Option<T>
where
    T: NotNull,
{
    type Codec = Nullable<T::Codec>;
    type Present = T;
    type Stored = T;

    #[inline]
    fn present(&self) -> Option<&T> {
        self.as_ref()
    }
    fn to_stored(&self) -> Option<T> {
        self.clone()
    }
    fn heap_bytes(&self) -> usize {
        self.as_ref().map_or(0, T::heap_bytes)
    }
}

impl<T> OwnedData for Option<T>
where
    T: NotNull,
{
    fn into_stored(self) -> Option<T> {
        self
    }
    fn from_stored(stored: T) -> Option<T> {
        Some(stored)
    }
}
