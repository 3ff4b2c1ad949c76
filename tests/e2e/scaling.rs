//! Processes come and go under load; repartition topics are purged; one that is told to stop leaves at once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use tests::process::{Pipeline, eventually};
use tests::words::{BEGIN_MS, word};

use crate::kafka::{self, Send};
use crate::load::Writer;

const PARTITIONS: i32 = 6;

struct Names {
    id: String,
    input: String,
    output: String,
}

impl Names {
    fn fresh() -> Self {
        let [id, input, output] = ["scaling", "words", "counts"].map(kafka::fresh);
        kafka::create(&input, PARTITIONS);
        kafka::create(&output, PARTITIONS);
        Names { id, input, output }
    }

    fn repartition(&self) -> String {
        format!("{}-counts-repartition", self.id)
    }

    fn start(&self, name: &str, args: &[&str]) -> Pipeline {
        let (id, input, output) = (format!("id={}", self.id), format!("input={}", self.input), format!("output={}", self.output));
        kafka::start(name, &[&["word_count", &id, &input, &output, "commit_ms=200", "session_ms=30000"], args].concat())
    }

    fn done(&self) -> bool {
        kafka::is_done(&self.id, &self.input) && kafka::is_done(&self.id, &self.repartition())
    }

    fn counts(&self) -> BTreeMap<String, u64> {
        kafka::read(&self.output).iter().flatten().map(|r| (r.key_text(), r.number())).collect()
    }
}

fn writer(topic: &str) -> Writer {
    Writer::start(topic, |n| Send {
        partition: Some(n as i32 % PARTITIONS),
        value: Some(word(n).into_bytes()),
        timestamp_ms: BEGIN_MS + n as i64,
        ..Send::default()
    })
}

/// Waits until these processes run all tasks, each of them some, each task once.
fn settled(pipelines: &mut [&mut Pipeline]) {
    eventually("each task runs in one process", || {
        let all: Vec<_> = pipelines.iter_mut().map(|p| p.status()).collect();
        let ids: BTreeSet<&String> = all.iter().flat_map(|s| &s.ids).collect();
        let sum: usize = all.iter().map(|s| s.ids.len()).sum();
        all.iter().all(|s| s.state == "Running" && !s.ids.is_empty()) && sum == ids.len() && sum == 2 * PARTITIONS as usize
    });
}

/// No process is killed, so every handover commits first and nothing comes twice: counts are exact.
#[test]
fn from_one_to_three_and_back_under_load_nothing_is_lost_or_repeated() {
    let names = Names::fresh();
    let mut one = names.start("one", &["threads=2"]);
    settled(&mut [&mut one]);
    let writer = writer(&names.input);
    let mut two = names.start("two", &[]);
    settled(&mut [&mut one, &mut two]);
    let mut three = names.start("three", &[]);
    settled(&mut [&mut one, &mut two, &mut three]);
    std::thread::sleep(Duration::from_secs(2));
    one.terminate();
    settled(&mut [&mut two, &mut three]);
    three.terminate();
    settled(&mut [&mut two]);
    let words = writer.stop();
    eventually("all is counted", || names.done());
    let rows: BTreeMap<String, u64> = two.rows().into_iter().map(|(k, v)| (k, v.as_u64().unwrap())).collect();
    two.terminate();
    let exact = tests::words::exact(words);
    assert_eq!(rows, exact, "the store");
    assert_eq!(names.counts(), exact, "the output");
}

#[test]
fn one_that_is_told_to_stop_commits_and_hands_over_at_once() {
    for signal in ["TERM", "INT"] {
        let names = Names::fresh();
        // Commits only on the way out; sessions much longer than a handover may take.
        let mut leaving = names.start("leaving", &["commit_ms=3600000"]);
        leaving.wait_until_running();
        let mut staying = names.start("staying", &[]);
        settled(&mut [&mut leaving, &mut staying]);
        let writer = writer(&names.input);
        let before = leaving.status().records;
        leaving.wait_for("it works", |s| s.records > before + 1_000);
        let words = writer.stop();
        std::thread::sleep(Duration::from_secs(1));
        let asked = Instant::now();
        leaving.signal(signal);
        let end = leaving.end();
        assert_eq!((end.error, end.status.code()), (None, Some(0)));
        settled(&mut [&mut staying]);
        let handover = asked.elapsed();
        assert!(handover < Duration::from_secs(5), "handed over after {handover:?}");
        println!("{signal}: ended after {:?}, handed over after {handover:?}", end.after);
        eventually("all is counted", || names.done());
        staying.terminate();
        assert_eq!(names.counts(), tests::words::exact(words), "it committed on the way out, or words would be counted twice");
    }
}

#[test]
fn repartition_topics_are_purged_after_commits() {
    let names = Names::fresh();
    let pipeline = names.start("purging", &["purge_ms=500", "commit_ms=100"]);
    let writer = writer(&names.input);
    std::thread::sleep(Duration::from_secs(3));
    let words = writer.stop();
    eventually("all is counted", || names.done());
    eventually("the repartition topic is empty", || kafka::bounds(&names.repartition()).iter().all(|(from, to)| from == to));
    assert_eq!(kafka::ends(&names.repartition()).iter().sum::<i64>(), words as i64);
    pipeline.terminate();
    assert_eq!(names.counts(), tests::words::exact(words), "nothing was purged before it was counted");
}
