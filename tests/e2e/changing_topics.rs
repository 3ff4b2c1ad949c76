//! Topics that get more partitions, or are deleted and made again, while the application runs.

use std::collections::BTreeSet;
use std::time::Duration;

use tests::process::{Pipeline, eventually};

use crate::kafka::{self, Send};
use crate::load::Writer;

fn number(n: u64, partitions: u64) -> Send {
    Send {
        partition: Some((n % partitions) as i32),
        value: Some((2 * n).to_be_bytes().to_vec()),
        timestamp_ms: 1_000 + n as i64,
        ..Send::default()
    }
}

struct Copy {
    id: String,
    input: String,
    output: String,
    pipeline: Pipeline,
}

impl Copy {
    fn start(name: &str) -> Self {
        let [id, input, output] = [name, "in", "out"].map(kafka::fresh);
        kafka::create(&input, 2);
        kafka::create(&output, 2);
        let args = ["commit_ms=100", "topic_refresh_ms=1000", "session_ms=6000"];
        let mut pipeline = kafka::start_with(name, "numbers", &[("id", &id), ("input", &input), ("output", &output)], &args);
        assert_eq!(pipeline.wait_until_running().tasks, 2);
        Copy { id, input, output, pipeline }
    }

    /// The numbers that came out, sorted.
    fn results(&self) -> Vec<u64> {
        let mut all: Vec<u64> = kafka::read(&self.output).iter().flatten().map(|r| r.number() / 2).collect();
        all.sort_unstable();
        all
    }
}

#[test]
fn partitions_that_are_added_under_load_are_read() {
    let mut copy = Copy::start("grown");
    let before = Writer::start(&copy.input, |n| number(n as u64, 2));
    copy.pipeline.wait_for("records flow", |s| s.records > 2_000);
    kafka::grow(&copy.input, 6);
    // At once, before the application knows of the new partitions.
    let more = 1_000_000..1_006_000;
    kafka::produce(&copy.input, more.clone().map(|n| number(n, 6)));
    copy.pipeline.wait_for("the new partitions have tasks", |s| s.running == 6);
    let before = before.stop() as u64;
    kafka::produce(&copy.input, (2_000_000..2_000_600).map(|n| number(n, 6)));
    eventually("all is committed", || kafka::is_done(&copy.id, &copy.input));
    let results = copy.results();
    copy.pipeline.terminate();
    // The hand-over of all old tasks was clean.
    assert!(results.into_iter().eq((0..before).chain(more).chain(2_000_000..2_000_600)), "lost, made up, or there twice");
}

#[test]
fn a_changelog_that_cannot_follow_its_source_is_an_error_that_says_what_to_do() {
    let [id, input, output] = ["outgrown", "in", "out"].map(kafka::fresh);
    kafka::create(&input, 2);
    kafka::create(&output, 1);
    let topics = [("id", &id), ("input", &input), ("output", &output)];
    let mut pipeline = kafka::start_with("outgrown", "counted", &topics, &["topic_refresh_ms=1000"]);
    pipeline.wait_until_running();
    kafka::produce(&input, (0..100).map(|n| Send::keyed(format!("k{n}"), "v", 1_000)));
    kafka::grow(&input, 3);
    let error = pipeline.end_within(Duration::from_secs(30)).error.unwrap();
    let changelog = format!("{id}-counts-changelog");
    assert!(error.contains(&changelog) && error.contains("it has 2 partitions, 3 are needed"), "{error}");
    assert!(error.contains("delete it (with the application stopped), or use another application id"), "{error}");
    assert_eq!(error.matches(&changelog).count(), 1, "{error}");
}

/// Deleted and made again so much later.
fn made_again(name: &str, after: Duration, records: u64) {
    let mut copy = Copy::start(name);
    kafka::produce(&copy.input, (0..1_000).map(|n| number(n, 2)));
    eventually("all is committed", || kafka::is_done(&copy.id, &copy.input));
    kafka::delete(&copy.input);
    std::thread::sleep(after);
    kafka::create(&copy.input, 2);
    let again = 1_000_000..1_000_000 + records;
    kafka::produce(&copy.input, again.clone().map(|n| number(n, 2)));
    let found = || copy.results().into_iter().filter(|n| *n >= 1_000_000).collect::<BTreeSet<u64>>();
    eventually("all records of the new topic are processed", || found().len() as u64 == records);
    // And it goes on.
    kafka::produce(&copy.input, (2_000_000..2_000_100).map(|n| number(n, 2)));
    eventually("it goes on, and commits", || found().len() as u64 == records + 100 && kafka::is_done(&copy.id, &copy.input));
    assert!(found().into_iter().eq(again.chain(2_000_000..2_000_100)));
    assert_eq!(copy.results().iter().filter(|n| **n < 1_000_000).count(), 1_000, "the old records came once");
    copy.pipeline.wait_until_running();
    copy.pipeline.terminate();
}

#[test]
fn a_topic_that_is_made_again_soon_with_fewer_records_is_read_from_its_beginning() {
    made_again("again-fewer", Duration::ZERO, 300);
}

/// The offset that was reached in the old topic is one of the new topic as well.
#[test]
fn a_topic_that_is_made_again_soon_with_more_records_is_read_from_its_beginning() {
    made_again("again-more", Duration::ZERO, 5_000);
}

#[test]
fn a_topic_that_is_made_again_seconds_later_is_read_from_its_beginning() {
    made_again("again-later", Duration::from_secs(4), 5_000);
}
