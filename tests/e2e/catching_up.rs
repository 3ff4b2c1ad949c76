//! A backlog in several partitions of a topic, each in the order of time, in front of windows without
//! grace: what is read again through a repartition topic has to be in that order as well.

use tests::process::eventually;
use tests::words::BEGIN_MS;

use crate::kafka::{self, Send};

/// In each partition, a millisecond apart.
const RECORDS: usize = 10_000;

fn no_record_is_late(partitions: usize) {
    let [id, input, output] = ["backlog", "records", "by-second"].map(kafka::fresh);
    kafka::create(&input, partitions as i32);
    kafka::create(&output, 1);
    let send = |n: usize| Send {
        partition: Some((n / RECORDS) as i32),
        ..Send::keyed("key", format!("value {}", n % 7), BEGIN_MS + (n % RECORDS) as i64)
    };
    kafka::produce(&input, (0..partitions * RECORDS).map(send));
    let topics = [("id", &id), ("input", &input), ("output", &output)];
    let mut pipeline = kafka::start_with("backlog", "by_second", &topics, &["threads=1", "commit_ms=200"]);
    pipeline.wait_until_running();
    let repartition = format!("{id}-counts-repartition");
    eventually("all is counted", || kafka::is_done(&id, &input) && kafka::is_done(&id, &repartition));
    let dropped = pipeline.status().dropped;
    pipeline.terminate();
    println!("{partitions} partitions: {dropped} of {} records were late", partitions * RECORDS);
    assert_eq!(dropped, 0);
}

#[test]
fn a_backlog_in_two_partitions_makes_no_record_late() {
    no_record_is_late(2);
}

#[test]
fn a_backlog_in_four_partitions_makes_no_record_late() {
    no_record_is_late(4);
}
