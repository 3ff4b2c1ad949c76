//! One file against one scenario.

use std::sync::Arc;

use serde_json::{Value, json};
use streams_runtime::Headers;
use streams_test::{RawRecord, TestDriver};

use super::Scenario;
use super::format::{Config, Order, Record, Step, Type, Vector};

/// Something that runs the topology of a scenario.
pub(super) trait Subject {
    /// Takes a record in and does all that follows from it.
    fn pipe(&mut self, record: RawRecord) -> Result<(), String>;
    /// Moves the wall clock and does all that follows from it.
    fn advance_wall_clock_ms(&mut self, by_ms: i64) -> Result<(), String>;
    /// What was written to the topics of the user since the last time.
    fn take_outputs(&mut self) -> Result<Vec<RawRecord>, String>;
}

impl Subject for &TestDriver {
    fn pipe(&mut self, record: RawRecord) -> Result<(), String> {
        self.pipe_raw(record).map_err(|e| e.to_string())
    }

    fn advance_wall_clock_ms(&mut self, by_ms: i64) -> Result<(), String> {
        TestDriver::advance_wall_clock_ms(self, by_ms).map_err(|e| e.to_string())
    }

    fn take_outputs(&mut self) -> Result<Vec<RawRecord>, String> {
        Ok(TestDriver::take_outputs(self))
    }
}

/// A driver that is stopped and started again before every so many records.
struct Restarting<'a> {
    driver: &'a TestDriver,
    every: usize,
    piped: usize,
}

impl Subject for Restarting<'_> {
    fn pipe(&mut self, record: RawRecord) -> Result<(), String> {
        self.piped += 1;
        if self.piped.is_multiple_of(self.every) {
            self.driver.restart().map_err(|e| e.to_string())?;
        }
        (&mut self.driver).pipe(record)
    }

    fn advance_wall_clock_ms(&mut self, by_ms: i64) -> Result<(), String> {
        Subject::advance_wall_clock_ms(&mut self.driver, by_ms)
    }

    fn take_outputs(&mut self) -> Result<Vec<RawRecord>, String> {
        Subject::take_outputs(&mut self.driver)
    }
}

/// Replays the steps of a file, each with its results in this order, and tells the first difference.
pub(super) fn steps(subject: &mut impl Subject, scenario: &Scenario, vector: &Vector, order: Order) -> Result<(), String> {
    for (index, step) in vector.steps.iter().enumerate() {
        let at = |what: String| format!("step {index}: {what}");
        take_step(subject, vector, step).map_err(at)?;
        let written = subject.take_outputs().map_err(at)?;
        let actual = written.iter().map(|record| shown(scenario, vector, record)).collect::<Result<Vec<_>, _>>().map_err(at)?;
        if arranged(order, &step.out) != arranged(order, &actual) {
            return Err(at(format!("expected {}, actual {}", list(&step.out), list(&actual))));
        }
    }
    Ok(())
}

fn take_step(subject: &mut impl Subject, vector: &Vector, step: &Step) -> Result<(), String> {
    if let Some(record) = &step.input {
        subject.pipe(raw(vector, record)?)?;
    }
    step.advance_wall_clock_ms.map_or(Ok(()), |ms| subject.advance_wall_clock_ms(ms))
}

/// Compares the number of dropped records.
pub(super) fn compare_dropped(actual: u64, vector: &Vector) -> Result<(), String> {
    if actual == vector.dropped {
        return Ok(());
    }
    Err(format!("at the end: expected {} dropped records, actual {actual}", vector.dropped))
}

/// Replays a file and tells the first difference.
pub(super) fn replay(scenario: &Scenario, vector: &Vector) -> Result<(), String> {
    let driver = (scenario.make)(&vector.config).map_err(|e| format!("no driver: {e}"))?;
    steps(&mut &driver, scenario, vector, vector.config.order)?;
    compare_stores(&driver, scenario, vector, None)?;
    compare_dropped(driver.dropped(), vector)?;
    driver.close().map_err(|e| e.to_string())
}

/// Replays a file with restarts in between, and tells the first difference.
pub(super) fn replay_restarting(scenario: &Scenario, vector: &Vector, every: usize) -> Result<(), String> {
    let driver = (scenario.make)(&vector.config).map_err(|e| format!("no driver: {e}"))?;
    steps(&mut Restarting { driver: &driver, every, piped: 0 }, scenario, vector, vector.config.order)?;
    compare_stores(&driver, scenario, vector, None)
}

/// Replays a file with a cache in front of the stores, and tells the first difference at the end.
/// Times are not compared in the store `timeless`.
pub(super) fn final_state(
    scenario: &Scenario,
    vector: &Vector,
    cache_bytes: usize,
    behind_results: bool,
    timeless: Option<&str>,
) -> Result<(), String> {
    let driver = (scenario.make)(&Config { cache_bytes, ..vector.config.clone() }).map_err(|e| format!("no driver: {e}"))?;
    for step in &vector.steps {
        take_step(&mut &driver, vector, step)?;
    }
    if !behind_results {
        compare_stores(&driver, scenario, vector, timeless)?;
    }
    // What one commit lets go may wait in the next store for another.
    for _ in 0..4 {
        driver.commit().map_err(|e| e.to_string())?;
    }
    compare_stores(&driver, scenario, vector, timeless)
}

fn raw(vector: &Vector, record: &Record) -> Result<RawRecord, String> {
    let (key_type, value_type) = types(vector, &record.topic)?;
    let mut headers = Headers::default();
    for (name, value) in &record.headers {
        headers.add(name, value.as_deref().map(str::as_bytes));
    }
    Ok(RawRecord {
        topic: Arc::from(record.topic.as_str()),
        key: key_type.encode(&record.key)?,
        value: value_type.encode(&record.value)?,
        timestamp_ms: record.ts,
        headers,
    })
}

fn types(vector: &Vector, topic: &str) -> Result<(Type, Type), String> {
    let topic = vector.topics.get(topic).ok_or_else(|| format!("topic {topic} is not listed"))?;
    Ok((topic.key, topic.value))
}

fn shown(scenario: &Scenario, vector: &Vector, record: &RawRecord) -> Result<Record, String> {
    let (key_type, value_type) = types(vector, &record.topic)?;
    let keys = scenario.keys_of(&record.topic);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Record {
        topic: record.topic.to_string(),
        key: key_type.decode(record.key.as_deref(), keys),
        value: value_type.decode(record.value.as_deref(), keys),
        ts: record.timestamp_ms,
        headers: record.headers.iter().map(|(name, value)| (name.into_owned(), value.map(text))).collect(),
    })
}

/// The records in an order in which only what must be in order counts.
fn arranged(order: Order, records: &[Record]) -> Vec<Record> {
    let mut records = records.to_vec();
    match order {
        Order::Total => {}
        // Stable: within a topic, or a topic and key, the order stays.
        Order::PerTopic => records.sort_by(|a, b| a.topic.cmp(&b.topic)),
        Order::PerKey => records.sort_by_key(|r| (r.topic.clone(), r.key.to_string())),
    }
    records
}

fn list(records: &[Record]) -> String {
    let shown = records.iter().map(|r| {
        let mut record = json!({"topic": r.topic, "key": r.key, "value": r.value, "ts": r.ts});
        if !r.headers.is_empty() {
            record["headers"] = json!(r.headers);
        }
        record
    });
    Value::Array(shown.collect()).to_string()
}

fn without_times(rows: &[Value]) -> Vec<Value> {
    let mut rows = rows.to_vec();
    rows.iter_mut().filter_map(Value::as_object_mut).for_each(|row| {
        row.remove("ts");
    });
    rows
}

fn compare_stores(driver: &TestDriver, scenario: &Scenario, vector: &Vector, timeless: Option<&str>) -> Result<(), String> {
    let mut times_ms: Vec<i64> = vector.steps.iter().filter_map(|step| step.input.as_ref()).map(|record| record.ts).collect();
    times_ms.sort_unstable();
    times_ms.dedup();
    for (name, store) in &vector.stores {
        let dump =
            scenario.stores.iter().find(|dump| dump.name == name).ok_or_else(|| format!("store {name}: the scenario does not dump it"))?;
        let actual = (dump.rows)(driver, &times_ms).map_err(|e| format!("store {name}: {e}"))?;
        let same = if timeless == Some(name) { without_times(&actual) == without_times(&store.rows) } else { actual == store.rows };
        if !same {
            return Err(format!("at the end, store {name}: expected {}, actual {}", json!(store.rows), json!(actual)));
        }
    }
    match scenario.stores.iter().find(|dump| !vector.stores.contains_key(dump.name)) {
        Some(dump) => Err(format!("store {} is not in the file", dump.name)),
        None => Ok(()),
    }
}
