//! Records that a broker refused by the batch. Kafka refuses all records of a batch for one of
//! them, and librdkafka takes that for its word about each. Here they are sent again in halves,
//! until those that are at fault are alone.
//!
//! Records of a partition that were on their way behind a refused batch are written before it then.
//! Where they have the key of a refused one they are sent once more, so that the last record of
//! each key stays the last. A record may thus come twice, as after a crash; none is lost.

use std::collections::HashSet;

use rdkafka::error::RDKafkaErrorCode;

use crate::broker::ResultOrigin;
use crate::headers::Headers;

/// A record that may have to be sent again.
#[derive(Debug)]
pub(super) struct Parcel {
    /// Its topic, by number.
    pub(super) slot: usize,
    pub(super) partition: i32,
    pub(super) key: Option<Vec<u8>>,
    pub(super) value: Option<Vec<u8>>,
    pub(super) headers: Headers,
    pub(super) timestamp_ms: i64,
    pub(super) origin: Option<ResultOrigin>,
    /// Why it was refused.
    pub(super) code: RDKafkaErrorCode,
}

/// What is to be done when everything that was sent is reported.
#[derive(Debug)]
pub(super) enum Step {
    /// Nothing more.
    Done,
    /// This record was refused alone.
    AtFault(Parcel),
    /// These are to be sent, in this order.
    Send(Vec<Parcel>),
}

/// See the [module](self).
#[derive(Debug, Default)]
pub(super) struct Mending {
    /// Refused since the last step, and those behind them that have their keys, in the order of the
    /// reports.
    found: Vec<Parcel>,
    keys: HashSet<(usize, i32, Vec<u8>)>,
    /// What is to be sent, the next ones last.
    waiting: Vec<Vec<Parcel>>,
    /// Whether what was sent last was one record.
    alone: bool,
}

impl Mending {
    /// Whether there is nothing to do.
    pub(super) fn is_done(&self) -> bool {
        self.found.is_empty() && self.waiting.is_empty()
    }

    /// Whether records that are acknowledged have to be looked at.
    pub(super) fn watches(&self) -> bool {
        !self.found.is_empty()
    }

    /// A record was refused, it or one beside it.
    pub(super) fn refused(&mut self, parcel: Parcel) {
        if let Some(key) = &parcel.key {
            self.keys.insert((parcel.slot, parcel.partition, key.clone()));
        }
        self.found.push(parcel);
    }

    /// Whether a record that was acknowledged is to be sent again: it came behind a refused one of
    /// its key.
    pub(super) fn follows(&self, slot: usize, partition: i32, key: Option<&[u8]>) -> bool {
        self.watches() && key.is_some_and(|key| self.keys.contains(&(slot, partition, key.to_vec())))
    }

    /// What found no room is to be sent with the next step.
    pub(super) fn put_back(&mut self, rest: Vec<Parcel>) {
        if !rest.is_empty() {
            self.waiting.push(rest);
        }
    }

    /// What is to be done now. All that was sent is reported.
    pub(super) fn next(&mut self) -> Step {
        let mut found = std::mem::take(&mut self.found);
        self.keys.clear();
        if std::mem::take(&mut self.alone) && !found.is_empty() {
            return Step::AtFault(found.swap_remove(0));
        }
        let mut partitions: Vec<(usize, i32)> = found.iter().map(|parcel| (parcel.slot, parcel.partition)).collect();
        partitions.sort_unstable();
        partitions.dedup();
        for of in partitions {
            let (mut these, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|parcel| (parcel.slot, parcel.partition) == of);
            found = others;
            let behind = these.split_off(these.len().div_ceil(2));
            self.waiting.extend([behind, these].into_iter().filter(|half| !half.is_empty()));
        }
        match self.waiting.pop() {
            Some(next) => {
                self.alone = next.len() == 1;
                Step::Send(next)
            }
            None => Step::Done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parcel(partition: i32, key: &str, value: &str) -> Parcel {
        Parcel {
            slot: 0,
            partition,
            key: Some(key.into()),
            value: Some(value.into()),
            headers: Headers::default(),
            timestamp_ms: 0,
            origin: None,
            code: RDKafkaErrorCode::MessageSizeTooLarge,
        }
    }

    fn text(parcel: &Parcel) -> String {
        let text = |bytes: &Option<Vec<u8>>| String::from_utf8(bytes.clone().unwrap()).unwrap();
        format!("{}{}", text(&parcel.key), text(&parcel.value))
    }

    /// A broker that refuses a batch for each record with the value `!`, and takes what is sent as
    /// batches of so many records.
    fn mend(mut mending: Mending, batch: usize) -> (Vec<String>, Vec<String>) {
        let (mut written, mut at_fault) = (Vec::new(), Vec::new());
        loop {
            match mending.next() {
                Step::Done => return (written, at_fault),
                Step::AtFault(parcel) => at_fault.push(text(&parcel)),
                Step::Send(mut parcels) => {
                    while !parcels.is_empty() {
                        let rest = parcels.split_off(batch.min(parcels.len()));
                        let refused = parcels.iter().any(|p| p.value.as_deref() == Some(b"!"));
                        for parcel in std::mem::replace(&mut parcels, rest) {
                            if refused {
                                mending.refused(parcel);
                            } else {
                                written.push(text(&parcel));
                                if mending.follows(parcel.slot, parcel.partition, parcel.key.as_deref()) {
                                    mending.refused(parcel);
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn only_what_is_refused_alone_is_at_fault() {
        let mut mending = Mending::default();
        for (key, value) in [("a", "1"), ("b", "!"), ("c", "1"), ("d", "1"), ("e", "!")] {
            mending.refused(parcel(0, key, value));
        }
        let (written, at_fault) = mend(mending, 100);
        assert_eq!((written.join(" "), at_fault.join(" ")), ("a1 c1 d1".into(), "b! e!".into()));
    }

    #[test]
    fn partitions_do_not_matter_to_each_other() {
        let mut mending = Mending::default();
        for (partition, key, value) in [(0, "a", "1"), (1, "b", "!"), (0, "a", "2"), (1, "b", "1")] {
            mending.refused(parcel(partition, key, value));
        }
        let (mut written, at_fault) = mend(mending, 100);
        written.sort();
        assert_eq!((written.join(" "), at_fault.join(" ")), ("a1 a2 b1".into(), "b!".into()));
    }

    #[test]
    fn the_last_record_of_each_key_is_written_last_whatever_the_batches() {
        let records: Vec<(String, String)> =
            (0..40).map(|n| (format!("k{}-", n % 3), if n % 7 == 3 { "!".to_owned() } else { n.to_string() })).collect();
        for batch in 1..=41 {
            let mut mending = Mending::default();
            records.iter().for_each(|(key, value)| mending.refused(parcel(0, key, value)));
            let (written, at_fault) = mend(mending, batch);
            assert_eq!(at_fault.len(), 6, "{batch}");
            for (key, value) in records.iter().filter(|(_, value)| value != "!") {
                assert!(written.contains(&format!("{key}{value}")), "{batch}: {key}{value}");
            }
            for key in ["k0-", "k1-", "k2-"] {
                let last = records.iter().rfind(|(k, value)| k == key && value != "!").map(|(k, value)| format!("{k}{value}"));
                assert_eq!(written.iter().rfind(|text| text.starts_with(key)), last.as_ref(), "{batch}");
            }
        }
    }

    #[test]
    fn one_record_is_sent_alone_before_it_is_at_fault() {
        let mut mending = Mending::default();
        mending.refused(parcel(0, "a", "1"));
        assert!(matches!(mending.next(), Step::Send(parcels) if parcels.len() == 1));
        assert!(mending.is_done());
        assert!(matches!(mending.next(), Step::Done));
    }
}
