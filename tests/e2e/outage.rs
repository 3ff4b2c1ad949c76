//! A broker that is down, and one that goes away.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use tests::process::{eventually, signal};

use crate::kafka::{self, Send};

/// The broker's process, stopped; it goes on when this is dropped, also when the test fails.
pub(crate) struct Away(u32);

impl Away {
    pub(crate) fn begin() -> Self {
        let pid = std::env::var("STREAMS_TEST_KAFKA_PID").expect("STREAMS_TEST_KAFKA_PID is not set: the process id of the broker");
        let pid = pid.trim().parse().expect("a process id");
        signal(pid, "STOP");
        Away(pid)
    }
}

impl Drop for Away {
    fn drop(&mut self) {
        signal(self.0, "CONT");
    }
}

#[test]
fn no_broker_at_start_is_an_error_within_bounded_time() {
    // A port that is free now.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let args = ["word_count", "id=nobody", &format!("brokers={address}")];
    let mut pipeline = kafka::start("no-broker", &args);
    let end = pipeline.end_within(Duration::from_secs(60));
    let error = end.error.unwrap();
    println!("after {:?}: {error}", end.after);
    assert!(error.contains("the application cannot start") && error.contains(&address), "{error}");
}

/// A broker that accepts connections and says nothing.
#[test]
fn a_silent_broker_at_start_is_an_error_within_bounded_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let args = ["word_count", "id=nobody", &format!("brokers={address}")];
    let end = kafka::start("silent-broker", &args).end_within(Duration::from_secs(90));
    let error = end.error.unwrap();
    println!("after {:?}: {error}", end.after);
    assert!(error.contains("the application cannot start") && error.contains(&address), "{error}");
}

/// Twenty seconds are longer than the session (6 s): when the broker is back the group may have to form anew.
#[test]
fn a_broker_that_goes_away_for_20_s_is_ridden_out() {
    const RECORDS: usize = 30_000;
    let (input, output, id) = (kafka::fresh("outage-in"), kafka::fresh("outage-out"), kafka::fresh("outage"));
    kafka::create(&input, 4);
    kafka::create(&output, 4);
    let args = ["numbers", &format!("id={id}"), &format!("input={input}"), &format!("output={output}"), "threads=2", "session_ms=6000"];
    let mut pipeline = kafka::start("outage", &[&args[..], &["commit_ms=200"]].concat());
    pipeline.wait_until_running();
    let writer = std::thread::spawn({
        let input = input.clone();
        move || {
            let paced = (0..RECORDS as u64).inspect(|n| {
                if n % 100 == 0 {
                    std::thread::sleep(Duration::from_millis(100));
                }
            });
            kafka::produce(
                &input,
                paced.map(|n| Send {
                    partition: Some((n % 4) as i32),
                    value: Some((2 * n).to_be_bytes().to_vec()),
                    timestamp_ms: 1_000 + n as i64,
                    ..Send::default()
                }),
            );
        }
    });
    pipeline.wait_for("records flow", |s| s.records > 2_000);
    let away = Away::begin();
    let since = Instant::now();
    while since.elapsed() < Duration::from_secs(20) {
        // It stays, and it answers.
        let asked = Instant::now();
        let status = pipeline.status();
        assert!(status.state == "Running" || status.state == "Rebalancing", "{status:?}");
        assert!(asked.elapsed() < Duration::from_secs(5), "it does not answer");
        std::thread::sleep(Duration::from_millis(500));
    }
    drop(away);
    let back = Instant::now();
    let before = pipeline.status().records;
    pipeline.wait_for("records flow again", |s| s.records > before + 2_000);
    println!("2000 records {:?} after the broker was back", back.elapsed());
    writer.join().unwrap();
    eventually("all is committed", || kafka::is_done(&id, &input));
    let status = pipeline.wait_until_running();
    assert_eq!(status.tasks, 4);
    pipeline.terminate();

    let got: Vec<u64> = kafka::read(&output).iter().flatten().map(kafka::Got::number).collect();
    let distinct: BTreeSet<u64> = got.iter().copied().collect();
    assert_eq!(distinct, (0..RECORDS as u64).map(|n| 2 * n).collect::<BTreeSet<u64>>(), "lost or made up");
    println!("{} of {RECORDS} records came twice", got.len() - distinct.len());
}

/// A process that is told to stop while the broker is away cannot commit any more, but it ends, and soon. What it had not committed comes again.
#[test]
fn a_shutdown_while_the_broker_is_away_is_bounded() {
    const RECORDS: u64 = 20_000;
    let (input, output, id) = (kafka::fresh("away-in"), kafka::fresh("away-out"), kafka::fresh("away"));
    kafka::create(&input, 2);
    kafka::create(&output, 2);
    let args = ["numbers".to_owned(), format!("id={id}"), format!("input={input}"), format!("output={output}"), "session_ms=6000".into()];
    // A member that goes in the middle of joining, which the client does by itself when its session is over, is waited for so long by the
    // group (the rebalance timeout); the default is a minute.
    let args: Vec<&str> = args.iter().map(String::as_str).chain(["kafka.group.max.poll.interval.ms=10000"]).collect();
    let mut pipeline = kafka::start("away", &args);
    pipeline.wait_until_running();
    let send = |n: u64| Send {
        partition: Some((n % 2) as i32),
        value: Some((2 * n).to_be_bytes().to_vec()),
        timestamp_ms: 1_000,
        ..Send::default()
    };
    kafka::produce(&input, (0..RECORDS).map(send));
    pipeline.wait_for("records flow", |s| s.records > 0);
    let away = Away::begin();
    pipeline.signal("TERM");
    let end = pipeline.end_within(Duration::from_secs(75));
    println!("ended after {:?}: {}, {:?}", end.after, end.status, end.error);
    drop(away);

    let mut again = kafka::start("back", &args);
    again.wait_until_running();
    eventually("all is committed", || kafka::is_done(&id, &input));
    again.terminate();
    let got: BTreeSet<u64> = kafka::read(&output).iter().flatten().map(kafka::Got::number).collect();
    assert_eq!(got, (0..RECORDS).map(|n| 2 * n).collect::<BTreeSet<u64>>(), "lost or made up");
}
