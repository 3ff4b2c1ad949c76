//! Processes that begin anew, with nothing but what is in the topics, or that stood still.

use std::time::Duration;

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::prelude::*;
use streams_runtime::{Streams, Topology};

use super::support::{Run, append, values};

topology! {
    fn copied() -> Copied {
        let lines: Stream<String, String> = stream("left");
        lines.to("out");
    }

    fn joined() -> Joined {
        let left: Stream<String, String> = stream("left");
        let right: Stream<String, String> = stream("right");
        left.outer_join(right, |l, _| l.cloned().unwrap_or_default(), within(millis(100)).grace(millis(0))).named("j").to("out");
    }

    fn suppressed() -> Suppressed {
        let left: Stream<String, String> = stream("left");
        let last: Table<Windowed<String>, String> =
            left.group_by_key().windowed_by(tumbling(millis(100)).grace(millis(0))).reduce(|_, value| value.clone());
        last.suppress(until_window_closes()).named("held").to_stream().map(|key, value| (key.key.clone(), value.clone())).to("out");
    }

    fn on_close() -> OnClose {
        let left: Stream<String, String> = stream("left");
        let last: Table<Windowed<String>, String> =
            left.group_by_key().windowed_by(tumbling(millis(100)).grace(millis(0))).emit_on_close().reduce(|_, value| value.clone());
        last.to_stream().map(|key, value| (key.key.clone(), value.clone())).to("out");
    }
}

fn log() -> EmbeddedLog {
    let log = EmbeddedLog::in_memory();
    for topic in ["left", "right", "out"] {
        log.create_topic(topic, 1).unwrap();
    }
    log
}

/// Results of records a second apart, each of which ends the time of the one before, when a process
/// does one of them and ends.
fn results<T: Topology>(make: fn() -> T) -> Vec<String> {
    let log = log();
    for n in 0..5 {
        append(&log, "left", 0, "k", &format!("v{n}"), 1_000 * (n + 1));
        let mut run = Run::new(Streams::new(make()).application_id("app").embedded_log(log.clone()));
        run.until_running();
        run.pass(Duration::from_secs(1));
        run.stop();
    }
    values(&log, "out")
}

#[test]
fn a_result_that_is_committed_is_not_sent_again_after_a_restart() {
    let once = ["v0", "v1", "v2", "v3"];
    assert_eq!(results(suppressed), once, "suppressed");
    assert_eq!(results(on_close), once, "on close");
    assert_eq!(results(joined), once, "without a partner");
}

#[test]
fn a_process_that_stood_still_does_nothing_before_it_has_looked_at_the_group() {
    let log = log();
    let mut run = Run::new(Streams::new(copied()).application_id("app").embedded_log(log.clone()).session_timeout(Duration::from_secs(30)));
    run.until_running();
    append(&log, "left", 0, "k", "v", 1);
    run.now.mono += Duration::from_secs(28);
    for _ in 0..100 {
        run.process.step(1, run.now);
        run.now.mono += Duration::from_millis(1);
    }
    assert_eq!(values(&log, "out"), [""; 0], "its worker alone cannot know that the tasks are still its own");
    run.until("the result", |_| values(&log, "out") == ["v"]);
    run.stop();
}
