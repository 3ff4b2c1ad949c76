//! What acknowledgements told.

use std::collections::VecDeque;

use rdkafka::error::RDKafkaErrorCode;

use super::error;
use super::mending::{Mending, Parcel};
use super::on_the_way::{Kept, OnTheWay};
use super::raw::{Report, Sent};

/// So many kinds of failure are kept; a kind is a partition and a reason.
const MAX_FAILURES: usize = 1000;

/// A topic that is written to.
pub(super) struct Topic {
    pub(super) name: String,
    pub(super) partitions: i32,
    /// The offset after the last acknowledged record, per partition; -1 is none.
    pub(super) ends: Vec<i64>,
}

/// Records of one partition that failed for one reason.
pub(super) struct Failure {
    pub(super) slot: usize,
    pub(super) partition: i32,
    pub(super) code: RDKafkaErrorCode,
    pub(super) records: u64,
}

/// See the [module](self).
#[derive(Default)]
pub(super) struct Told {
    pub(super) topics: Vec<Topic>,
    failures: VecDeque<Failure>,
    pub(super) on_the_way: OnTheWay,
    pub(super) mending: Mending,
    /// Records at fault whose origins are known.
    pub(super) refused: VecDeque<Parcel>,
    /// What is on its way was given up: what fails of it is nobody's business.
    given_up: bool,
}

impl Told {
    /// Takes a report in; whether acknowledgements are to be reported one by one from here on.
    pub(super) fn report(&mut self, slot: usize, partition: i32, report: Report<'_>) -> bool {
        match report {
            Report::Acknowledged { end } => self.acknowledged(slot, partition, end),
            Report::AcknowledgedOne { end, sent } => {
                self.acknowledged(slot, partition, end);
                let kept = self.on_the_way.take(sent.mark());
                if self.mending.follows(slot, partition, sent.key()) {
                    self.mending.refused(parcel(slot, partition, &sent, kept, RDKafkaErrorCode::NoError));
                }
            }
            Report::Failed { sent, .. } if self.given_up => {
                self.on_the_way.take(sent.mark());
            }
            Report::Failed { code, sent } => {
                let kept = self.on_the_way.take(sent.mark());
                if error::is_about_a_batch(code) {
                    self.mending.refused(parcel(slot, partition, &sent, kept, code));
                } else if error::is_about_the_record(code) && kept.origin.is_some() {
                    self.refused.push_back(parcel(slot, partition, &sent, kept, code));
                } else {
                    self.failed(slot, partition, code);
                }
            }
        }
        self.mending.watches()
    }

    fn acknowledged(&mut self, slot: usize, partition: i32, end: i64) {
        if let Some(topic) = self.topics.get_mut(slot)
            && let Ok(partition) = usize::try_from(partition)
        {
            if topic.ends.len() <= partition {
                topic.ends.resize(partition + 1, -1);
            }
            let known = &mut topic.ends[partition];
            *known = end.max(*known);
        }
    }

    /// Gives up everything that is on its way, and what is known of it.
    pub(super) fn give_up(&mut self) {
        self.failures.clear();
        self.refused.clear();
        self.mending = Mending::default();
        self.given_up = true;
    }

    /// Nothing that was given up is on its way any more.
    pub(super) fn all_reported(&mut self) {
        self.given_up = false;
    }

    /// The oldest failure. It stays until everything is given up: to go on as if nothing was lost
    /// would lose it.
    pub(super) fn failure(&self) -> Option<&Failure> {
        self.failures.front()
    }

    /// Whether a record was not acknowledged in time.
    pub(super) fn has_expired(&self) -> bool {
        self.failures.iter().any(|failure| failure.code == RDKafkaErrorCode::MessageTimedOut)
    }

    /// A record is at fault.
    pub(super) fn at_fault(&mut self, parcel: Parcel) {
        if parcel.origin.is_some() {
            self.refused.push_back(parcel);
        } else {
            self.failed(parcel.slot, parcel.partition, parcel.code);
        }
    }

    /// A broker that is away fails all records of a partition at once; that is one failure, not
    /// thousands.
    pub(super) fn failed(&mut self, slot: usize, partition: i32, code: RDKafkaErrorCode) {
        let same = |f: &&mut Failure| (f.slot, f.partition, f.code) == (slot, partition, code);
        if let Some(failure) = self.failures.iter_mut().find(same) {
            failure.records += 1;
        } else if self.failures.len() < MAX_FAILURES {
            self.failures.push_back(Failure { slot, partition, code, records: 1 });
        }
    }
}

fn parcel(slot: usize, partition: i32, sent: &Sent<'_>, kept: Kept, code: RDKafkaErrorCode) -> Parcel {
    let Kept { timestamp_ms, origin } = kept;
    let (key, value) = (sent.key().map(<[u8]>::to_vec), sent.value().map(<[u8]>::to_vec));
    Parcel { slot, partition, key, value, headers: sent.headers(), timestamp_ms, origin, code }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_of_one_kind_are_one_failure() {
        let mut told = Told::default();
        for partition in [0, 1, 0, 0] {
            told.failed(0, partition, RDKafkaErrorCode::MessageTimedOut);
        }
        let counts: Vec<_> = told.failures.iter().map(|f| f.records).collect();
        assert_eq!(counts, [3, 1]);
    }

    #[test]
    fn the_acknowledged_end_never_goes_back() {
        let mut told = Told::default();
        told.topics.push(Topic { name: "t".into(), partitions: 3, ends: Vec::new() });
        told.report(0, 2, Report::Acknowledged { end: 7 });
        told.report(0, 2, Report::Acknowledged { end: 5 });
        assert_eq!(told.topics[0].ends, [-1, -1, 7]);
    }
}
