//! A broker that is stopped and started again, under load. The test has a broker of its own, so that others keep theirs.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tests::process::eventually;
use tests::words::{BEGIN_MS, exact, word};

use crate::kafka::{self, Send};

const PARTITIONS: usize = 4;
const WORDS: usize = 300_000;

/// A broker of `xtask kafka start`, wiped when this is dropped, or when this process is gone.
struct OwnBroker {
    xtask: String,
    port: u16,
    leash: Child,
}

impl OwnBroker {
    fn start() -> Self {
        let tool =
            std::env::var("STREAMS_TEST_KAFKA_TOOL").expect("STREAMS_TEST_KAFKA_TOOL is not set; run these tests with `cargo xtask e2e`");
        let xtask = tool.split(" kafka tool").next().unwrap().to_owned();
        // The controller takes the port after it.
        let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let port = (0..100).map(|_| free()).find(|p| *p < u16::MAX && TcpListener::bind(("127.0.0.1", p + 1)).is_ok()).unwrap();
        let wipe = format!("read line; exec {xtask} kafka wipe --port {port}");
        let leash = Command::new("sh").args(["-c", &wipe]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let broker = OwnBroker { xtask, port, leash };
        broker.xtask("start");
        broker
    }

    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn xtask(&self, what: &str) {
        let command = format!("{} kafka {what} --port {}", self.xtask, self.port);
        let output = Command::new("sh").args(["-c", &command]).output().unwrap();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for OwnBroker {
    fn drop(&mut self) {
        drop(self.leash.stdin.take());
        let _ = self.leash.wait();
    }
}

#[test]
fn a_broker_that_is_restarted_is_ridden_out() {
    let broker = OwnBroker::start();
    kafka::go_to(&broker.address());
    let [id, input, output] = ["restart", "words", "counts"].map(kafka::fresh);
    kafka::create(&input, PARTITIONS as i32);
    kafka::create(&output, PARTITIONS as i32);
    let args = ["word_count", &format!("id={id}"), &format!("input={input}"), &format!("output={output}"), "threads=2", "cache=0"];
    let mut pipeline = kafka::start("restart", &[&args[..], &["commit_ms=200", "session_ms=6000"]].concat());
    pipeline.wait_until_running();
    let send = |n: usize| Send {
        partition: Some((n % PARTITIONS) as i32),
        value: Some(word(n).into_bytes()),
        timestamp_ms: BEGIN_MS + n as i64,
        ..Send::default()
    };
    kafka::produce(&input, (0..WORDS / 2).map(send));
    broker.xtask("stop");
    let working = pipeline.status();
    println!("stopped with {} of {} records done", working.records, 2 * WORDS);
    std::thread::sleep(Duration::from_secs(5));
    assert!(["Running", "Rebalancing"].contains(&pipeline.status().state.as_str()));
    broker.xtask("start");
    kafka::produce(&input, (WORDS / 2..WORDS).map(send));
    let repartition = format!("{id}-counts-repartition");
    eventually("all is counted", || kafka::is_done(&id, &input) && kafka::is_done(&id, &repartition));
    let status = pipeline.wait_until_running();
    assert_eq!(status.tasks, 2 * PARTITIONS as u64);
    let rows: BTreeMap<String, u64> = pipeline.rows().into_iter().map(|(k, v)| (k, v.as_u64().unwrap())).collect();
    pipeline.terminate();

    let counts: BTreeMap<String, u64> = kafka::read(&output).iter().flatten().map(|r| (r.key_text(), r.number())).collect();
    assert_eq!(rows, counts, "the output");
    let exact = exact(WORDS);
    assert!(counts.keys().eq(exact.keys()), "words lost or made up");
    assert!(exact.iter().all(|(word, count)| counts[word] >= *count), "a word was lost");
    println!("{} of {WORDS} words were counted twice", counts.values().sum::<u64>() - WORDS as u64);
}
