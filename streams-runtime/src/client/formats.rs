//! The formats of a topic, their types forgotten.

use std::marker::PhantomData;
use std::sync::Arc;

use crate::codec::{Codec, CodecError, Encoded, StreamData};

/// The wire formats of the keys and the values of a topic. Made by [`codecs`].
pub trait Formats<K: ?Sized, V: ?Sized>: Send + Sync {
    /// Appends the bytes of a key, or says that it is null.
    ///
    /// # Errors
    /// When the key has no form in the format.
    fn encode_key(&self, key: &K, out: &mut Vec<u8>) -> Result<Encoded, CodecError>;

    /// Appends the bytes of a value, or says that it is null.
    ///
    /// # Errors
    /// When the value has no form in the format.
    fn encode_value(&self, value: &V, out: &mut Vec<u8>) -> Result<Encoded, CodecError>;

    /// Calls `read` with the key that these bytes stand for.
    ///
    /// # Errors
    /// When they stand for none.
    fn decode_key(&self, bytes: Option<&[u8]>, read: &mut dyn FnMut(&K)) -> Result<(), CodecError>;

    /// Calls `read` with the value that these bytes stand for.
    ///
    /// # Errors
    /// When they stand for none.
    fn decode_value(&self, bytes: Option<&[u8]>, read: &mut dyn FnMut(&V)) -> Result<(), CodecError>;

    /// The part of the bytes of a key that the topic is partitioned by.
    fn partitioned_by<'k>(&self, key: &'k [u8]) -> &'k [u8];
}

/// Two codecs as the formats of a topic, for [`TopicName::with`](crate::TopicName::with).
pub fn codecs<K, V, KC, VC>(key: KC, value: VC) -> Arc<dyn Formats<K, V>>
where
    K: ?Sized + 'static,
    V: ?Sized + 'static,
    KC: Codec<K>,
    VC: Codec<V>,
{
    Arc::new(Codecs { key, value, types: PhantomData })
}

/// The formats that belong to the types.
pub(super) fn of_types<K: StreamData + ?Sized + 'static, V: StreamData + ?Sized + 'static>() -> Arc<dyn Formats<K, V>> {
    codecs(K::Codec::default(), V::Codec::default())
}

struct Codecs<K: ?Sized, V: ?Sized, KC, VC> {
    key: KC,
    value: VC,
    types: PhantomData<fn(&K, &V)>,
}

impl<K: ?Sized, V: ?Sized, KC: Codec<K>, VC: Codec<V>> Formats<K, V> for Codecs<K, V, KC, VC> {
    fn encode_key(&self, key: &K, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        match self.key.encode(key, out)? {
            // As at a sink: `()` is no key.
            Encoded::Bytes if KC::NO_KEY => Ok(Encoded::Null),
            encoded => Ok(encoded),
        }
    }

    fn encode_value(&self, value: &V, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        self.value.encode(value, out)
    }

    fn decode_key(&self, bytes: Option<&[u8]>, read: &mut dyn FnMut(&K)) -> Result<(), CodecError> {
        read(self.key.decode(bytes, &mut KC::Slot::default())?);
        Ok(())
    }

    fn decode_value(&self, bytes: Option<&[u8]>, read: &mut dyn FnMut(&V)) -> Result<(), CodecError> {
        read(self.value.decode(bytes, &mut VC::Slot::default())?);
        Ok(())
    }

    fn partitioned_by<'k>(&self, key: &'k [u8]) -> &'k [u8] {
        self.key.partitioned_by(key)
    }
}
