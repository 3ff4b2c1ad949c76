//! The record that what is going on comes from: where it is, and what its topic has.

use std::sync::Arc;

use super::Context;
use crate::headers::Headers;
use crate::record::RecordRef;

/// A record as its topic has it.
#[derive(Debug, Default)]
pub(crate) struct RawRecord {
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) headers: Headers,
    pub(crate) timestamp_ms: i64,
}

impl RawRecord {
    /// Takes over another record, in the same memory.
    fn assign(&mut self, record: &RecordRef<'_>) {
        for (kept, bytes) in [(&mut self.key, record.key), (&mut self.value, record.value)] {
            match bytes {
                None => *kept = None,
                Some(bytes) => {
                    let kept = kept.get_or_insert_default();
                    kept.clear();
                    kept.extend_from_slice(bytes);
                }
            }
        }
        self.headers.assign(record.headers);
        self.timestamp_ms = record.timestamp_ms;
    }

    fn bytes(&self) -> usize {
        let bytes = |bytes: &Option<Vec<u8>>| bytes.as_ref().map_or(0, Vec::len);
        size_of::<Self>() + bytes(&self.key) + bytes(&self.value) + self.headers.size_bytes()
    }
}

/// Where the record at hand comes from. A change that has waited in a cache or a buffer has its
/// own.
///
/// Kafka Streams: `ProcessorRecordContext`.
#[derive(Clone, Debug)]
pub(crate) struct Cause {
    /// `None`: there is no single record, as in a schedule.
    pub(crate) topic: Option<Arc<str>>,
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    /// Kept where a handler may ask for it; not known any more of what has waited through a
    /// restart.
    pub(crate) raw: Option<Arc<RawRecord>>,
}

impl Default for Cause {
    fn default() -> Self {
        Cause { topic: None, partition: -1, offset: -1, raw: None }
    }
}

/// Two causes are equal if they are the same record; what is known of it does not count.
impl PartialEq for Cause {
    fn eq(&self, other: &Self) -> bool {
        (&self.topic, self.partition, self.offset) == (&other.topic, other.partition, other.offset)
    }
}

impl Eq for Cause {}

impl Cause {
    /// The topic; empty if there is no single record.
    #[inline]
    pub(crate) fn topic(&self) -> &str {
        self.topic.as_deref().unwrap_or_default()
    }

    /// The topic, to be kept.
    pub(crate) fn shared_topic(&self) -> Arc<str> {
        self.topic.clone().unwrap_or_else(|| Arc::from(""))
    }

    /// The records that follow are of this partition.
    #[inline]
    pub(crate) fn set_partition(&mut self, topic: &Arc<str>, partition: i32) {
        if !self.topic.as_ref().is_some_and(|known| Arc::ptr_eq(known, topic)) {
            self.topic = Some(Arc::clone(topic));
        }
        self.partition = partition;
    }

    /// Takes over another cause. Most follow one of the same topic, which costs nothing.
    #[inline]
    pub(crate) fn assign(&mut self, other: &Cause) {
        (self.partition, self.offset) = (other.partition, other.offset);
        match (&self.topic, &other.topic) {
            (Some(known), Some(topic)) if Arc::ptr_eq(known, topic) => {}
            (None, None) => {}
            _ => self.topic.clone_from(&other.topic),
        }
        if !(self.raw.is_none() && other.raw.is_none()) {
            self.raw.clone_from(&other.raw);
        }
    }

    /// What it holds beside its own size.
    #[inline]
    pub(crate) fn heap_bytes(&self) -> usize {
        self.raw.as_ref().map_or(0, |raw| raw.bytes())
    }
}

/// What surrounds a record while it is at hand: changes that have waited bring theirs, and give the
/// place back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AtHand {
    pub(crate) timestamp_ms: i64,
    pub(crate) headers: Headers,
    pub(crate) cause: Cause,
}

impl Default for AtHand {
    fn default() -> Self {
        AtHand { timestamp_ms: -1, headers: Headers::default(), cause: Cause::default() }
    }
}

impl Context {
    /// Notes what surrounds the record at hand.
    pub(crate) fn at_hand_into(&self, at_hand: &mut AtHand) {
        at_hand.timestamp_ms = self.timestamp_ms;
        at_hand.cause.assign(&self.cause);
        if !(at_hand.headers.is_empty() && self.headers.is_empty()) {
            at_hand.headers.clone_from(&self.headers);
        }
    }

    /// Changes the record at hand for another one, or back.
    #[inline]
    pub(crate) fn exchange(&mut self, other: &mut AtHand) {
        std::mem::swap(&mut self.timestamp_ms, &mut other.timestamp_ms);
        std::mem::swap(&mut self.headers, &mut other.headers);
        std::mem::swap(&mut self.cause, &mut other.cause);
    }

    /// Puts the record at hand aside while others go downstream; [`exchange`](Self::exchange)
    /// brings it back.
    #[inline]
    pub(crate) fn put_aside(&mut self) -> AtHand {
        let mut aside = AtHand { timestamp_ms: self.timestamp_ms, ..AtHand::default() };
        self.exchange(&mut aside);
        aside
    }

    /// No record is at hand any more: a schedule runs, or cached changes go downstream. What fails
    /// then is not the last record's fault.
    pub(crate) fn leave_record(&mut self) {
        self.cause = Cause::default();
    }

    #[cold]
    pub(super) fn keep_raw(&mut self, record: &RecordRef<'_>) {
        let raw = self.cause.raw.get_or_insert_default();
        match Arc::get_mut(raw) {
            Some(raw) => raw.assign(record),
            // A change that waits holds the one before.
            None => {
                let mut kept = RawRecord::default();
                kept.assign(record);
                *raw = Arc::new(kept);
            }
        }
    }
}
