//! A broker that is away for a while.

use std::process::Command;
use std::time::{Duration, Instant};

use streams_runtime::broker::{ProduceBatch, TopicPartition};
use streams_runtime::record::{NewRecord, RecordBatch};

use crate::support::*;

/// Stops the broker's process, and lets it go on when dropped.
struct Stopped(String);

impl Stopped {
    fn signal(&self, name: &str) {
        let done = Command::new("kill").args([name, &self.0]).status();
        assert!(done.expect("kill").success());
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        self.signal("-CONT");
    }
}

/// Disturbs every other test that runs at the same time, so it runs alone: `--ignored outage`.
#[test]
#[ignore = "stops the broker; needs STREAMS_TEST_KAFKA_PID"]
fn reading_and_writing_go_on_when_the_broker_is_back() {
    let pid = std::env::var("STREAMS_TEST_KAFKA_PID").expect("STREAMS_TEST_KAFKA_PID is not set: the process id of the broker");
    let broker = broker_with(&[("socket.timeout.ms", "2000")]);
    let at = TopicPartition::new(topic(&broker, "outage", 1), 0);
    let mut producer = producer(&broker);
    let to = producer.topic(&at.topic).unwrap();
    let mut consumer = consumer(&broker);
    let slot = consumer.assign(&at, 0).unwrap();
    let mut batch = ProduceBatch::default();
    let mut sent = 0u32;
    let mut records = RecordBatch::default();
    let begin = Instant::now();
    let mut stopped = None;
    while begin.elapsed() < Duration::from_secs(16) {
        if stopped.is_none() && begin.elapsed() > Duration::from_secs(2) {
            let process = Stopped(pid.clone());
            process.signal("-STOP");
            stopped = Some(process);
        }
        if let Some(process) = &stopped
            && begin.elapsed() > Duration::from_secs(9)
        {
            process.signal("-CONT");
        }
        batch.clear();
        batch.push(to, 0, NewRecord { key: None, value: Some(&sent.to_be_bytes()), timestamp_ms: 1, offset: 0 });
        sent += 1;
        producer.send(&batch).expect("no error within the delivery timeout");
        consumer.fetch(slot, 1000, &mut records).expect("no error while the broker is away");
        consumer.wait(Duration::from_millis(10));
    }
    producer.flush(PATIENCE).unwrap();
    while records.len() < sent as usize {
        assert!(begin.elapsed() < PATIENCE * 2, "{} of {sent}", records.len());
        consumer.fetch(slot, 1000, &mut records).unwrap();
        consumer.wait(Duration::from_millis(50));
    }
    for (n, record) in records.iter().enumerate() {
        assert_eq!(record.value, Some(&(n as u32).to_be_bytes()[..]));
    }
    assert_eq!(records.len(), sent as usize);
}
