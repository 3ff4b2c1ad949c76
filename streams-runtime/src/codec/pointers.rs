//! `Box` and `Arc`: the bytes of what they hold.

use std::sync::Arc;

use super::{Codec, CodecError, Encoded, OwnedData, StreamData, Utf8};

/// What a `Box` or an `Arc` holds, in format `C`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pointed<C>(
    /// The format of what it holds.
    pub C,
);

/// Memory of a [`Pointed`] codec.
#[derive(Debug)]
pub struct PointedSlot<P, S> {
    value: Option<P>,
    inner: S,
}

impl<P, S: Default> Default for PointedSlot<P, S> {
    fn default() -> Self {
        PointedSlot { value: None, inner: S::default() }
    }
}

macro_rules! pointers {
    ($($pointer:ident),*) => {$(
        impl<T: Clone + Send + Sync + 'static, C: Codec<T>> Codec<$pointer<T>> for Pointed<C> {
            type Slot = PointedSlot<$pointer<T>, C::Slot>;

            const NO_KEY: bool = C::NO_KEY;
            const SIGNED: bool = C::SIGNED;
            const REFUSES: bool = C::REFUSES;

            #[inline]
            fn encode(&self, value: &$pointer<T>, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
                self.0.encode(value, out)
            }

            fn check(&self, value: &$pointer<T>, scratch: &mut Vec<u8>) -> Result<(), CodecError> {
                self.0.check(value, scratch)
            }

            fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut Self::Slot) -> Result<&'a $pointer<T>, CodecError> {
                let decoded = self.0.decode(bytes, &mut slot.inner)?;
                Ok(slot.value.insert($pointer::new(decoded.clone())))
            }

            #[inline]
            fn partitioned_by<'k>(&self, key: &'k [u8]) -> &'k [u8] {
                self.0.partitioned_by(key)
            }
        }

        impl<T> StreamData for $pointer<T>
        where
            T: StreamData<Present = T, Stored = T> + Clone + Send + Sync + 'static,
        {
            type Codec = Pointed<T::Codec>;
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
                size_of::<T>() + T::heap_bytes(self)
            }
        }

        impl<T> OwnedData for $pointer<T>
        where
            T: StreamData<Present = T, Stored = T> + Clone + Send + Sync + 'static,
        {
            fn into_stored(self) -> Option<Self> {
                Some(self)
            }
            fn from_stored(stored: Self) -> Self {
                stored
            }
        }

        impl Codec<$pointer<str>> for Utf8 {
            type Slot = Option<$pointer<str>>;

            const REFUSES: bool = false;

            fn encode(&self, value: &$pointer<str>, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
                Codec::<str>::encode(self, value, out)
            }

            fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut Self::Slot) -> Result<&'a $pointer<str>, CodecError> {
                let mut nothing = ();
                let text: &str = Codec::<str>::decode(self, bytes, &mut nothing)?;
                Ok(slot.insert(text.into()))
            }
        }

        impl StreamData for $pointer<str> {
            type Codec = Utf8;
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
                self.len()
            }
        }

        impl OwnedData for $pointer<str> {
            fn into_stored(self) -> Option<Self> {
                Some(self)
            }
            fn from_stored(stored: Self) -> Self {
                stored
            }
        }
    )*};
}
pointers!(Box, Arc);
