//! `repartition`: through a topic of the application's own, so that records of one key meet in one task.

use super::to::To;
use crate::codec::StreamData;
use crate::handles::Stream;

impl<K, V> Stream<K, V>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
{
    /// Sends the records through the topic `<application id>-<name>-repartition`; what follows is another sub-topology.
    ///
    /// Kafka Streams: `repartition`. Records with a null key are lost here, uncounted.
    pub fn repartition(&self) -> (Stream<K, V>, To<K, V, K::Codec, V::Codec>) {
        self.repartition_by_key()
    }

    /// The repartition that a grouping, a table or a join needs after a key change.
    ///
    /// Kafka Streams: null keys are lost here, uncounted.
    pub fn repartition_by_key(&self) -> (Stream<K, V>, To<K, V, K::Codec, V::Codec>) {
        (*self, self.to().at("repartition").without_null_keys())
    }
}
