//! `group_by_key` and `group_by`: what an aggregation is made over.

use streams_macros::with_cx;

use super::select_key::SelectKey;
use super::settle::{Plain, Try};
use crate::codec::{KeyData, Known, StreamData};
use crate::error::Failure;
use crate::handles::{Grouped, Stream};

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// Groups the records by the key they have.
    ///
    /// Kafka Streams: `groupByKey`. Goes through a repartition topic only if the key was changed before.
    pub fn group_by_key<KS, KC, VC, K2, V2>(&self) -> Grouped<K2, V2>
    where
        K: StreamData<Stored = KS, Codec = KC>,
        KS: KeyData,
        V: StreamData<Codec = VC>,
        KC: Known<K, Is = K2>,
        VC: Known<V, Is = V2>,
        K2: ?Sized,
        V2: ?Sized,
    {
        Grouped::handle()
    }

    /// Groups the records by a new key; always goes through a repartition topic, named after the state that follows.
    ///
    /// Kafka Streams: `groupBy`. Records whose new key is null are lost at the repartition.
    #[with_cx]
    pub fn group_by<K2, F>(&self, f: F) -> (Stream<K2, V>, SelectKey<F, K2, Plain>)
    where
        F: FnMut(&K, &V) -> K2,
    {
        (Stream::handle(), SelectKey::new(f, "group_by"))
    }

    /// `group_by` with a closure that may fail: an `Err` goes to the process handler of the application.
    #[with_cx]
    pub fn try_group_by<K2, F, E>(&self, f: F) -> (Stream<K2, V>, SelectKey<F, Result<K2, E>, Try>)
    where
        E: Failure,
        F: FnMut(&K, &V) -> Result<K2, E>,
    {
        (Stream::handle(), SelectKey::new(f, "try_group_by"))
    }
}
