//! Nulls, where a type has a place for them.

use super::{Codec, CodecError, Encoded};

/// A format with nulls: `None` is Kafka's null, `Some` is in format `C`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nullable<C>(
    /// The format of what is not null.
    pub C,
);

/// Memory of a [`Nullable`] codec: the value, and a slot of the inner codec.
#[derive(Debug)]
pub struct NullableSlot<T, S> {
    value: Option<T>,
    inner: S,
}

impl<T, S: Default> Default for NullableSlot<T, S> {
    fn default() -> Self {
        NullableSlot { value: None, inner: S::default() }
    }
}

impl<T: Clone + Send + 'static, C: Codec<T>> Codec<Option<T>> for Nullable<C> {
    type Slot = NullableSlot<T, C::Slot>;

    const NO_KEY: bool = C::NO_KEY;
    const SIGNED: bool = C::SIGNED;
    const REFUSES: bool = C::REFUSES;

    fn encode(&self, value: &Option<T>, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        match value {
            None => Ok(Encoded::Null),
            Some(value) => self.0.encode(value, out),
        }
    }

    fn check(&self, value: &Option<T>, scratch: &mut Vec<u8>) -> Result<(), CodecError> {
        value.as_ref().map_or(Ok(()), |value| self.0.check(value, scratch))
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut Self::Slot) -> Result<&'a Option<T>, CodecError> {
        match bytes {
            None => slot.value = None,
            Some(_) => {
                let decoded = self.0.decode(bytes, &mut slot.inner)?;
                match &mut slot.value {
                    // Keeps the memory of a `String` or `Vec`.
                    Some(value) => value.clone_from(decoded),
                    empty => *empty = Some(decoded.clone()),
                }
            }
        }
        Ok(&slot.value)
    }

    #[inline]
    fn partitioned_by<'k>(&self, key: &'k [u8]) -> &'k [u8] {
        self.0.partitioned_by(key)
    }
}
