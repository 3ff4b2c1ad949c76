//! Records that are not as the topology expects them.

use std::time::Duration;

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::record::NewRecord;
use tests::process::Pipeline;

use crate::setup::*;

const AT_ONCE: Duration = Duration::from_secs(15);

/// Ten numbers, of which number 5 is none.
fn poisoned(log: &EmbeddedLog) {
    log.create_topic("in", 1).unwrap();
    log.create_topic("out", 1).unwrap();
    for n in 0..10u64 {
        let value = if n == 5 { b"poison".to_vec() } else { n.to_be_bytes().to_vec() };
        append(log, "in", 0, &value, 1_000);
    }
}

fn numbers(name: &str, directory: &tempfile::TempDir, args: &[&str]) -> Pipeline {
    start(name, directory.path(), &[&["numbers", "input=in", "output=out", "commit_ms=50"], args].concat())
}

fn out(log: &EmbeddedLog) -> Vec<u64> {
    let batches = read(log, "out");
    batches.iter().flat_map(|b| b.iter().map(|r| u64::from_be_bytes(r.value.unwrap().try_into().unwrap())).collect::<Vec<_>>()).collect()
}

#[test]
fn a_poison_record_ends_the_application_and_is_not_committed() {
    let directory = directory();
    poisoned(&open(directory.path()));
    for attempt in 0..2 {
        let error = numbers("poison", &directory, &[]).end_within(AT_ONCE).error.unwrap();
        assert!(error.contains("in-0 offset 5") && error.contains("8 bytes expected, 6 found"), "attempt {attempt}: {error}");
        assert!(committed(&open(directory.path()), "in")[0] <= 5, "attempt {attempt}");
    }
    // Nothing before it is lost, and nothing behind it: another handler goes on with it.
    assert_eq!(numbers("poison-continue", &directory, &["on_decode=continue", "until=end"]).end().error, None);
    let log = open(directory.path());
    let out = out(&log);
    assert!(out.ends_with(&[0, 2, 4, 6, 8]), "{out:?}");
    assert_eq!(committed(&log, "in"), [10]);
}

#[test]
fn a_poison_record_goes_to_the_dead_letter_topic() {
    let directory = directory();
    poisoned(&open(directory.path()));
    assert_eq!(numbers("poison-dead", &directory, &["on_decode=dead-letter:dead", "until=end"]).end().error, None);
    let log = open(directory.path());
    assert_eq!(out(&log), [0, 2, 4, 6, 8]);
    assert_eq!(values(&log, "dead"), ["poison"]);
    let batches = read(&log, "dead");
    let record = batches.iter().find_map(|b| b.get(0)).unwrap();
    let header = |name: &str| String::from_utf8(record.headers.last(name).flatten().unwrap_or_default().to_vec()).unwrap();
    assert_eq!(header("__streams.errors.topic"), "in");
    assert_eq!(header("__streams.errors.partition"), "0");
    assert_eq!(header("__streams.errors.offset"), "5");
    assert!(header("__streams.errors.message").contains("8 bytes expected, 6 found"), "{}", header("__streams.errors.message"));
}

/// `mischief` reads `Stream<String, String>`: it has no nulls.
#[test]
fn a_null_where_the_type_has_none_is_a_decode_error() {
    for (null, key, value) in [("key", None, Some(&b"v"[..])), ("value", Some(&b"k"[..]), None)] {
        let directory = directory();
        let log = open(directory.path());
        log.create_topic("words", 1).unwrap();
        log.append("words", Some(0), NewRecord { key: Some(b"k"), value: Some(b"good"), timestamp_ms: 1_000, offset: 0 }).unwrap();
        log.append("words", Some(0), NewRecord { key, value, timestamp_ms: 1_000, offset: 0 }).unwrap();
        drop(log);
        let args = ["mischief", "input=words", "output=out", "commit_ms=50"];
        let error = start("null", directory.path(), &args).end_within(AT_ONCE).error.unwrap();
        assert!(error.contains("words-0 offset 1") && error.contains("null") && error.contains(null), "{error}");
        assert!(committed(&open(directory.path()), "words")[0] <= 1);
        assert_eq!(start("null-on", directory.path(), &[&args[..], &["on_decode=continue", "until=end"]].concat()).end().error, None);
        let out = values(&open(directory.path()), "out");
        assert!(out.ends_with(&["GOOD".to_owned()]), "{out:?}");
    }
}

/// A record whose time is before 1970 by an extractor or a producer's mistake is left out and counted, as in Kafka Streams.
#[test]
fn a_negative_timestamp_is_dropped_and_counted() {
    let directory = directory();
    let log = open(directory.path());
    log.create_topic("in", 1).unwrap();
    log.create_topic("out", 1).unwrap();
    append(&log, "in", 0, &2u64.to_be_bytes(), 1_000);
    append(&log, "in", 0, &4u64.to_be_bytes(), -1);
    append(&log, "in", 0, &6u64.to_be_bytes(), 1_001);
    drop(log);
    let mut pipeline = numbers("negative", &directory, &[]);
    let status = pipeline.wait_for("all are read", |s| s.records + s.dropped >= 3 || s.records >= 3);
    assert_eq!((status.dropped, status.skipped), (1, 0), "{status:?}");
    pipeline.terminate();
    let log = open(directory.path());
    assert_eq!(out(&log), [2, 6]);
    assert_eq!(committed(&log, "in"), [3]);
}
