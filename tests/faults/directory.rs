//! Directories that cannot be had.

use std::time::Duration;

use streams_runtime::prelude::*;
use streams_runtime::{Streams, end_of_input};

use crate::setup::*;

/// A start that fails does so at once, and says why.
const AT_ONCE: Duration = Duration::from_secs(10);

/// Root passes permission bits, but nobody makes a directory below a regular file.
#[test]
fn a_log_directory_that_cannot_be_made() {
    let directory = directory();
    let file = directory.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let path = file.join("log");
    let end = start("below-file", &path, &["word_count"]).end_within(AT_ONCE);
    let error = end.error.unwrap();
    assert!(error.contains(&path.display().to_string()) && error.contains("Not a directory"), "{error}");
    assert_eq!(end.status.code(), Some(1));
}

#[test]
fn a_state_directory_that_cannot_be_made() {
    let directory = directory();
    let file = directory.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let state = file.join("state");
    let log = directory.path().join("log");
    let end = start("state-below-file", &log, &["word_count", &format!("state_dir={}", state.display())]).end_within(AT_ONCE);
    let error = end.error.unwrap();
    let path = state.join("app").display().to_string();
    assert!(error.contains(&format!("state directory `{path}`")) && error.contains("Not a directory"), "{error}");
}

#[test]
fn two_processes_on_one_log_directory() {
    let directory = directory();
    let mut first = start("first", directory.path(), &["word_count"]);
    first.wait_until_running();
    let end = start("second", directory.path(), &["word_count"]).end_within(AT_ONCE);
    let error = end.error.unwrap();
    assert!(error.contains(&directory.path().display().to_string()) && error.contains("in use by another process"), "{error}");
    assert_eq!(first.status().state, "Running", "the first is not disturbed");
    first.terminate();
    // Free again.
    let mut third = start("third", directory.path(), &["word_count"]);
    third.wait_until_running();
    third.terminate();
}

#[test]
fn two_processes_on_one_state_directory() {
    let directory = directory();
    let state = format!("state_dir={}", directory.path().join("state").display());
    let mut first = start("first", &directory.path().join("log1"), &["word_count", &state]);
    first.wait_until_running();
    let end = start("second", &directory.path().join("log2"), &["word_count", &state]).end_within(AT_ONCE);
    let error = end.error.unwrap();
    assert!(error.contains("state directory") && error.contains("in use by another process"), "{error}");
    assert_eq!(first.status().state, "Running", "the first is not disturbed");
    // A killed process leaves no lock behind.
    first.kill();
    let mut third = start("third", &directory.path().join("log2"), &["word_count", &state]);
    third.wait_until_running();
    third.terminate();
}

topology! {
    fn copied() -> Copied {
        let lines: Stream<String, String> = stream("in");
        lines.to("out");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_is_free_when_the_application_counts_as_stopped() {
    let directory = directory();
    for round in 0..15 {
        let app = Streams::new(copied()).application_id("app").embedded(directory.path()).threads(2).start().await.unwrap();
        app.producer(Copied::IN).send("k", round.to_string()).await.unwrap();
        app.run_until(end_of_input()).await.unwrap();
    }
    let app = Streams::new(copied()).application_id("app").embedded(directory.path()).start().await.unwrap();
    assert_eq!(app.reader::<String, String>("out").to_end().await.unwrap().len(), 15);
}
