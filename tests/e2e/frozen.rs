//! A process that stands still for longer than its session, and goes on without knowing that others
//! have its tasks.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use tests::process::{Pipeline, eventually};
use tests::words::{BEGIN_MS, exact, word};

use crate::kafka::{self, Send};
use crate::load::Writer;

const PARTITIONS: i32 = 6;

/// Waits until these processes run all tasks, each of them some, each task once.
fn settled(pipelines: &mut [&mut Pipeline]) {
    eventually("each task runs in one process", || {
        let all: Vec<_> = pipelines.iter_mut().map(|p| p.status()).collect();
        let ids: BTreeSet<&String> = all.iter().flat_map(|s| &s.ids).collect();
        let sum: usize = all.iter().map(|s| s.ids.len()).sum();
        all.iter().all(|s| s.state == "Running" && !s.ids.is_empty() && s.running == s.tasks)
            && sum == ids.len()
            && sum == 2 * PARTITIONS as usize
    });
}

/// Offsets of one topic while its tasks are taken over: from these up to those.
type TakenOver = (Vec<i64>, Vec<i64>);

/// The last value of each key. A value that goes back was written by a process that did not know of
/// what is before it, or repeats what was not committed when tasks were taken over.
fn last(topic: &str, taken_over: &[TakenOver]) -> BTreeMap<String, u64> {
    let repeats = |p: usize, offset: i64| taken_over.iter().any(|(from, to)| (from[p]..to[p]).contains(&offset));
    let mut last = BTreeMap::new();
    let mut back = Vec::new();
    for record in kafka::read(topic).iter().flatten() {
        let (key, value) = (record.key_text(), record.number());
        let before = last.insert(key.clone(), value).unwrap_or(0);
        if before > value && !repeats(record.partition as usize, record.offset) {
            back.push(format!("{}@{}: {key} from {before} to {value}", record.partition, record.offset));
        }
    }
    assert!(back.is_empty(), "{topic}: {} values go back, as {:?}", back.len(), &back[..back.len().min(20)]);
    last
}

fn rows(pipelines: &mut [&mut Pipeline]) -> BTreeMap<String, u64> {
    pipelines.iter_mut().flat_map(|p| p.rows()).map(|(k, v)| (k, v.as_u64().unwrap())).collect()
}

#[test]
fn one_that_wakes_without_its_tasks_spoils_nothing() {
    let [id, input, output] = ["frozen", "words", "counts"].map(kafka::fresh);
    kafka::create(&input, PARTITIONS);
    kafka::create(&output, PARTITIONS);
    let start = |name: &str| {
        let topics = [("id", &id), ("input", &input), ("output", &output)];
        // Every change is written: much is on its way at any moment.
        kafka::start_with(name, "word_count", &topics, &["commit_ms=500", "session_ms=6000", "cache=0"])
    };
    let (mut one, mut two, mut three) = (start("one"), start("two"), start("three"));
    settled(&mut [&mut one, &mut two, &mut three]);
    let writer = Writer::start(&input, |n| Send {
        partition: Some(n as i32 % PARTITIONS),
        value: Some(word(n).into_bytes()),
        timestamp_ms: BEGIN_MS + n as i64,
        ..Send::default()
    });
    one.wait_for("records flow", |s| s.records > 5_000);
    let mut taken_over = Vec::new();
    for round in 0..2 {
        one.signal("STOP");
        let from = kafka::ends(&output);
        let frozen = Instant::now();
        settled(&mut [&mut two, &mut three]);
        println!("round {round}: taken over after {:?}", frozen.elapsed());
        // The others are ahead of what the frozen one has.
        std::thread::sleep(Duration::from_secs(1));
        taken_over.push((from, kafka::ends(&output)));
        one.signal("CONT");
        let woken = Instant::now();
        settled(&mut [&mut one, &mut two, &mut three]);
        println!("round {round}: takes part again after {:?}", woken.elapsed());
        std::thread::sleep(Duration::from_secs(1));
    }
    let words = writer.stop();
    let repartition = format!("{id}-counts-repartition");
    eventually("all is counted", || kafka::is_done(&id, &input) && kafka::is_done(&id, &repartition));
    let counted = rows(&mut [&mut one, &mut two, &mut three]);
    let exact = exact(words);
    let logged = [last(&format!("{id}-counts-changelog"), &[]), last(&output, &taken_over)];
    let lost: Vec<_> = exact.iter().filter(|(word, count)| counted.get(*word).is_none_or(|counted| counted < count)).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    assert!(counted.keys().eq(exact.keys()), "words made up");
    println!("{} of {words} words were counted twice", counted.values().sum::<u64>() - words as u64);
    assert!(logged == [counted.clone(), counted.clone()], "the changelog and the output are those of the stores");
    [one, two, three].into_iter().for_each(Pipeline::terminate);

    let mut again = start("again");
    settled(&mut [&mut again]);
    assert_eq!(rows(&mut [&mut again]), counted, "what is restored");
    again.terminate();
}
