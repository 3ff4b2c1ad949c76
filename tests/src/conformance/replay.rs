//! One file against one scenario.

use std::sync::Arc;

use serde_json::{Value, json};
use streams_runtime::Headers;
use streams_test::{RawRecord, TestDriver};

use super::Scenario;
use super::format::{Config, Order, Record, Type, Vector};

/// Replays a file and tells the first difference.
pub(super) fn replay(scenario: &Scenario, vector: &Vector) -> Result<(), String> {
    let driver = (scenario.make)(&vector.config).map_err(|e| format!("no driver: {e}"))?;
    for (index, step) in vector.steps.iter().enumerate() {
        let at = |what: String| format!("step {index}: {what}");
        if let Some(record) = &step.input {
            pipe(&driver, vector, record).map_err(at)?;
        }
        if let Some(ms) = step.advance_wall_clock_ms {
            driver.advance_wall_clock_ms(ms).map_err(|e| at(e.to_string()))?;
        }
        let written = driver.take_outputs();
        let actual = written.iter().map(|record| shown(scenario, vector, record)).collect::<Result<Vec<_>, _>>().map_err(at)?;
        if arranged(vector.config.order, &step.out) != arranged(vector.config.order, &actual) {
            return Err(at(format!("expected {}, actual {}", list(&step.out), list(&actual))));
        }
    }
    compare_stores(&driver, scenario, vector)?;
    if driver.dropped() != vector.dropped {
        return Err(format!("at the end: expected {} dropped records, actual {}", vector.dropped, driver.dropped()));
    }
    driver.close().map_err(|e| e.to_string())
}

/// Replays a file with a cache in front of the stores, and tells the first difference at the end.
pub(super) fn final_state(scenario: &Scenario, vector: &Vector, cache_bytes: usize, behind_results: bool) -> Result<(), String> {
    let driver = (scenario.make)(&Config { cache_bytes, ..vector.config.clone() }).map_err(|e| format!("no driver: {e}"))?;
    for step in &vector.steps {
        if let Some(record) = &step.input {
            pipe(&driver, vector, record)?;
        }
        if let Some(ms) = step.advance_wall_clock_ms {
            driver.advance_wall_clock_ms(ms).map_err(|e| e.to_string())?;
        }
    }
    if !behind_results {
        compare_stores(&driver, scenario, vector)?;
    }
    // What one commit lets go may wait in the next store for another.
    for _ in 0..4 {
        driver.commit().map_err(|e| e.to_string())?;
    }
    compare_stores(&driver, scenario, vector)
}

fn pipe(driver: &TestDriver, vector: &Vector, record: &Record) -> Result<(), String> {
    let (key_type, value_type) = types(vector, &record.topic)?;
    let mut headers = Headers::default();
    for (name, value) in &record.headers {
        headers.add(name, value.as_deref().map(str::as_bytes));
    }
    let raw = RawRecord {
        topic: Arc::from(record.topic.as_str()),
        key: key_type.encode(&record.key)?,
        value: value_type.encode(&record.value)?,
        timestamp_ms: record.ts,
        headers,
    };
    driver.pipe_raw(raw).map_err(|e| e.to_string())
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

fn compare_stores(driver: &TestDriver, scenario: &Scenario, vector: &Vector) -> Result<(), String> {
    for (name, store) in &vector.stores {
        let dump =
            scenario.stores.iter().find(|dump| dump.name == name).ok_or_else(|| format!("store {name}: the scenario does not dump it"))?;
        let actual = (dump.rows)(driver).map_err(|e| format!("store {name}: {e}"))?;
        if actual != store.rows {
            return Err(format!("at the end, store {name}: expected {}, actual {}", json!(store.rows), json!(actual)));
        }
    }
    match scenario.stores.iter().find(|dump| !vector.stores.contains_key(dump.name)) {
        Some(dump) => Err(format!("store {} is not in the file", dump.name)),
        None => Ok(()),
    }
}
