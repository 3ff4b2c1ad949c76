//! Looks on, and has the model process each record as soon as the application has.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use properties::model::{Mistake, Model, Record};
use properties::run::bytes::{decode_key, decode_value, encode};
use properties::run::{arranged, shown, types};
use properties::topology::Kind;
use streams_runtime::broker::TopicPartition;
use streams_runtime::broker::embedded::EmbeddedLog;
use streams_test::simulate::{Appended, Fed, Random, Round, Watch};

use super::expected::Expected;
use super::shape::Shape;
use super::{Input, Tally};

/// After so many records that were done twice it is not looked any more which was how often.
const MOST_MODELS: usize = 16;

/// Results are compared one by one. What comes of a record that is done twice is not; after it the
/// application may be as if it had been done once, or twice, and what follows says which.
struct Exact {
    /// What the application may be like: one model, unless a record was done twice.
    models: Vec<Model<'static>>,
    /// No record was done twice so far.
    is_certain: bool,
    /// The record that is being processed.
    pending: Option<Record>,
    /// What was written since it came.
    written: Vec<Record>,
    /// Parts that it has reached.
    reached: BTreeSet<usize>,
    /// Parts that were opened anew before it reached them, and since.
    opened: [Vec<usize>; 2],
    /// A part has been given it twice.
    is_repeated: bool,
}

pub(super) struct Follow {
    shape: &'static Shape,
    input: Input,
    types: BTreeMap<String, Kind>,
    fed: Vec<Record>,
    /// So many records were there before the first step.
    input_begins: usize,
    exact: Option<Exact>,
    /// How often the records of each partition were given to a process.
    delivered: HashMap<TopicPartition, Vec<u32>>,
    committed: HashMap<TopicPartition, i64>,
    /// So many records were written to each partition.
    ends: HashMap<TopicPartition, usize>,
    /// A process that had lost its tasks has written something.
    is_stale: bool,
    findings: Vec<String>,
    tally: Arc<Tally>,
}

impl Follow {
    pub(super) fn new(shape: &'static Shape, input: Input, is_exact: bool, tally: Arc<Tally>) -> Self {
        let fresh = || Exact {
            models: vec![Model::new(shape.topology(), Mistake::None)],
            is_certain: true,
            pending: None,
            written: Vec::new(),
            reached: BTreeSet::new(),
            opened: [Vec::new(), Vec::new()],
            is_repeated: false,
        };
        Follow {
            shape,
            types: types(shape.topology()),
            fed: Vec::new(),
            input_begins: input.globals.len(),
            input,
            exact: is_exact.then(fresh),
            delivered: HashMap::new(),
            committed: HashMap::new(),
            ends: HashMap::new(),
            is_stale: false,
            findings: Vec::new(),
            tally,
        }
    }

    fn take_in(&mut self, record: Record) -> Fed {
        let Record { topic, key, value, ts, .. } = &record;
        let fed = Fed { topic: topic.clone(), partition: None, key: encode(key), value: encode(value), timestamp_ms: *ts };
        self.fed.push(record);
        fed
    }

    /// The record that was fed last is processed: what came of it is what the model says.
    fn verify(&mut self) {
        let Some(mut exact) = self.exact.take() else { return };
        let Some(record) = exact.pending.take() else {
            self.exact = Some(exact);
            return;
        };
        let opened = std::mem::take(&mut exact.opened);
        let is_first = self.fed.len() == self.input_begins + 1;
        // Whether windows that are sent on close are sent again does not follow from the input.
        let restarts = opened.iter().any(|parts| !parts.is_empty());
        if self.is_stale || restarts && !is_first && !self.shape.survives_restarts() {
            return;
        }
        let again = |model: &mut Model<'static>, parts: &[usize]| {
            parts.iter().filter_map(|part| self.shape.node_of_part(*part)).for_each(|node| model.restart_part_of(node));
        };
        let by_topic = |records: Vec<Record>| {
            let mut records = arranged(records, &self.types);
            records.sort_by(|one, other| one.topic.cmp(&other.topic));
            records
        };
        let actual = by_topic(std::mem::take(&mut exact.written));
        let mut after = Vec::new();
        let mut said = None;
        for mut model in std::mem::take(&mut exact.models) {
            // Nothing was there to be restored before the first record.
            if !is_first {
                again(&mut model, &opened[0]);
            }
            let expected = by_topic(model.pipe(&record));
            again(&mut model, &opened[1]);
            if model.is_lost() || model.is_exhausted() {
                return;
            }
            if exact.is_repeated {
                let mut twice = model.clone();
                twice.pipe(&record);
                again(&mut twice, &opened[1]);
                after.extend([model, twice]);
            } else if expected == actual {
                after.push(model);
            } else {
                said = Some(expected);
            }
        }
        match said.filter(|_| after.is_empty()) {
            Some(expected) if exact.is_certain => {
                let step = self.fed.len();
                self.findings.push(format!("record {step}: the model says {}\n  and written was {}", shown(&expected), shown(&actual)));
                return;
            }
            // It was done in part: a store has it, and another one does not.
            Some(_) => return,
            None => {}
        }
        exact.models = after;
        if exact.models.len() > MOST_MODELS {
            return;
        }
        exact.is_certain &= !exact.is_repeated;
        if !exact.is_repeated {
            self.tally.steps.fetch_add(1, Ordering::Relaxed);
        }
        exact.is_repeated = false;
        exact.reached.clear();
        self.exact = Some(exact);
    }

    fn compare_rows(&self, expected: &Expected<'_>, exact: &Exact, findings: &mut Vec<String>) {
        if let ([model], true) = (&exact.models[..], exact.is_certain) {
            expected.compare_rows(model, findings);
        }
    }
}

impl Watch for Follow {
    fn feed(&mut self, _: &mut Random, step: u64) -> Vec<Fed> {
        self.verify();
        let Some(record) = self.input.steps.get(step as usize).cloned() else { return Vec::new() };
        if let Some(exact) = &mut self.exact {
            exact.pending = Some(record.clone());
        }
        vec![self.take_in(record)]
    }

    fn appended(&mut self, appended: &Appended<'_>) -> Result<(), String> {
        self.is_stale |= appended.is_stale;
        self.ends.insert(TopicPartition::new(appended.topic, appended.partition), appended.offset as usize + 1);
        let (Some(Kind::Stream(key, value)), Some(exact)) = (self.types.get(appended.topic), &mut self.exact) else { return Ok(()) };
        exact.written.push(Record {
            topic: appended.topic.to_owned(),
            key: decode_key(appended.record.key, *key)?,
            value: decode_value(appended.record.value, value.base)?,
            ts: appended.record.timestamp_ms,
            headers: Vec::new(),
        });
        Ok(())
    }

    fn delivered(&mut self, partition: &TopicPartition, offset: i64) {
        let readers = self.shape.readers(&partition.topic);
        // A store that is restored from a topic of the input reads what is committed there.
        if readers.is_empty() || offset < self.committed.get(partition).copied().unwrap_or(0) {
            return;
        }
        let times = self.delivered.entry(partition.clone()).or_default();
        let at = offset.max(0) as usize;
        if times.len() <= at {
            times.resize(at + 1, 0);
        }
        times[at] += 1;
        if let Some(exact) = &mut self.exact {
            exact.is_repeated |= times[at] > 1;
            exact.reached.extend(readers);
        }
    }

    fn cut(&mut self, partition: &TopicPartition, end: i64, _: &EmbeddedLog) {
        let end = end.max(0) as usize;
        if let Some(times) = self.delivered.get_mut(partition) {
            times.truncate(end);
        }
        let written = self.ends.entry(partition.clone()).or_default();
        if *written > end
            && let Some(exact) = &mut self.exact
        {
            // It is done again, and a part of it was done.
            exact.is_repeated = true;
        }
        *written = end;
    }

    fn opened(&mut self, partition: &TopicPartition, _: i64) {
        let Some(exact) = &mut self.exact else { return };
        for part in self.shape.readers(&partition.topic) {
            exact.opened[usize::from(exact.reached.contains(part))].push(*part);
        }
    }

    fn committed(&mut self, partition: &TopicPartition, offset: i64) -> Result<(), String> {
        let committed = self.committed.entry(partition.clone()).or_default();
        *committed = offset.max(*committed);
        Ok(())
    }

    fn before(&mut self, round: Round, _: i32) -> Vec<Fed> {
        match round {
            Round::Begin => {
                let globals = std::mem::take(&mut self.input.globals);
                if let Some(exact) = &mut self.exact {
                    let models = &mut exact.models;
                    globals.iter().for_each(|record| models.iter_mut().for_each(|model| drop(model.pipe(record))));
                }
                globals.into_iter().map(|record| self.take_in(record)).collect()
            }
            Round::Calm => Vec::new(),
            Round::Restarted => {
                self.verify();
                let Some(last) = self.input.last.take() else { return Vec::new() };
                if let Some(exact) = &mut self.exact {
                    exact.pending = Some(last.clone());
                }
                vec![self.take_in(last)]
            }
        }
    }

    fn settled(&mut self, round: Round, log: &EmbeddedLog) -> Vec<String> {
        self.verify();
        let mut findings = std::mem::take(&mut self.findings);
        // What a process writes that has lost its tasks replaces what others wrote, anywhere.
        if self.is_stale {
            return findings;
        }
        let most = |partition: &TopicPartition| self.delivered.get(partition).and_then(|times| times.iter().max()).copied().unwrap_or(0);
        let repeats =
            self.delivered.keys().map(|partition| u64::from(most(partition))).fold(1, |all: u64, times| all.saturating_mul(times.max(1)));
        let expected = Expected { shape: self.shape, types: &self.types, fed: &self.fed, log, repeats };
        let (tables, topics) = expected.compare(&mut findings);
        if let Some(exact) = &self.exact {
            self.compare_rows(&expected, exact, &mut findings);
            self.tally.exact.fetch_add(u64::from(round == Round::Restarted), Ordering::Relaxed);
        }
        if round == Round::Restarted {
            self.tally.tables.fetch_add(tables, Ordering::Relaxed);
            self.tally.topics.fetch_add(topics, Ordering::Relaxed);
        }
        findings
    }
}
