//! Topics that change while an application runs, and groups that run something else.

use std::time::Duration;

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::prelude::*;
use streams_runtime::{AppState, Error, Streams};

use super::support::{Run, append, values};

topology! {
    fn copied() -> Copied {
        let lines: Stream<String, String> = stream("in");
        lines.to("out");
    }

    fn counted() -> Counted {
        let lines: Stream<String, String> = stream("in");
        let counts: Table<String, u64> = lines.group_by_key().count();
        counts.to_stream().to("out");
    }
}

fn log_with(topics: &[(&str, i32)]) -> EmbeddedLog {
    let log = EmbeddedLog::in_memory();
    for (topic, partitions) in topics {
        log.create_topic(topic, *partitions).unwrap();
    }
    log
}

fn app<T: Topology>(topology: T, log: &EmbeddedLog) -> Streams<T> {
    Streams::new(topology).application_id("app").embedded_log(log.clone()).commit_interval(Duration::from_millis(100))
}

#[test]
fn partitions_that_are_added_are_read() {
    let log = log_with(&[("in", 2), ("out", 1)]);
    let mut run = Run::new(app(copied(), &log));
    run.until_running();
    append(&log, "in", 1, "k", "before", 1);
    run.until("the first record", |_| values(&log, "out") == ["before"]);
    log.add_partitions("in", 4).unwrap();
    append(&log, "in", 2, "k", "new", 2);
    append(&log, "in", 3, "k", "newer", 3);
    run.until("those of the new partitions", |_| values(&log, "out") == ["before", "new", "newer"]);
    assert_eq!(run.process.tasks().len(), 4);
    run.stop();
}

#[test]
fn partitions_for_which_a_changelog_has_no_room_are_an_error_that_says_what_to_do() {
    let log = log_with(&[("in", 2), ("out", 1)]);
    let mut run = Run::new(app(counted(), &log));
    run.until_running();
    log.add_partitions("in", 3).unwrap();
    run.until("an error", |run| run.process.state() == AppState::Failed);
    let error = run.process.failure().unwrap();
    assert!(matches!(error, Error::TopicsChanged(_)), "{error}");
    let text = error.to_string();
    assert!(text.contains("app-counts-changelog") && text.contains("it has 2 partitions, 3 are needed"), "{text}");
}

#[test]
fn a_topic_of_results_that_grows_is_written_by_its_new_partitions() {
    let log = log_with(&[("in", 1), ("out", 1)]);
    let mut run = Run::new(app(copied(), &log));
    run.until_running();
    log.add_partitions("out", 8).unwrap();
    run.pass(Duration::from_secs(31));
    (0..50).for_each(|n| append(&log, "in", 0, &format!("k{n}"), "v", 1));
    run.until("all results", |_| values(&log, "out").len() == 50);
    for n in 0..50 {
        let key = format!("k{n}");
        let partition = streams_runtime::partition::partition_for_key(key.as_bytes(), 8);
        let found = log.read("out", partition, 0, 100).unwrap();
        assert!(found.iter().any(|record| record.key == Some(key.as_bytes())), "{key} is not in partition {partition}");
    }
    run.stop();
}

#[test]
fn a_topic_that_is_deleted_ends_the_application_when_it_was_waited_for() {
    let log = log_with(&[("in", 1), ("out", 1)]);
    let mut run = Run::new(app(copied(), &log).create_missing_topics(0));
    run.until_running();
    log.delete_topic("in").unwrap();
    run.pass(Duration::from_secs(25));
    assert_eq!(run.process.state(), AppState::Running);
    run.until("an error", |run| run.process.state() == AppState::Failed);
    let error = run.process.failure().unwrap();
    assert!(matches!(error, Error::SourceGone(_)) && error.to_string().contains("`in`"), "{error}");
}

#[test]
fn a_topic_that_is_deleted_and_made_again_is_read_from_its_beginning() {
    let log = log_with(&[("in", 1), ("out", 1)]);
    let mut run = Run::new(app(copied(), &log));
    run.until_running();
    (0..10).for_each(|n| append(&log, "in", 0, "k", &format!("old{n}"), 1));
    run.until("the old records", |_| values(&log, "out").len() == 10);
    log.delete_topic("in").unwrap();
    run.pass(Duration::from_secs(5));
    log.create_topic("in", 1).unwrap();
    (0..3).for_each(|n| append(&log, "in", 0, "k", &format!("new{n}"), 1));
    run.until("the new records", |_| values(&log, "out").iter().filter(|value| value.starts_with("new")).count() == 3);
    append(&log, "in", 0, "k", "new3", 1);
    run.until("one more", |_| values(&log, "out").len() == 14);
    run.stop();
}

#[test]
fn a_group_that_runs_another_topology_is_not_joined() {
    let log = log_with(&[("in", 2), ("out", 1)]);
    let mut first = Run::new(app(counted(), &log));
    first.until_running();
    let mut other = Run::new(app(copied(), &log));
    other.until("an error", |other| {
        first.round(Duration::from_millis(1));
        other.process.state() == AppState::Failed
    });
    let error = other.process.failure().unwrap();
    assert!(matches!(&error, Error::OtherTopology { group, .. } if group == "app"), "{error}");
    assert!(first.process.failure().is_none());

    let mut same = Run::new(app(counted(), &log));
    same.until("running", |same| {
        first.round(Duration::from_millis(1));
        same.process.state() == AppState::Running
    });
    let mut accepted = Run::new(app(copied(), &log).accept_other_topologies());
    accepted.until("running", |accepted| {
        first.round(Duration::from_millis(1));
        same.round(Duration::from_millis(1));
        accepted.process.state() == AppState::Running
    });
}
