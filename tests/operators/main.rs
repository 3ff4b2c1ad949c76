//! What the operators do, one module each, through the test driver.

#![allow(clippy::unwrap_used)]
// Closures of topologies get `&String`; what a header is made of is borrowed from what it is set on.
#![allow(clippy::ptr_arg, clippy::unnecessary_to_owned)]

mod aggregate;
mod branch;
mod causes;
mod checks;
mod cogroup;
mod context;
mod count;
mod custom_windows;
mod dedup;
mod dropped;
mod ends_of_time;
mod fan_out;
mod filter;
mod flat_map;
mod flat_map_values;
mod flush_after;
mod for_each;
mod foreign_key_bytes;
mod foreign_key_join;
mod foreign_key_late;
mod global_join;
mod grace;
mod group_by;
mod handlers;
mod many_of_one_key;
mod map;
mod map_values;
mod max_ahead;
mod merge;
mod optimized;
mod peek;
mod present;
mod print;
mod process;
mod process_outputs;
mod process_tables;
mod process_values_outputs;
mod produce_errors;
mod reduce;
mod repartition;
mod schedules;
mod select_key;
mod session_model;
mod session_stores;
mod sessions;
mod sliding;
mod source;
mod store_model;
mod store_options;
mod stores;
mod stream_join;
mod stream_join_model;
mod stream_join_steps;
mod stream_join_stores;
mod suppress;
mod table_filter;
mod table_group_by;
mod table_join;
mod table_map_values;
mod table_source;
mod table_table_join;
mod table_transform_values;
mod to;
mod to_stream;
mod to_table;
mod topic_constants;
mod ttl;
mod unit;
mod values;
mod versioned;
mod window_store_model;
mod window_stores;
mod windowed;
mod windowed_tables;
mod wrap_processors;

use streams_runtime::codec::StreamData;
use streams_runtime::prelude::*;
use streams_runtime::stores::Order;
use streams_test::{DriverError, RawRecord, TestDriver};

/// A type with a place for null.
type Text = Option<String>;

fn driver(topology: impl Topology) -> TestDriver {
    TestDriver::new(topology).unwrap()
}

/// Pipes text records (key, value, timestamp) into a topic; `None` is null.
fn pipe(driver: &TestDriver, topic: &str, records: &[(Option<&str>, Option<&str>, i64)]) {
    for (key, value, timestamp_ms) in records {
        try_pipe(driver, topic, *key, *value, *timestamp_ms).unwrap();
    }
}

fn try_pipe(driver: &TestDriver, topic: &str, key: Option<&str>, value: Option<&str>, timestamp_ms: i64) -> Result<(), DriverError> {
    let mut headers = Headers::default();
    headers.add("trace", Some(timestamp_ms.to_string().as_bytes()));
    driver.pipe_raw(RawRecord {
        topic: topic.into(),
        key: key.map(|key| key.as_bytes().to_vec()),
        value: value.map(|value| value.as_bytes().to_vec()),
        timestamp_ms,
        headers,
    })
}

/// What a topic holds that was not read yet, as `key=value@timestamp`; nulls show as `-`.
fn read(driver: &TestDriver, topic: &str) -> Vec<String> {
    shown(driver, topic).into_iter().map(|(shown, _)| shown).collect()
}

/// [`read`] with the header `trace` behind each: `pipe` puts the timestamp of the record into it.
fn shown(driver: &TestDriver, topic: &str) -> Vec<(String, String)> {
    let text = |bytes: Option<Vec<u8>>| bytes.map_or("-".to_owned(), |bytes| String::from_utf8(bytes).unwrap());
    let mut records = Vec::new();
    while let Some(record) = driver.read_raw(topic) {
        let trace = record.headers.last("trace").flatten().map(|v| String::from_utf8(v.to_vec()).unwrap()).unwrap_or_default();
        records.push((format!("{}={}@{}", text(record.key), text(record.value), record.timestamp_ms), trace));
    }
    records
}

/// What a topic of numbers holds, as `key=value@timestamp`; a null shows as `-`.
fn read_numbers<N>(driver: &TestDriver, topic: &str) -> Vec<String>
where
    N: StreamData<Stored = N, Present = N> + Copy + std::fmt::Display + Send + Sync + 'static,
{
    let records = driver.output::<String, Option<N>>(topic).read_all();
    records.iter().map(|r| format!("{}={}@{}", r.key, r.value.map_or("-".to_owned(), |n| n.to_string()), r.timestamp_ms)).collect()
}
