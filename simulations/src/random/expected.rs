//! What the topics hold in the end.

use std::collections::{BTreeMap, BTreeSet};

use properties::model::{Mistake, Model, Record, Row, whole};
use properties::render;
use properties::run::bytes::{decode_key, decode_value};
use properties::run::{comparable, topics_of};
use properties::topology::{Base, Id, Key, Kind, Topology};
use properties::values::Datum;
use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::plan::changelog_topic;

use super::shape::{APPLICATION, Shape};

/// What the results of a run are compared with.
pub(super) struct Expected<'r> {
    pub(super) shape: &'static Shape,
    pub(super) types: &'r BTreeMap<String, Kind>,
    /// All records of the input, in order.
    pub(super) fed: &'r [Record],
    pub(super) log: &'r EmbeddedLog,
    /// A record of the input, and what came of it, was done so often at most.
    pub(super) repeats: u64,
}

type Rows = BTreeMap<Datum, (Datum, i64)>;

impl Expected<'_> {
    fn topology(&self) -> &'static Topology {
        self.shape.topology()
    }

    /// The records of a topic, partition by partition.
    fn records(&self, topic: &str, key: Key, base: Base) -> Result<Vec<Record>, String> {
        let mut records = Vec::new();
        for partition in 0..self.log.partitions(topic).map_err(|error| error.to_string())? {
            let read = self.log.read(topic, partition, 0, usize::MAX).map_err(|error| error.to_string())?;
            for record in read.iter() {
                records.push(Record {
                    topic: topic.to_owned(),
                    key: decode_key(record.key, key)?,
                    value: decode_value(record.value, base)?,
                    ts: record.timestamp_ms,
                    headers: Vec::new(),
                });
            }
        }
        Ok(records)
    }

    /// The last value of each key.
    fn last(&self, topic: &str, key: Key, base: Base) -> Result<Rows, String> {
        let records = self.records(topic, key, base)?;
        let mut last: Rows = records.into_iter().map(|record| (record.key, (record.value, record.ts))).collect();
        last.retain(|_, (value, _)| value.is_some());
        Ok(last)
    }

    /// Compares whatever does not depend on what was done twice; how many tables and topics that
    /// were.
    pub(super) fn compare(&self, findings: &mut Vec<String>) -> (u64, u64) {
        let (mut tables, mut topics) = (0, 0);
        for id in comparable(self.topology()) {
            let Kind::Table(_, base) = self.topology().kinds()[id] else { continue };
            let expected = whole(self.topology(), self.fed, id).unwrap_or_default();
            for topic in topics_of(self.topology(), id, APPLICATION) {
                let found = self.last(&topic, Key::Text { null: false }, base);
                let found = found.map(|rows| rows.into_iter().map(|(key, (value, _))| (key, value)).collect::<BTreeMap<_, _>>());
                tables += 1;
                match found {
                    Ok(found) if found == expected => {}
                    found => findings.push(format!("`{topic}` comes to {found:?}, and {} to {expected:?}", render::name(id))),
                }
            }
        }
        let mut model = Model::new(self.topology(), Mistake::None);
        let said: Vec<Record> = self.fed.iter().flat_map(|record| model.pipe(record)).collect();
        for topic in self.shape.stateless_topics() {
            topics += 1;
            if let Err(finding) = self.compare_records(&topic, &said) {
                findings.push(finding);
            }
        }
        let rows: BTreeMap<Id, Vec<Row>> = model.stores().into_iter().collect();
        for id in self.shape.counts() {
            tables += 1;
            if let Err(finding) = self.compare_counts(id, rows.get(&id).map_or(&[], Vec::as_slice)) {
                findings.push(finding);
            }
        }
        (tables, topics)
    }

    /// Each record is there, and not more often than it was done.
    fn compare_records(&self, topic: &str, said: &[Record]) -> Result<(), String> {
        let Some(Kind::Stream(key, value)) = self.types.get(topic) else { return Ok(()) };
        let place = |record: &Record| (record.key.clone(), record.value.clone(), record.ts);
        let count = |records: &mut dyn Iterator<Item = &Record>| {
            let mut counts: BTreeMap<(Datum, Datum, i64), u64> = BTreeMap::new();
            records.for_each(|record| *counts.entry(place(record)).or_default() += 1);
            counts
        };
        let expected = count(&mut said.iter().filter(|record| record.topic == topic));
        let found = count(&mut self.records(topic, *key, value.base)?.iter());
        let both: BTreeSet<_> = expected.keys().chain(found.keys()).collect();
        for record in both {
            let (least, times) = (expected.get(record).copied().unwrap_or(0), found.get(record).copied().unwrap_or(0));
            if times < least || times > least.saturating_mul(self.repeats) {
                let most = self.repeats;
                return Err(format!("{record:?} is {times} times in `{topic}` and should be {least}, times {most} at most"));
            }
        }
        Ok(())
    }

    /// Nothing is missing in a count, and what is too much was done twice.
    fn compare_counts(&self, id: Id, rows: &[Row]) -> Result<(), String> {
        let topic = changelog_topic(APPLICATION, &render::name(id));
        let found = self.last(&topic, Key::Text { null: false }, Base::Count)?;
        let number = |value: Option<&Datum>| if let Some(Datum::Count(count)) = value { *count } else { 0 };
        let expected: BTreeMap<&Datum, &Datum> = rows.iter().map(|row| (&row.key, &row.value)).collect();
        for key in found.keys().chain(expected.keys().copied()) {
            let (least, count) = (number(expected.get(key).copied()), number(found.get(key).map(|(value, _)| value)));
            if count < least || count > least.saturating_mul(self.repeats) {
                return Err(format!("{key:?} is counted {count} times in `{topic}` and should be {least}, times {} at most", self.repeats));
            }
        }
        Ok(())
    }

    /// The rows of the stores, as their changelogs have them, are those of the model.
    pub(super) fn compare_rows(&self, model: &Model<'_>, findings: &mut Vec<String>) {
        for (id, rows) in model.stores() {
            let (Kind::Table(key, base), node) = (self.topology().kinds()[id], &self.topology().nodes[id]) else { continue };
            let is_reused = self.topology().optimized && node.op.is_source();
            if is_reused || self.topology().is_versioned(id) || !self.topology().is_state(id) {
                continue;
            }
            let topic = changelog_topic(APPLICATION, &render::name(id));
            let found = match key {
                Key::Text { .. } | Key::Session => self.last(&topic, key, base),
                // A number follows the start of the window.
                Key::Window(_) | Key::Sliding(_) => continue,
            };
            let expected: Rows = rows.into_iter().map(|row| (row.key, (row.value, row.ts))).collect();
            match found {
                Ok(found) if matches!(key, Key::Text { .. }) && found == expected => {}
                // Sessions that are out of retention are not deleted.
                Ok(found)
                    if key == Key::Session && expected.iter().all(|(key, (row, _))| found.get(key).is_some_and(|(is, _)| is == row)) => {}
                found => findings.push(format!("`{topic}` comes to {found:?}, and the model says {expected:?}")),
            }
        }
    }
}
