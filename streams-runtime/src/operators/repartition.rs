//! `repartition`: through a topic of the application's own, so that records of one key meet in one task.

use super::to::To;
use crate::codec::{KeyData, Known, StreamData};
use crate::handles::Stream;

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// Sends the records through the topic `<application id>-<name>-repartition`; what follows is another sub-topology.
    ///
    /// Kafka Streams: `repartition`. Records with a null key are lost here, uncounted.
    pub fn repartition<KS, K2, V2, KC, VC>(&self) -> (Stream<K2, V2>, To<K, V, KC, VC>)
    where
        K: StreamData<Codec = KC, Stored = KS>,
        KS: KeyData,
        V: StreamData<Codec = VC>,
        KC: Known<K, Is = K2>,
        VC: Known<V, Is = V2>,
        K2: ?Sized,
        V2: ?Sized,
    {
        (Stream::handle(), self.to().at("repartition").without_null_keys())
    }

    /// The repartition that a grouping, a table or a join needs after a key change.
    ///
    /// Kafka Streams: null keys are lost here, uncounted.
    pub fn repartition_by_key<K2, V2, KC, VC>(&self) -> (Stream<K2, V2>, To<K, V, KC, VC>)
    where
        K: StreamData<Codec = KC>,
        V: StreamData<Codec = VC>,
        KC: Known<K, Is = K2>,
        VC: Known<V, Is = V2>,
        K2: ?Sized,
        V2: ?Sized,
    {
        (Stream::handle(), self.to().at("repartition").without_null_keys())
    }

    /// [`repartition_by_key`](Self::repartition_by_key) in front of a side of a join whose records need no partner.
    ///
    /// Kafka Streams: null keys go through (KIP-962), to any partition.
    pub fn repartition_by_key_or_null<K2, V2, KC, VC>(&self) -> (Stream<K2, V2>, To<K, V, KC, VC>)
    where
        K: StreamData<Codec = KC>,
        V: StreamData<Codec = VC>,
        KC: Known<K, Is = K2>,
        VC: Known<V, Is = V2>,
        K2: ?Sized,
        V2: ?Sized,
    {
        (Stream::handle(), self.to().at("repartition").by_whole_keys())
    }
}
