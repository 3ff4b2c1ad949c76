//! Tasks that go from process to process in good order: nothing is done twice.

use std::time::Duration;

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::prelude::*;
use streams_runtime::{AppState, Streams};

use super::support::{Run, append, values};

topology! {
    fn copied() -> Copied {
        let lines: Stream<String, String> = stream("in");
        let seen: Table<String, String> = lines.group_by_key().reduce(|all, line| format!("{all},{line}"));
        lines.to("out");
        seen.to_stream().to("seen");
    }
}

/// Commits only when somebody waits for it.
fn process(log: &EmbeddedLog) -> Run {
    let streams = Streams::new(copied()).application_id("app").embedded_log(log.clone());
    Run::new(streams.commit_interval(Duration::from_secs(3600)).threads(2))
}

fn write(log: &EmbeddedLog, numbers: std::ops::Range<i64>) {
    for n in numbers {
        append(log, "in", i32::try_from(n % 4).unwrap(), &format!("k{}", n % 4), &format!("{n:03}"), n);
    }
}

fn all(until: i64) -> Vec<String> {
    (0..until).map(|n| format!("{n:03}")).collect()
}

#[test]
fn a_record_is_done_once_when_processes_come_and_go() {
    let log = EmbeddedLog::in_memory();
    for (topic, partitions) in [("in", 4), ("out", 1), ("seen", 1)] {
        log.create_topic(topic, partitions).unwrap();
    }
    let mut first = process(&log);
    first.until_running();
    write(&log, 0..100);
    first.until("the first records", |_| values(&log, "out").len() >= 100);

    let mut second = process(&log);
    second.until("a share of its own", |second| {
        first.round(Duration::from_millis(1));
        second.process.state() == AppState::Running && second.process.tasks().len() == 2 && first.process.state() == AppState::Running
    });
    write(&log, 100..200);
    second.until("records of both", |_| {
        first.round(Duration::from_millis(1));
        values(&log, "out").len() >= 200
    });

    first.process.stop();
    second.until("the other's tasks", |second| {
        first.round(Duration::from_millis(1));
        first.process.state() == AppState::Stopped && second.process.state() == AppState::Running && second.process.tasks().len() == 4
    });
    write(&log, 200..300);
    second.until("the last records", |_| values(&log, "out").len() >= 300);
    second.stop();

    assert_eq!(values(&log, "out"), all(300));
    let seen = values(&log, "seen");
    for key in 0..4 {
        let whole: Vec<String> = all(300).into_iter().skip(key).step_by(4).collect();
        assert!(seen.contains(&whole.join(",")), "the state of k{key} went along: {seen:?}");
    }
}
