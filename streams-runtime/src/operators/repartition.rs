//! `repartition`: through a topic of the application's own, so that records of one key meet in one task.

use super::to::To;
use crate::codec::{Codec, KeyData, StreamData};
use crate::handles::Stream;

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// Sends the records through the topic `<application id>-<name>-repartition`; what follows is another sub-topology.
    ///
    /// Kafka Streams: `repartition`. Records with a null key are lost here, uncounted.
    pub fn repartition<KS, KC, VC>(&self) -> (Stream<K, V>, To<K, V, KC, VC>)
    where
        K: StreamData<Codec = KC, Stored = KS>,
        KS: KeyData,
        V: StreamData<Codec = VC>,
        KC: Codec<K> + Default,
        VC: Codec<V> + Default,
    {
        (*self, self.to().at("repartition").without_null_keys())
    }

    /// The repartition that a grouping, a table or a join needs after a key change.
    ///
    /// Kafka Streams: null keys are lost here, uncounted.
    pub fn repartition_by_key<KC, VC>(&self) -> (Stream<K, V>, To<K, V, KC, VC>)
    where
        K: StreamData<Codec = KC>,
        V: StreamData<Codec = VC>,
        KC: Codec<K> + Default,
        VC: Codec<V> + Default,
    {
        (*self, self.to().at("repartition").without_null_keys())
    }

    /// [`repartition_by_key`](Self::repartition_by_key) in front of a side of a join whose records need no partner.
    ///
    /// Kafka Streams: null keys go through (KIP-962), to any partition.
    pub fn repartition_by_key_or_null<KC, VC>(&self) -> (Stream<K, V>, To<K, V, KC, VC>)
    where
        K: StreamData<Codec = KC>,
        V: StreamData<Codec = VC>,
        KC: Codec<K> + Default,
        VC: Codec<V> + Default,
    {
        (*self, self.to().at("repartition").by_whole_keys())
    }
}
