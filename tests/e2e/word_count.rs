//! A word count over a million words, of which one process is killed in the middle.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tests::process::{Pipeline, eventually};
use tests::words::{AtTheKill, BEGIN_MS, Repartitioned, check_the_rule, word};

use crate::kafka::{self, Got, Send};

const PARTITIONS: usize = 8;
const WORDS: usize = 1_000_000;
/// So many come at a time, so that there is always something between the last commit and the present.
const PORTION: usize = 10_000;
const PORTION_EVERY: Duration = Duration::from_millis(100);

/// All words to their partitions, in about ten seconds: number `n` is offset `n / 8` of partition `n % 8`.
fn write(topic: &str) {
    let paced = (0..WORDS).inspect(|n| {
        if n % PORTION == 0 {
            std::thread::sleep(PORTION_EVERY);
        }
    });
    kafka::produce(
        topic,
        paced.map(|n| Send {
            partition: Some((n % PARTITIONS) as i32),
            value: Some(word(n).into_bytes()),
            timestamp_ms: BEGIN_MS + n as i64,
            ..Send::default()
        }),
    );
}

/// The last value of each key.
fn last(records: &[Vec<Got>]) -> BTreeMap<String, u64> {
    records.iter().flatten().map(|r| (r.key_text(), r.number())).collect()
}

fn repartitioned(record: &Got) -> Repartitioned {
    let (partition, word) = (record.partition as usize, record.key_text());
    assert_eq!(record.value_text(), word);
    Repartitioned { partition, offset: record.offset, word, timestamp_ms: record.timestamp_ms }
}

struct Names {
    id: String,
    input: String,
    output: String,
}

impl Names {
    fn repartition(&self) -> String {
        format!("{}-counts-repartition", self.id)
    }

    fn changelog(&self) -> String {
        format!("{}-counts-changelog", self.id)
    }

    fn start(&self, name: &str) -> Pipeline {
        let (id, input, output) = (format!("id={}", self.id), format!("input={}", self.input), format!("output={}", self.output));
        // Without a cache every change is written at once, so changelogs run ahead of commits as far as they can. Nothing is purged,
        // because the test reads the repartition topic.
        kafka::start(
            name,
            &["word_count", &id, &input, &output, "threads=2", "commit_ms=1000", "cache=0", "session_ms=6000", "purge_ms=3600000"],
        )
    }

    fn is_done(&self) -> bool {
        kafka::is_done(&self.id, &self.input) && kafka::is_done(&self.id, &self.repartition())
    }
}

#[test]
fn word_count_survives_a_kill_of_those_that_read() {
    word_count_survives_the_kill_of(0);
}

#[test]
fn word_count_survives_a_kill_of_those_that_count() {
    word_count_survives_the_kill_of(1);
}

/// The process that has most tasks of a sub-topology is killed; then [the rule](check_the_rule) must hold.
fn word_count_survives_the_kill_of(sub_topology: usize) {
    let names = Names { id: kafka::fresh("word-count"), input: kafka::fresh("words"), output: kafka::fresh("word-counts") };
    kafka::create(&names.input, PARTITIONS as i32);
    kafka::create(&names.output, PARTITIONS as i32);

    let mut victim = names.start("victim");
    let mut survivor = names.start("survivor");
    both_run(&mut victim, &mut survivor);
    if tasks_of(&mut victim)[sub_topology].len() < tasks_of(&mut survivor)[sub_topology].len() {
        std::mem::swap(&mut victim, &mut survivor);
    }

    let writer = std::thread::spawn({
        let input = names.input.clone();
        move || write(&input)
    });
    let at_the_kill = kill_in_the_middle(&names, victim);
    let mut restarted = names.start("restarted");
    writer.join().expect("all words are written");
    both_run(&mut restarted, &mut survivor);
    eventually("all words are counted", || names.is_done());

    let owned = both_run(&mut restarted, &mut survivor);
    let all: BTreeSet<String> = (0..2).flat_map(|sub| (0..PARTITIONS).map(move |p| format!("{sub}_{p}"))).collect();
    assert_eq!(owned, all, "tasks without an owner");
    the_group_is_visible(&names);

    let repartition: Vec<Repartitioned> = kafka::read(&names.repartition()).iter().flatten().map(repartitioned).collect();
    let (counts, excess) = check_the_rule(WORDS, &repartition, &at_the_kill);
    println!("of {WORDS} words: {excess:?}");
    assert_ne!(excess.written_twice + excess.counted_twice, 0, "the kill hit nothing that was not committed: this run shows nothing");
    let mut rows: BTreeMap<String, u64> = BTreeMap::new();
    for (key, value) in restarted.rows().into_iter().chain(survivor.rows()) {
        assert_eq!(rows.insert(key, value.as_u64().expect("a count")), None, "a word is counted in two places");
    }
    assert_eq!(rows, counts, "the stores");
    assert_eq!(last(&kafka::read(&names.output)), counts, "the output");
    let changelog = last(&kafka::read(&names.changelog()));
    assert_eq!(changelog, counts, "the changelog");

    // Everything anew from the changelog.
    restarted.terminate();
    survivor.terminate();
    let mut alone = names.start("alone");
    alone.wait_for("all tasks run", |s| s.running == 2 * PARTITIONS as u64);
    let restored: BTreeMap<String, u64> = alone.rows().into_iter().map(|(k, v)| (k, v.as_u64().expect("a count"))).collect();
    assert_eq!(restored, changelog, "the restored store");
    alone.terminate();
    internal_topics_are_those_of_kafka_streams(&names);
}

/// Waits until the two processes run all sixteen tasks, and gives their names.
fn both_run(a: &mut Pipeline, b: &mut Pipeline) -> BTreeSet<String> {
    let mut owned = BTreeSet::new();
    eventually("two processes run all tasks", || {
        let (a, b) = (a.status(), b.status());
        owned = a.ids.iter().chain(&b.ids).cloned().collect();
        let complete = |s: &tests::process::Status| s.state == "Running" && s.running == s.tasks && s.tasks > 0;
        complete(&a) && complete(&b) && a.tasks + b.tasks == owned.len() as u64 && owned.len() == 2 * PARTITIONS
    });
    owned
}

/// The partitions of the tasks that it runs, for each of the two sub-topologies.
fn tasks_of(pipeline: &mut Pipeline) -> [BTreeSet<usize>; 2] {
    let mut tasks = [BTreeSet::new(), BTreeSet::new()];
    for id in pipeline.status().ids {
        let (sub, partition) = id.split_once('_').expect("a task");
        tasks[sub.parse::<usize>().expect("a number")].insert(partition.parse().expect("a number"));
    }
    tasks
}

fn kill_in_the_middle(names: &Names, mut victim: Pipeline) -> AtTheKill {
    let tasks = tasks_of(&mut victim);
    println!("the victim's tasks: {tasks:?}");
    let inputs = |committed: &[i64]| tasks[0].iter().map(|&p| committed[p]).sum::<i64>();
    let counted = |committed: &[i64]| tasks[1].iter().map(|&p| committed[p]).sum::<i64>();
    eventually("the victim has committed something", || {
        (tasks[0].is_empty() || inputs(&kafka::committed(&names.id, &names.input)) > 0)
            && (tasks[1].is_empty() || counted(&kafka::committed(&names.id, &names.repartition())) > 0)
    });
    // Half of a commit interval later there is something that is not committed.
    std::thread::sleep(Duration::from_millis(500));
    victim.kill();
    // What it had sent is on its way for a moment yet. Its tasks rest until its session is over.
    std::thread::sleep(Duration::from_secs(1));
    AtTheKill {
        committed_input: kafka::committed(&names.id, &names.input),
        committed_repartition: kafka::committed(&names.id, &names.repartition()),
        repartition_ends: kafka::ends(&names.repartition()),
        changelog: last(&kafka::read(&names.changelog())),
        tasks,
    }
}

/// Kafka's own tool sees the group, its offsets and its owners.
fn the_group_is_visible(names: &Names) {
    let text = kafka::tool(&["consumer-groups", "--describe", "--group", &names.id]);
    let mut seen = BTreeSet::new();
    for line in text.lines() {
        // GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID
        let columns: Vec<&str> = line.split_whitespace().collect();
        if let [group, topic, partition, current, end, lag, consumer, ..] = columns[..]
            && group == names.id
        {
            assert_eq!((current, lag), (end, "0"), "{line}");
            assert_ne!(consumer, "-", "nobody owns it: {line}");
            seen.insert((topic.to_owned(), partition.parse::<usize>().expect("a number")));
        }
    }
    let all: BTreeSet<_> =
        [names.input.clone(), names.repartition()].into_iter().flat_map(|t| (0..PARTITIONS).map(move |p| (t.clone(), p))).collect();
    assert_eq!(seen, all, "{text}");
}

/// Names, partitions and settings, as Kafka's own tool shows them: the same as it shows for a count of Kafka Streams 4.3.1.
fn internal_topics_are_those_of_kafka_streams(names: &Names) {
    let set = |settings: &[&str]| settings.iter().map(|s| (*s).to_owned()).collect::<BTreeSet<String>>();
    let repartition = ["cleanup.policy=delete", "message.timestamp.type=CreateTime", "retention.ms=-1", "segment.bytes=52428800"];
    let changelog = ["cleanup.policy=compact", "message.timestamp.type=CreateTime"];
    let internal = BTreeMap::from([(names.changelog(), set(&changelog)), (names.repartition(), set(&repartition))]);
    assert_eq!(kafka::internal_settings(&names.id), internal);
    assert!(internal.keys().all(|topic| kafka::ends(topic).len() == PARTITIONS));
}
