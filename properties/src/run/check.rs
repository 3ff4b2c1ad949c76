//! One topology on one input.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::sync::Arc;

use streams_runtime::Headers;
use streams_test::{RawRecord, TestDriver};

use super::bytes::{decode_key, decode_value, encode};
use super::spread::{comparable, is_spread, last_rows, spread};
use super::{Entry, Running};
use crate::input::Step;
use crate::model::{Mistake, Model, Record, Row};
use crate::render;
use crate::topology::{Id, Key, Kind, Op, Topology};
use crate::values::Datum;

/// How an input is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Without caches: every record that is written, the rows at the end and the drops are compared.
    Plain,
    /// With caches and a commit now and then: what the tables come to is compared.
    Cached,
    /// As plain, with restarts, and one at the end, after which the rows are compared again.
    Restarted,
    /// Over several partitions, with tasks that take turns in any order: what the tables come to is compared.
    Spread,
}

impl Mode {
    /// All of them.
    pub const ALL: [Mode; 4] = [Mode::Plain, Mode::Cached, Mode::Restarted, Mode::Spread];
}

/// The modes for an input: always plain, some in the others as well.
pub fn modes(topology: &Topology, input_seed: u64) -> Vec<Mode> {
    let mut modes = vec![Mode::Plain];
    if (0..topology.nodes.len()).any(|id| topology.is_state(id)) {
        match input_seed % 6 {
            0 => modes.push(Mode::Cached),
            1 => modes.push(Mode::Restarted),
            _ => {}
        }
    }
    if is_spread(topology) {
        modes.push(Mode::Spread);
    }
    modes
}

/// Whether what a topology does after a restart follows from what went in before it. A window that is sent when it closes, and that a late record
/// made after a restart when it was out of retention already, is sent if it closes before the next commit.
pub fn restarts_between(topology: &Topology) -> bool {
    let on_close = |op: &Op| matches!(op, Op::Aggregate { windows: Some(windows), .. } if windows.on_close);
    !topology.nodes.iter().any(|node| on_close(&node.op))
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where.
    pub place: String,
    /// What the model says.
    pub expected: String,
    /// What the topology did.
    pub actual: String,
}

impl Difference {
    /// Something that should not be at all.
    pub fn told(place: impl Into<String>, actual: impl Into<String>) -> Self {
        Difference { place: place.into(), expected: "no error".to_owned(), actual: actual.into() }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  expected: {}\n  actual:   {}", self.place, self.expected, self.actual)
    }
}

/// Runs a topology on an input and compares with the model.
///
/// # Errors
/// The first difference.
///
/// The seed is that of all that is random in the run itself.
pub fn check(entry: &Entry, topology: &Topology, steps: &[Step], (mode, seed): (Mode, u64), mistake: Mistake) -> Result<(), Difference> {
    match mode {
        Mode::Spread => spread((entry.any)(), topology, steps, seed),
        Mode::Plain => plain(entry, topology, steps, mistake, false),
        Mode::Restarted => plain(entry, topology, steps, mistake, true)
            .map_err(|difference| Difference { place: format!("with restarts, {}", difference.place), ..difference }),
        Mode::Cached => cached(entry, topology, steps, mistake),
    }
}

fn started(entry: &Entry, running: Running) -> Result<TestDriver, Difference> {
    (entry.start)(&running).map_err(|e| Difference::told("at the start", e.to_string()))
}

fn plain(entry: &Entry, topology: &Topology, steps: &[Step], mistake: Mistake, restarts: bool) -> Result<(), Difference> {
    let driver = started(entry, Running::default())?;
    let mut model = Model::new(topology, mistake);
    let types = types(topology);
    for (index, step) in steps.iter().enumerate() {
        let expected = model.pipe(&step.record);
        if model.is_lost() {
            return Ok(());
        }
        let place = || format!("step {index}");
        driver.pipe_raw(raw(&step.record)).map_err(|e| Difference::told(place(), e.to_string()))?;
        let actual = written(&driver, &types).map_err(|e| Difference::told(place(), e))?;
        let (expected, actual) = (arranged(expected, &types), arranged(actual, &types));
        if expected != actual {
            return Err(Difference { place: place(), expected: shown(&expected), actual: shown(&actual) });
        }
        if model.is_exhausted() {
            break;
        }
        if restarts && step.restart && restarts_between(topology) {
            model.restart();
            driver.restart().map_err(|e| Difference::told(format!("restart after step {index}"), e.to_string()))?;
        }
    }
    for (id, expected, actual) in stores(entry, &driver, &model)? {
        differ(id, &expected, &actual)?;
    }
    if model.dropped() != driver.dropped() {
        let (expected, actual) = (model.dropped().to_string(), driver.dropped().to_string());
        return Err(Difference { place: "dropped records".into(), expected, actual });
    }
    if restarts {
        driver.restart().map_err(|e| Difference::told("restart at the end", e.to_string()))?;
        for (id, expected, actual) in stores(entry, &driver, &model)? {
            differ(id, &expected, &actual)
                .map_err(|difference| Difference { place: format!("{} after the restart at the end", difference.place), ..difference })?;
        }
    }
    driver.close().map_err(|e| Difference::told("at the end", e.to_string()))
}

fn cached(entry: &Entry, topology: &Topology, steps: &[Step], mistake: Mistake) -> Result<(), Difference> {
    // Small enough to be full now and then.
    let cache_bytes = [300, 1500, 1 << 20][steps.len() % 3];
    let driver = started(entry, Running { cache_bytes })?;
    let mut model = Model::new(topology, mistake);
    let (types, steady) = (types(topology), steady(topology));
    let mut all = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let place = |e: String| Difference::told(format!("with caches, step {index}"), e);
        model.pipe(&step.record);
        if model.is_lost() {
            return Ok(());
        }
        driver.pipe_raw(raw(&step.record)).map_err(|e| place(e.to_string()))?;
        if step.commit {
            driver.commit().map_err(|e| place(e.to_string()))?;
        }
        all.extend(written(&driver, &types).map_err(place)?);
        if model.is_exhausted() {
            break;
        }
    }
    for (id, expected, actual) in stores(entry, &driver, &model)? {
        if steady[id] == Steady::Always {
            differ(id, &expected, &actual).map_err(with_caches)?;
        }
    }
    // What one commit lets go may wait in the next store for another; an answer that was late, for the one after.
    for _ in 0..2 * topology.nodes.len() {
        driver.commit().map_err(|e| Difference::told("with caches, commit", e.to_string()))?;
    }
    all.extend(written(&driver, &types).map_err(|e| Difference::told("with caches", e))?);
    for (id, expected, actual) in stores(entry, &driver, &model)? {
        if steady[id] == Steady::No {
            continue;
        }
        // A deletion of nothing, which moves the time of a joined row, is not told where a cache has seen that there was nothing.
        let timed = steady[id] == Steady::Always;
        let values = |rows: Vec<Row>| -> Vec<Row> { rows.into_iter().map(|row| if timed { row } else { Row { ts: 0, ..row } }).collect() };
        let (expected, actual) = (values(expected), values(actual));
        differ(id, &expected, &actual).map_err(with_caches)?;
        for topic in topics_of(topology, id) {
            last_values(&topic, &expected, &all, timed).map_err(with_caches)?;
        }
    }
    let records: Vec<Record> = steps.iter().map(|step| step.record.clone()).collect();
    for id in comparable(topology) {
        for topic in topics_of(topology, id) {
            last_values(&topic, &last_rows(topology, &records, id), &all, false).map_err(with_caches)?;
        }
    }
    driver.close().map_err(|e| Difference::told("at the end", e.to_string()))
}

/// Sliding windows are compared by what each comes to in a step: Kafka Streams sends some of them twice, in an order that only its way of making them
/// explains.
pub fn arranged(records: Vec<Record>, types: &BTreeMap<String, Kind>) -> Vec<Record> {
    let is_sliding = |record: &Record| matches!(types.get(&record.topic), Some(Kind::Stream(Key::Sliding(_), _)));
    let (sliding, mut rest): (Vec<Record>, Vec<Record>) = records.into_iter().partition(is_sliding);
    let last: BTreeMap<(String, Datum), Record> =
        sliding.into_iter().map(|record| ((record.topic.clone(), record.key.clone()), record)).collect();
    rest.extend(last.into_values());
    rest
}

fn with_caches(difference: Difference) -> Difference {
    Difference { place: format!("with caches, {}", difference.place), ..difference }
}

/// The rows of each store, as the model and as the topology have them.
fn stores(entry: &Entry, driver: &TestDriver, model: &Model<'_>) -> Result<Vec<(Id, Vec<Row>, Vec<Row>)>, Difference> {
    let actual = (entry.stores)(driver).map_err(|e| Difference::told("stores", e.to_string()))?;
    Ok(model.stores().into_iter().zip(actual).map(|((id, expected), actual)| (id, expected, actual)).collect())
}

fn differ(id: Id, expected: &[Row], actual: &[Row]) -> Result<(), Difference> {
    if expected == actual {
        return Ok(());
    }
    let rows = |rows: &[Row]| rows.iter().map(|row| format!("{:?}={:?}@{}", row.key, row.value, row.ts)).collect::<Vec<_>>().join("  ");
    Err(Difference { place: format!("store {}", render::name(id)), expected: rows(expected), actual: rows(actual) })
}

/// The last value of each key in a topic is that of its row.
fn last_values(topic: &str, rows: &[Row], written: &[Record], timed: bool) -> Result<(), Difference> {
    let mut last: BTreeMap<&Datum, (&Datum, i64)> = BTreeMap::new();
    for record in written.iter().filter(|record| record.topic == topic) {
        last.insert(&record.key, (&record.value, if timed { record.ts } else { 0 }));
    }
    last.retain(|_, (value, _)| value.is_some());
    let last: Vec<Row> = last.into_iter().map(|(key, (value, ts))| Row { key: key.clone(), value: value.clone(), ts }).collect();
    differ(0, rows, &last).map_err(|difference| Difference { place: format!("last values of {topic}"), ..difference })
}

/// The topics that a table is written to as it is.
pub(super) fn topics_of(topology: &Topology, id: Id) -> Vec<String> {
    let Kind::Table(Key::Text { .. }, _) = topology.kinds()[id] else { return Vec::new() };
    // Versions come in any order.
    if topology.is_versioned(id) {
        return Vec::new();
    }
    let op = |id: Id| &topology.nodes[id].op;
    let streams = topology.readers(id).into_iter().filter(|(reader, _)| matches!(op(*reader), Op::ToStream { .. }));
    let sinks = streams.flat_map(|(stream, _)| topology.readers(stream));
    sinks.filter_map(|(sink, _)| if let Op::To { topic, or: None, .. } = op(sink) { Some(topic.clone()) } else { None }).collect()
}

/// Whether the rows of a table do not depend on when caches are emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Steady {
    /// They do.
    No,
    /// They are the same once everything has been handed on.
    AtTheEnd,
    /// They are the same at all times.
    Always,
}

/// By node. A stream is steady if no store hands it on.
fn steady(topology: &Topology) -> Vec<Steady> {
    let mut steady: Vec<Steady> = Vec::new();
    for (id, node) in topology.nodes.iter().enumerate() {
        let inputs: Vec<Steady> = node.op.inputs().iter().map(|input| steady[*input]).collect();
        let all = |least: &[Steady]| inputs.iter().all(|input| least.contains(input));
        // Both sides of a row that is deleted are gone when either is told, and the join says nothing: its row stays, unless a cache has let
        // nobody hear of it.
        let of_one = matches!(node.op, Op::JoinTables { input, other, .. } if topology.share(input, other));
        let here = match node.op {
            Op::ToStream { .. } | Op::GroupTable { .. } | Op::JoinForeign { .. } | Op::Suppress { .. } => Steady::No,
            Op::JoinTables { stored: true, .. } if of_one => Steady::No,
            // Whether there is a store or not, the changes come late.
            Op::Filter { .. } | Op::MapValues { .. } | Op::JoinTables { .. } if topology.is_state(id) => {
                if all(&[Steady::Always, Steady::AtTheEnd]) { Steady::AtTheEnd } else { Steady::No }
            }
            _ if all(&[Steady::Always]) => Steady::Always,
            Op::Filter { .. } | Op::MapValues { .. } | Op::JoinTables { .. } if all(&[Steady::Always, Steady::AtTheEnd]) => {
                Steady::AtTheEnd
            }
            _ => Steady::No,
        };
        steady.push(here);
    }
    steady
}

/// The types of what is written, by topic.
pub fn types(topology: &Topology) -> BTreeMap<String, Kind> {
    let kinds = topology.kinds();
    let sinks = topology.nodes.iter().filter_map(|node| match &node.op {
        Op::To { input, topic, or } => Some((kinds[*input], topic, or.as_ref().map(|(_, other)| other))),
        _ => None,
    });
    sinks.flat_map(|(kind, topic, other)| [Some(topic), other].into_iter().flatten().map(move |topic| (topic.clone(), kind))).collect()
}

fn raw(record: &Record) -> RawRecord {
    let mut headers = Headers::default();
    for (name, value) in &record.headers {
        headers.add(name, value.as_deref().map(str::as_bytes));
    }
    RawRecord {
        topic: Arc::from(record.topic.as_str()),
        key: encode(&record.key),
        value: encode(&record.value),
        timestamp_ms: record.ts,
        headers,
    }
}

fn written(driver: &TestDriver, types: &BTreeMap<String, Kind>) -> Result<Vec<Record>, String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    driver
        .take_outputs()
        .into_iter()
        .map(|record| {
            let Some(Kind::Stream(key, value)) = types.get(&*record.topic) else {
                return Err(format!("topic {} is unknown", record.topic));
            };
            Ok(Record {
                topic: record.topic.to_string(),
                key: decode_key(record.key.as_deref(), *key)?,
                value: decode_value(record.value.as_deref(), value.base)?,
                ts: record.timestamp_ms,
                headers: record.headers.iter().map(|(name, value)| (name.into_owned(), value.map(text))).collect(),
            })
        })
        .collect()
}

/// Records as people read them.
pub fn shown(records: &[Record]) -> String {
    let mut text = String::new();
    for record in records {
        let _ = write!(text, "\n    {}", one(record));
    }
    if text.is_empty() { "nothing".to_owned() } else { text }
}

/// A record as people read it.
pub(super) fn one(record: &Record) -> String {
    let mut text = format!("{}: {:?} = {:?} @{}", record.topic, record.key, record.value, record.ts);
    for (name, value) in &record.headers {
        let _ = write!(text, " {name}:{}", value.as_deref().unwrap_or("null"));
    }
    text
}
