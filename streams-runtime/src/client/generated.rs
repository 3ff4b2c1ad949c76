//! What `topology!` makes the constants of topics from. What is wrong with a type, a format or a partitioner is told where the topology
//! uses it; a second message here would say it worse, so constants take anything.

use std::marker::PhantomData;
use std::sync::Arc;

use super::formats::{Formats, codecs, of_types};
use crate::codec::{Codec, CodecError, Encoded, StreamData};
use crate::operators::IntoPartitions;

/// The formats that belong to two types.
pub struct FormatsOf<K: ?Sized, V: ?Sized>(PhantomData<fn(&K, &V)>);

impl<K: ?Sized, V: ?Sized> FormatsOf<K, V> {
    #[allow(clippy::new_without_default, missing_docs)]
    pub const fn new() -> Self {
        FormatsOf(PhantomData)
    }
}

impl<K: StreamData + ?Sized + 'static, V: StreamData + ?Sized + 'static> FormatsOf<K, V> {
    /// The formats.
    pub fn formats(self) -> Arc<dyn Formats<K, V>> {
        of_types()
    }
}

/// The formats of two types that are written in the topology.
pub struct WrittenFormats<K: ?Sized, V: ?Sized, KC, VC> {
    key: KC,
    value: VC,
    types: PhantomData<fn(&K, &V)>,
}

impl<K: ?Sized, V: ?Sized, KC, VC> WrittenFormats<K, V, KC, VC> {
    #[allow(missing_docs)]
    pub const fn new(key: KC, value: VC) -> Self {
        WrittenFormats { key, value, types: PhantomData }
    }
}

impl<K: ?Sized + 'static, V: ?Sized + 'static, KC: Codec<K>, VC: Codec<V>> WrittenFormats<K, V, KC, VC> {
    /// The formats.
    pub fn formats(self) -> Arc<dyn Formats<K, V>> {
        codecs(self.key, self.value)
    }
}

/// Formats of what has none.
pub trait NoFormats<K: ?Sized, V: ?Sized>: Sized {
    /// Never used by a program that compiles.
    fn formats(self) -> Arc<dyn Formats<K, V>> {
        Arc::new(Missing)
    }
}

impl<K: ?Sized, V: ?Sized> NoFormats<K, V> for FormatsOf<K, V> {}
impl<K: ?Sized, V: ?Sized, KC, VC> NoFormats<K, V> for WrittenFormats<K, V, KC, VC> {}

struct Missing;

impl Missing {
    fn error<T>() -> Result<T, CodecError> {
        Err(CodecError::Invalid("its type has no format".to_owned()))
    }
}

impl<K: ?Sized, V: ?Sized> Formats<K, V> for Missing {
    fn encode_key(&self, _: &K, _: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        Missing::error()
    }

    fn encode_value(&self, _: &V, _: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        Missing::error()
    }

    fn decode_key(&self, _: Option<&[u8]>, _: &mut dyn FnMut(&K)) -> Result<(), CodecError> {
        Missing::error()
    }

    fn decode_value(&self, _: Option<&[u8]>, _: &mut dyn FnMut(&V)) -> Result<(), CodecError> {
        Missing::error()
    }

    fn partitioned_by<'k>(&self, key: &'k [u8]) -> &'k [u8] {
        key
    }
}

/// What a partitioner of the topology says of a record.
pub fn place<K: ?Sized, V: ?Sized, P, F: FnOnce(&K, &V, u32) -> P>(partitioner: F, key: &K, value: &V, partitions: u32) -> P {
    partitioner(key, value, partitions)
}

/// What it said.
pub struct Placed<P>(pub P);

impl<P: IntoPartitions> Placed<P> {
    /// The partitions; `None`: by the key.
    pub fn partitions(self) -> Option<Vec<u32>> {
        let mut partitions = Vec::new();
        self.0.add_to(&mut partitions).then_some(partitions)
    }
}

/// [`Placed::partitions`] of what is not partitions.
pub trait NoPlace: Sized {
    /// Never used by a program that compiles.
    fn partitions(self) -> Option<Vec<u32>> {
        None
    }
}

impl<P> NoPlace for Placed<P> {}
