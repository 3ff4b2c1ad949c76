//! A broker that is away for a while.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

use streams_runtime::broker::{
    Answer, Broker, BrokerError, CommitOffset, GroupConfig, GroupEvent, Isolation, NewTopic, OffsetAt, ProduceBatch, ProducerConfig,
    TopicPartition, TopicSlot,
};
use streams_runtime::record::{NewRecord, RecordBatch};

use crate::support::*;

/// Stops the broker's process, and lets it go on when dropped.
struct Stopped(String);

impl Stopped {
    fn signal(&self, name: &str) {
        let done = Command::new("kill").args([name, &self.0]).status();
        assert!(done.expect("kill").success());
        // A process does not stop at once: its threads on another processor may still answer.
        while name == "-STOP" && self.state() != Some('T') {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// As `/proc` has it: `T` is stopped.
    fn state(&self) -> Option<char> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0)).expect("the broker runs");
        stat.rsplit(')').next()?.trim_start().chars().next()
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        self.signal("-CONT");
    }
}

fn pid() -> String {
    std::env::var("STREAMS_TEST_KAFKA_PID").expect("STREAMS_TEST_KAFKA_PID is not set: the process id of the broker")
}

fn batch(to: TopicSlot, value: &[u8]) -> ProduceBatch {
    let mut batch = ProduceBatch::default();
    let record = NewRecord { key: None, value: Some(value), timestamp_ms: 1, offset: 0 };
    batch.push(to, 0, record);
    batch
}

/// Disturbs every other test that runs at the same time, so it runs alone: `--ignored outage`.
#[test]
#[ignore = "stops the broker; needs STREAMS_TEST_KAFKA_PID"]
fn reading_and_writing_go_on_when_the_broker_is_back() {
    let pid = pid();
    let broker = broker_with(&[("socket.timeout.ms", "2000")]);
    let at = TopicPartition::new(topic(&broker, "outage", 1), 0);
    let mut producer = producer(&broker);
    let to = producer.topic(&at.topic).unwrap();
    let mut consumer = consumer(&broker);
    let slot = consumer.assign(&at, 0).unwrap();
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
        producer.send(&batch(to, &sent.to_be_bytes())).expect("no error within the delivery timeout");
        sent += 1;
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

#[test]
#[ignore = "stops the broker; needs STREAMS_TEST_KAFKA_PID"]
fn what_is_not_acknowledged_in_time_has_failed_and_writing_goes_on_later() {
    let pid = pid();
    let broker = broker();
    let at = TopicPartition::new(topic(&broker, "late", 1), 0);
    let config = ProducerConfig { delivery_timeout: Duration::from_secs(2), ..producer_config() };
    let mut producer = broker.producer(&config).unwrap();
    let to = producer.topic(&at.topic).unwrap();
    producer.send(&batch(to, b"before")).unwrap();
    producer.flush(PATIENCE).unwrap();
    let stopped = Stopped(pid);
    stopped.signal("-STOP");
    for _ in 0..5 {
        producer.send(&batch(to, b"late")).unwrap();
    }
    let start = Instant::now();
    match producer.flush(PATIENCE).unwrap_err() {
        BrokerError::Undelivered { topic, partition, reason } => {
            assert_eq!((topic.as_str(), partition), (&*at.topic, Some(0)));
            assert!(reason.contains("2000 ms"), "{reason}");
        }
        other => panic!("{other}"),
    }
    assert!(start.elapsed() < Duration::from_secs(8));
    producer.flush(PATIENCE).expect_err("the failure stays until all is given up");
    producer.purge();
    drop(stopped);
    // What is sent while the client finds its way back may fail too; in the end it goes on.
    let until = Instant::now() + PATIENCE;
    loop {
        assert!(Instant::now() < until, "writing does not go on");
        let sent = producer.send(&batch(to, b"after"));
        match sent.and_then(|()| producer.flush(PATIENCE)) {
            Ok(()) => break,
            Err(BrokerError::Undelivered { .. }) => producer.purge(),
            Err(other) => panic!("{other}"),
        }
    }
    let mut consumer = consumer(&broker);
    let end = producer.acknowledged_end(to, 0).unwrap();
    let slot = consumer.assign(&at, end - 1).unwrap();
    let last = read(consumer.as_mut(), slot, 1);
    assert_eq!(last.get(0).unwrap().value, Some(&b"after"[..]));
}

#[test]
#[ignore = "stops the broker; needs STREAMS_TEST_KAFKA_PID"]
fn every_question_is_answered_in_time_and_nothing_else_waits() {
    let limit = Duration::from_secs(3);
    let broker = broker_with(&[("socket.timeout.ms", "2000")]).request_timeout(limit).unwrap();
    let at = TopicPartition::new(topic(&broker, "silent", 1), 0);
    let member = broker
        .join_group(&GroupConfig {
            group: fresh("group"),
            topics: vec![at.topic.to_string()],
            instance: None,
            client_id: fresh("member"),
            session_timeout: Duration::from_secs(30),
        })
        .unwrap();
    let until = Instant::now() + PATIENCE;
    while !matches!(member.poll(Duration::from_millis(50)).unwrap(), Some(GroupEvent::Assigned(list)) if list.len() == 1) {
        assert!(Instant::now() < until);
    }
    let stopped = Stopped(pid());
    stopped.signal("-STOP");
    std::thread::sleep(Duration::from_millis(100));
    let new_topic = NewTopic { name: fresh("silent"), partitions: 1, replication: 1, config: BTreeMap::new() };
    let begun = Instant::now();
    let offset = CommitOffset { partition: at.clone(), offset: 1, metadata: String::new() };
    let mut answers: Vec<(&str, Option<Answer<()>>)> = vec![
        // First the one that blocks a thread.
        ("all topics", Some(broker.all_topics().map(drop))),
        ("commit", Some(member.commit(&[offset]))),
        ("committed", Some(member.committed(std::slice::from_ref(&at)).map(drop))),
        ("topics", Some(broker.topics(&[&at.topic]).map(drop))),
        ("offsets", Some(broker.offsets(std::slice::from_ref(&at), OffsetAt::Latest, Isolation::ReadUncommitted).map(drop))),
        ("delete", Some(broker.delete_records(&[(at.clone(), 0)]))),
        ("members", Some(member.members().map(drop))),
        ("create", Some(broker.create_topic(&new_topic))),
        ("config", Some(broker.topic_config(&at.topic).map(drop))),
    ];
    assert!(begun.elapsed() < Duration::from_millis(100), "asking took {:?}", begun.elapsed());
    while answers.iter().any(|(_, answer)| answer.is_some()) {
        assert!(begun.elapsed() < limit * 2, "{answers:?}");
        let poll = Instant::now();
        member.poll(Duration::ZERO).unwrap();
        for (name, place) in &mut answers {
            let Some(result) = place.as_mut().and_then(|answer| answer.try_take(std::task::Waker::noop())) else { continue };
            let error = result.expect_err(name);
            assert!(error.is_retriable(), "{name}: {error}");
            *place = None;
        }
        assert!(poll.elapsed() < Duration::from_millis(100), "a look took {:?}", poll.elapsed());
        std::thread::sleep(Duration::from_millis(1));
    }
    // The group cannot have heard.
    let begun = Instant::now();
    let error = member.leave().wait().unwrap_err();
    assert!(error.is_retriable() && begun.elapsed() < limit * 2, "{error}, {:?}", begun.elapsed());
    // What was given up comes to an end, and new questions are answered.
    drop(stopped);
    let until = Instant::now() + PATIENCE;
    while broker.topics(&[&at.topic]).wait().is_err()
        || broker.offsets(std::slice::from_ref(&at), OffsetAt::Latest, Isolation::default()).wait().is_err()
    {
        assert!(Instant::now() < until, "the broker is back, and does not answer");
    }
    assert!(member.members().wait().is_ok());
}

#[test]
#[ignore = "stops the broker; needs STREAMS_TEST_KAFKA_PID"]
fn what_is_given_up_while_the_broker_is_away_brings_no_error_and_what_follows_is_written() {
    let broker = broker();
    let at = TopicPartition::new(topic(&broker, "given-up", 1), 0);
    let config = ProducerConfig { delivery_timeout: Duration::from_secs(5), ..producer_config() };
    let mut producer = broker.producer(&config).unwrap();
    let to = producer.declare(&at.topic, 1).unwrap();
    producer.send(&batch(to, b"before")).unwrap();
    producer.flush(PATIENCE).unwrap();
    let stopped = Stopped(pid());
    stopped.signal("-STOP");
    for _ in 0..2000 {
        producer.send(&batch(to, &[b'x'; 5000])).unwrap();
    }
    let begun = Instant::now();
    producer.purge();
    assert!(begun.elapsed() < Duration::from_millis(100), "{:?}", begun.elapsed());
    producer.send(&batch(to, b"after")).unwrap();
    while begun.elapsed() < Duration::from_secs(2) {
        producer.poll().unwrap();
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(stopped);
    producer.flush(PATIENCE).unwrap();
    let end = producer.acknowledged_end(to, 0).unwrap();
    let mut consumer = consumer(&broker);
    let slot = consumer.assign(&at, 0).unwrap();
    let records = read(consumer.as_mut(), slot, usize::try_from(end).unwrap());
    assert_eq!(records.get(0).unwrap().value, Some(&b"before"[..]));
    assert_eq!(records.iter().last().unwrap().value, Some(&b"after"[..]));
    // What was on the network may have arrived.
    assert!(records.len() < 1000, "{}", records.len());
}
