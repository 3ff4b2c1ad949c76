//! User code that blocks, panics or fails.

use std::time::Duration;

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::record::NewRecord;
use tests::process::PATIENCE;

use crate::setup::*;

fn words(log: &EmbeddedLog, words: &[&str]) {
    log.create_topic("words", 1).unwrap();
    for word in words {
        log.append("words", Some(0), NewRecord { key: Some(b"k"), value: Some(word.as_bytes()), timestamp_ms: 1_000, offset: 0 }).unwrap();
    }
}

const ARGS: [&str; 4] = ["mischief", "input=words", "output=out", "commit_ms=50"];

#[test]
fn a_closure_that_blocks_is_an_error() {
    let directory = directory();
    words(&open(directory.path()), &["one", "sleep", "two"]);
    let mut blocked = start("blocked", directory.path(), &[&ARGS[..], &["max_poll_ms=2000"]].concat());
    let end = blocked.end_within(Duration::from_secs(15));
    let error = end.error.unwrap();
    assert!(error.contains("worker 0 made no progress for 2s"), "{error}");
    assert!(end.after > Duration::from_secs(1), "{:?}", end.after);
}

#[test]
fn a_shutdown_does_not_wait_for_ever_for_a_closure_that_blocks() {
    let directory = directory();
    words(&open(directory.path()), &["one", "sleep"]);
    let mut blocked = start("blocked-shutdown", directory.path(), &[&ARGS[..], &["max_poll_ms=3000"]].concat());
    blocked.wait_for("a record was read", |s| s.state == "Running");
    std::thread::sleep(Duration::from_millis(300));
    blocked.signal("TERM");
    let end = blocked.end_within(PATIENCE);
    let error = end.error.unwrap();
    assert!(error.contains("made no progress") || error.contains("the shutdown was not over"), "{error}");
    assert!(end.after < Duration::from_secs(15), "{:?}", end.after);
}

#[test]
fn a_panic_reaches_the_caller() {
    let directory = directory();
    words(&open(directory.path()), &["one", "panic", "two"]);
    let end = start("panic", directory.path(), &ARGS).end_within(Duration::from_secs(15));
    let error = end.error.unwrap();
    assert!(error.contains("panicked") && error.contains("asked to panic"), "{error}");
    // The record that panics is not committed: it comes again.
    assert!(committed(&open(directory.path()), "words")[0] <= 1);
    let again = start("panic-again", directory.path(), &ARGS).end_within(Duration::from_secs(15));
    assert!(again.error.unwrap().contains("asked to panic"));
}

#[test]
fn an_err_ends_the_application_unless_the_handler_says_otherwise() {
    let directory = directory();
    words(&open(directory.path()), &["one", "fail", "two"]);
    let end = start("fail", directory.path(), &ARGS).end_within(Duration::from_secs(15));
    let error = end.error.unwrap();
    assert!(error.contains("words-0 offset 1") && error.contains("asked to fail") && error.contains("try_map_values"), "{error}");
    assert!(committed(&open(directory.path()), "words")[0] <= 1);

    let end = start("continue", directory.path(), &[&ARGS[..], &["on_process=continue", "until=end"]].concat()).end();
    assert_eq!(end.error, None);
    let log = open(directory.path());
    assert_eq!(committed(&log, "words"), [3]);
    let out = values(&log, "out");
    assert!(out.ends_with(&["ONE".to_owned(), "TWO".to_owned()]), "{out:?}");
}

#[test]
fn an_err_goes_to_the_dead_letter_topic() {
    let directory = directory();
    words(&open(directory.path()), &["one", "fail", "two"]);
    let end = start("dead-letter", directory.path(), &[&ARGS[..], &["on_process=dead-letter:dead", "until=end"]].concat()).end();
    assert_eq!(end.error, None);
    let log = open(directory.path());
    assert_eq!(values(&log, "out"), ["ONE", "TWO"]);
    assert_eq!(values(&log, "dead"), ["fail"]);
}
