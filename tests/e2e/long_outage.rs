//! A broker that is away for a minute, and what processes meet it in the middle of.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use tests::process::{Pipeline, eventually};

use crate::kafka::{self, Send};
use crate::load::Writer;
use crate::outage::Away;

/// Rows of the large state.
const ROWS: u64 = 400_000;

struct Group {
    id: String,
    topology: &'static str,
    input: String,
    output: String,
}

impl Group {
    fn fresh(topology: &'static str) -> Self {
        let [id, input, output] = [topology, "in", "out"].map(kafka::fresh);
        kafka::create(&input, 4);
        kafka::create(&output, 4);
        Group { id, topology, input, output }
    }

    fn start(&self, name: &str, args: &[&str]) -> Pipeline {
        let topics = [("id", &self.id), ("input", &self.input), ("output", &self.output)];
        // A member that goes without a word in the middle of a rebalance is waited for so long.
        let args = [&["session_ms=6000", "kafka.group.max.poll.interval.ms=10000"], args].concat();
        kafka::start_with(name, self.topology, &topics, &args)
    }

    fn is_done(&self) -> bool {
        kafka::is_done(&self.id, &self.input)
    }
}

fn keyed(n: u64) -> Send {
    Send::keyed(n.to_string(), "v", 1_000)
}

#[test]
fn a_minute_without_a_broker_costs_nothing_in_any_phase() {
    let counted = Group::fresh("counted");
    kafka::produce(&counted.input, (0..ROWS).map(keyed));
    let mut first = counted.start("first", &[]);
    first.wait_until_running();
    eventually("the large state is there", || counted.is_done());
    first.terminate();

    let numbers = Group::fresh("numbers");
    let mut staying = numbers.start("staying", &["commit_ms=200"]);
    let mut leaving = numbers.start("leaving", &["commit_ms=3600000"]);
    let both_work = |s: &tests::process::Status| s.state == "Running" && s.running == 2;
    staying.wait_for("a half of the tasks", both_work);
    leaving.wait_for("a half of the tasks", both_work);
    let writer = Writer::start(&numbers.input, |n| Send {
        partition: Some((n % 4) as i32),
        value: Some((2 * n as u64).to_be_bytes().to_vec()),
        timestamp_ms: 1_000 + n as i64,
        ..Send::default()
    });
    leaving.wait_for("records flow", |s| s.records > 2_000);
    let mut restoring = counted.start("restoring", &[]);
    let mut joining = numbers.start("joining", &["commit_ms=200"]);
    let joined = joining.status();
    let restored = restoring.wait_for("it has its tasks", |s| s.tasks > 0);
    let away = Away::begin();
    let since = Instant::now();
    println!("joining: {joined:?}; restoring: {restored:?}; staying: {:?}", staying.status());

    leaving.signal("TERM");
    let mut starting = numbers.start("starting", &["commit_ms=200"]);
    let error = starting.end_within(Duration::from_secs(40)).error.unwrap();
    println!("starting: after {:?}: {error}", since.elapsed());
    assert!(error.contains("the application cannot start") && error.contains(&kafka::address()), "{error}");
    let error = leaving.end_within(Duration::from_secs(60)).error.unwrap();
    println!("leaving: after {:?}: {error}", since.elapsed());
    assert!(error.contains("the last commit failed"), "{error}");
    while since.elapsed() < Duration::from_secs(60) {
        for pipeline in [&mut staying, &mut joining, &mut restoring] {
            let asked = Instant::now();
            let state = pipeline.status().state;
            assert!(["Running", "Rebalancing"].contains(&state.as_str()), "{pipeline:?}: {state}");
            assert!(asked.elapsed() < Duration::from_secs(5), "{pipeline:?} does not answer");
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    drop(away);
    let back = Instant::now();

    let mut starting = numbers.start("starting-again", &["commit_ms=200"]);
    kafka::produce(&counted.input, (0..ROWS / 10).map(keyed));
    eventually("each task runs in one process", || {
        let all = [staying.status(), joining.status(), starting.status()];
        let ids: BTreeSet<&String> = all.iter().flat_map(|s| &s.ids).collect();
        ids.len() == 4 && all.iter().all(|s| s.state == "Running") && all.iter().map(|s| s.running).sum::<u64>() == 4
    });
    println!("settled {:?} after the broker was back", back.elapsed());
    let records = writer.stop() as u64;
    eventually("all is committed", || numbers.is_done());
    [staying, joining, starting].into_iter().for_each(Pipeline::terminate);
    let results: Vec<u64> = kafka::read(&numbers.output).iter().flatten().map(|r| r.number() / 2).collect();
    let distinct: BTreeSet<u64> = results.iter().copied().collect();
    assert!(distinct.iter().copied().eq(0..records), "lost or made up");
    println!("{} of {records} records came twice", results.len() - distinct.len());

    restoring.wait_until_running();
    eventually("all is counted", || counted.is_done());
    println!("restored and counted {:?} after the broker was back", back.elapsed());
    let rows: BTreeMap<u64, u64> = restoring.rows().into_iter().map(|(k, v)| (k.parse().unwrap(), v.as_u64().unwrap())).collect();
    restoring.terminate();
    assert!(rows.into_iter().eq((0..ROWS).map(|n| (n, 1 + u64::from(n < ROWS / 10)))), "lost, or counted twice");
}
