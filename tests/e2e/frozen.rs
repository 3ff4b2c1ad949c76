//! A process that stands still for longer than its session, and goes on without knowing that others
//! have its tasks.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use tests::process::{Pipeline, eventually};

use crate::kafka::{self, Send};
use crate::load::Writer;

const PARTITIONS: i32 = 6;

/// Waits until these processes run all tasks, each of them some, each task once.
fn settled(pipelines: &mut [&mut Pipeline]) {
    eventually("each task runs in one process", || {
        let all: Vec<_> = pipelines.iter_mut().map(|p| p.status()).collect();
        let ids: BTreeSet<&String> = all.iter().flat_map(|s| &s.ids).collect();
        let sum: usize = all.iter().map(|s| s.ids.len()).sum();
        let all_run = all.iter().all(|s| s.state == "Running" && !s.ids.is_empty() && s.running == s.tasks);
        all_run && sum == ids.len() && sum == PARTITIONS as usize
    });
}

#[test]
fn one_that_wakes_without_its_tasks_goes_on_and_no_record_is_missing() {
    let [id, input, output] = ["frozen", "in", "out"].map(kafka::fresh);
    kafka::create(&input, PARTITIONS);
    kafka::create(&output, PARTITIONS);
    let start = |name: &str| {
        let topics = [("id", &id), ("input", &input), ("output", &output)];
        kafka::start_with(name, "numbers", &topics, &["commit_ms=500", "session_ms=6000"])
    };
    let (mut one, mut two, mut three) = (start("one"), start("two"), start("three"));
    settled(&mut [&mut one, &mut two, &mut three]);
    let writer = Writer::start(&input, |n| Send {
        partition: Some(n as i32 % PARTITIONS),
        value: Some((2 * n as u64).to_be_bytes().to_vec()),
        timestamp_ms: 1_000 + n as i64,
        ..Send::default()
    });
    one.wait_for("records flow", |s| s.records > 5_000);
    for round in 0..2 {
        one.signal("STOP");
        let frozen = Instant::now();
        settled(&mut [&mut two, &mut three]);
        println!("round {round}: taken over after {:?}", frozen.elapsed());
        // The others are ahead of what the frozen one has.
        std::thread::sleep(Duration::from_secs(1));
        one.signal("CONT");
        let woken = Instant::now();
        settled(&mut [&mut one, &mut two, &mut three]);
        println!("round {round}: takes part again after {:?}", woken.elapsed());
        std::thread::sleep(Duration::from_secs(1));
    }
    let records = writer.stop() as u64;
    eventually("all is committed", || kafka::is_done(&id, &input));
    let results: Vec<u64> = kafka::read(&output).iter().flatten().map(|r| r.number() / 2).collect();
    let distinct: BTreeSet<u64> = results.iter().copied().collect();
    assert!(distinct.iter().copied().eq(0..records), "lost or made up");
    println!("{} of {records} records came twice", results.len() - distinct.len());
    [one, two, three].into_iter().for_each(Pipeline::terminate);
}
