//! Results that cannot be written: what can be met on the way to a broker, and each handler.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};
use streams_runtime::{ErrorKind, OnError, ProduceError, ProduceErrorKind, TaskError};

use super::*;

/// JSON has no keys that are pairs: only what is empty can be encoded.
#[derive(Clone, Default, Serialize, Deserialize, StreamData)]
struct Pairs {
    by_pair: BTreeMap<(u8, u8), u8>,
}

fn pairs(text: &str) -> Pairs {
    Pairs { by_pair: text.bytes().filter(|b| *b == b'!').map(|b| ((b, b), b)).collect() }
}

/// Sends a record on at a time before 1970 if it is a bad one.
struct Dates;

impl Processor<Text, String> for Dates {
    type KeyOut = Text;
    type ValueOut = String;
    type Stores = ();

    fn process<O: Forward<Text, String>>(
        &mut self,
        r: Record<'_, Text, String>,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let timestamp_ms = if r.value.contains('!') { -5 } else { r.timestamp_ms };
        out.forward_at(cx, r.key, r.value, timestamp_ms);
        Ok(())
    }
}

topology! {
    fn not_encodable() -> NotEncodable {
        let lines: Stream<Text, String> = stream("in");
        lines.map_values(|line| pairs(line)).to("out");
    }

    fn no_topic() -> NoTopic {
        let lines: Stream<Text, String> = stream("in");
        lines.to(|_, line, _| if line.contains('!') { "no topic" } else { "out" }.to_owned());
    }

    fn no_partition() -> NoPartition {
        let lines: Stream<Text, String> = stream("in");
        lines.to("out").partitioned_by(|_, line, _| if line.contains('!') { 7u32 } else { 0u32 });
    }

    fn no_time() -> NoTime {
        let lines: Stream<Text, String> = stream("in");
        lines.process(Dates).to("out");
    }

    fn behind_a_table() -> BehindATable {
        let lines: Stream<String, String> = stream("in");
        let last: Table<String, String> = lines.to_table();
        last.to_stream().map_values(|line| line.as_deref().map(pairs)).to("out");
    }

    fn not_a_result() -> NotAResult {
        let lines: Stream<Text, String> = stream("in");
        let all: Table<String, u64> = lines.map_values(|line| pairs(line)).group_by(|_, _| "all".to_owned()).count();
        all.to_stream().to("out");
    }
}

type Make = fn(OnProduceError) -> TestDriver;

macro_rules! all {
    ($($name:ident),*) => {
        [$((stringify!($name), (|handler| {
            TestDriver::builder($name()).cache_max_bytes(if stringify!($name) == "behind_a_table" { 1 << 20 } else { 0 }).on_produce_error(handler).build().unwrap()
        }) as Make)),*]
    };
}

fn every_reason() -> [(&'static str, Make); 5] {
    all![not_encodable, no_topic, no_partition, no_time, behind_a_table]
}

/// The second of three records has a result that cannot be written.
fn pipe_three(driver: &TestDriver) -> Result<(), DriverError> {
    for (key, value, timestamp_ms) in [("a", "one", 1), ("b", "two!", 2), ("c", "three", 3)] {
        try_pipe(driver, "in", Some(key), Some(value), timestamp_ms)?;
    }
    driver.commit()
}

/// Keys of the results.
fn out(driver: &TestDriver) -> Vec<String> {
    let mut keys = Vec::new();
    while let Some(record) = driver.read_raw("out") {
        keys.push(String::from_utf8(record.key.unwrap()).unwrap());
    }
    keys
}

#[test]
fn fail_is_the_default_and_names_the_record() {
    for (reason, make) in every_reason() {
        let error = pipe_three(&make(OnProduceError::default())).unwrap_err().to_string();
        assert!(error.contains("a result cannot be written at in-0 offset 1"), "{reason}: {error}");
    }
}

#[test]
fn continue_goes_on_without_the_result() {
    for (reason, make) in every_reason() {
        let driver = make(OnProduceError::Continue);
        pipe_three(&driver).unwrap();
        assert_eq!(out(&driver), ["a", "c"], "{reason}");
        let metrics = driver.metrics();
        assert_eq!((metrics.unwritten_results, metrics.dead_letters, metrics.skipped_errors), (1, 0, 0), "{reason}");
    }
}

#[test]
fn a_dead_letter_is_the_record_that_the_result_comes_from() {
    // The handlers' other kind of answer is taken as well.
    for handler in [OnProduceError::DeadLetter("dead".into()), OnError::DeadLetter("dead".into()).into()] {
        for (reason, make) in every_reason() {
            let driver = make(handler.clone());
            pipe_three(&driver).unwrap();
            assert_eq!(out(&driver), ["a", "c"], "{reason}");
            let dead = driver.read_raw("dead").unwrap();
            assert_eq!(
                (dead.key.as_deref(), dead.value.as_deref(), dead.timestamp_ms),
                (Some(&b"b"[..]), Some(&b"two!"[..]), 2),
                "{reason}"
            );
            let header = |name: &str| String::from_utf8(dead.headers.last(name).flatten().unwrap().to_vec()).unwrap();
            assert_eq!(header("trace"), "2", "{reason}");
            let place = ["topic", "partition", "offset"].map(|name| header(&format!("__streams.errors.{name}")));
            assert_eq!(place, ["in", "0", "1"], "{reason}");
            assert!(header("__streams.errors.message").contains("(result for topic "), "{reason}");
            assert!(driver.read_raw("dead").is_none(), "{reason}");
            let metrics = driver.metrics();
            assert_eq!((metrics.unwritten_results, metrics.dead_letters), (1, 1), "{reason}");
        }
    }
}

#[test]
fn a_function_gets_the_result_the_record_and_the_reason() {
    let expected = [
        ("not_encodable", ProduceErrorKind::Encode, "out", Some("b"), None, 2),
        ("no_topic", ProduceErrorKind::Topic, "no topic", Some("b"), Some("two!"), 2),
        ("no_partition", ProduceErrorKind::Partition, "out", Some("b"), Some("two!"), 2),
        ("no_time", ProduceErrorKind::Timestamp, "out", Some("b"), Some("two!"), -5),
        ("behind_a_table", ProduceErrorKind::Encode, "out", Some("b"), None, 2),
    ];
    for ((reason, make), expected) in every_reason().into_iter().zip(expected) {
        let told = Arc::<Mutex<Vec<String>>>::default();
        let heard = Arc::clone(&told);
        let handler = OnProduceError::Custom(Arc::new(move |error: &ProduceError<'_>| {
            let text = |bytes: Option<&[u8]>| bytes.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap());
            let cause = error.cause.unwrap();
            let from = (cause.topic, cause.partition, cause.offset, cause.timestamp_ms, text(cause.key), text(cause.value));
            assert_eq!(from, ("in", 0, 1, 2, Some("b".into()), Some("two!".into())));
            assert!(cause.headers.last("trace").is_some() && !error.source.to_string().is_empty());
            let shown = (error.kind, error.topic, text(error.key), text(error.value), error.timestamp_ms);
            heard.lock().unwrap().push(format!("{shown:?}"));
            OnProduceError::Continue
        }));
        let driver = make(handler);
        pipe_three(&driver).unwrap();
        let (name, kind, topic, key, value, timestamp_ms) = expected;
        assert_eq!(name, reason);
        let expected = (kind, topic, key.map(str::to_owned), value.map(str::to_owned), timestamp_ms);
        assert_eq!(*told.lock().unwrap(), [format!("{expected:?}")], "{reason}");

        let fails = OnError::Custom(Arc::new(|error: &TaskError| {
            assert_eq!((error.kind, &*error.topic, error.offset), (ErrorKind::Produce, "in", 1));
            OnError::Fail
        }));
        pipe_three(&make(fails.into())).unwrap_err();
    }
}

#[test]
fn what_the_topology_writes_for_itself_is_never_left_out() {
    for handler in [OnProduceError::Continue, OnProduceError::DeadLetter("dead".into())] {
        let driver = TestDriver::builder(not_a_result()).on_produce_error(handler).build().unwrap();
        let error = pipe_three(&driver).unwrap_err().to_string();
        assert!(error.starts_with("processing failed at in-0 offset 1") && error.ends_with("for `test-all-repartition`"), "{error}");
    }
}

#[test]
fn a_dead_letter_that_cannot_be_written_stops_the_application() {
    let driver = TestDriver::builder(not_encodable()).on_produce_error(OnProduceError::DeadLetter("no topic".into())).build().unwrap();
    let error = pipe_three(&driver).unwrap_err().to_string();
    assert!(error.contains("no topic"), "{error}");
}
