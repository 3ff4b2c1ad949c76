//! What a run has left behind, for whoever checks it.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use streams_runtime::broker::TopicPartition;
use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::codec::{Codec, StreamData};

use super::watch::{Fed, Round};
use crate::record::OutputRecord;

/// What the topics hold when everything is processed and committed.
#[derive(Debug)]
pub struct Outcome<'a> {
    pub(super) log: &'a EmbeddedLog,
    pub(super) round: Round,
    pub(super) fed: &'a [Fed],
    pub(super) stale: &'a BTreeMap<String, BTreeSet<Option<Vec<u8>>>>,
    pub(super) seed: u64,
}

impl Outcome<'_> {
    /// The seed of the run.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// How far the run is: it is checked once after the last fault, and once more after all
    /// processes were started anew.
    pub fn round(&self) -> Round {
        self.round
    }

    /// The records that went into the topics, in order.
    pub fn fed(&self) -> &[Fed] {
        self.fed
    }

    /// The log itself.
    pub fn log(&self) -> &EmbeddedLog {
        self.log
    }

    /// All records of a topic: partition by partition, each in order.
    ///
    /// # Panics
    /// If the bytes are not of these types: the test is wrong then.
    #[track_caller]
    pub fn records<K, V>(&self, topic: &str) -> Vec<OutputRecord<<K as ToOwned>::Owned, <V as ToOwned>::Owned>>
    where
        K: StreamData + ToOwned + ?Sized,
        V: StreamData + ToOwned + ?Sized,
    {
        let mut records = Vec::new();
        for partition in 0..self.log.partitions(topic).unwrap_or(0) {
            let Ok(batch) = self.log.read(topic, partition, self.start(topic, partition), usize::MAX) else { continue };
            for record in batch.iter() {
                let (mut key_slot, mut value_slot) = Default::default();
                let key = K::Codec::default().decode(record.key, &mut key_slot).map(ToOwned::to_owned);
                let value = V::Codec::default().decode(record.value, &mut value_slot).map(ToOwned::to_owned);
                let (Ok(key), Ok(value)) = (key, value) else {
                    panic!("a record of `{topic}` is no `{}` with a `{}`", std::any::type_name::<K>(), std::any::type_name::<V>());
                };
                let headers = record.headers.into();
                records.push(OutputRecord { key, value, timestamp_ms: record.timestamp_ms, headers, partition });
            }
        }
        records
    }

    fn start(&self, topic: &str, partition: i32) -> i64 {
        use streams_runtime::broker::{Broker, Isolation, OffsetAt};
        let asked = [TopicPartition::new(topic, partition)];
        let offsets = self.log.offsets(&asked, OffsetAt::Earliest, Isolation::ReadUncommitted).wait();
        offsets.ok().and_then(|offsets| offsets.first().copied()).unwrap_or(0)
    }

    /// The last value of each key of a topic.
    ///
    /// # Panics
    /// As [`records`](Self::records).
    #[track_caller]
    pub fn table<K, V>(&self, topic: &str) -> BTreeMap<<K as ToOwned>::Owned, <V as ToOwned>::Owned>
    where
        K: StreamData + ToOwned + ?Sized,
        V: StreamData + ToOwned + ?Sized,
        <K as ToOwned>::Owned: Ord,
    {
        self.records::<K, V>(topic).into_iter().map(|record| (record.key, record.value)).collect()
    }

    /// Whether the last value of a key may be an old one, since a process wrote it that had lost
    /// its tasks and had not heard of it. That takes [`zombies`](super::Simulation::zombies).
    pub fn is_stale<K: StreamData + ?Sized>(&self, topic: &str, key: impl Borrow<K>) -> bool {
        let mut bytes = Vec::new();
        let is_encoded = K::Codec::default().encode(key.borrow(), &mut bytes).is_ok();
        self.stale.get(topic).is_some_and(|stale| is_encoded && stale.contains(&Some(bytes)))
    }
}
