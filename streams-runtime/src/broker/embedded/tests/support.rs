//! What the tests share.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::broker::embedded::simulated_disk::{Process, SimulatedDisk};
use crate::broker::embedded::{EmbeddedLog, EmbeddedOptions};
use crate::broker::{
    Broker, BrokerError, CommitOffset, Consumer, ConsumerConfig, GroupConfig, GroupEvent, GroupMember, Isolation, Producer, ProducerConfig,
    TopicPartition,
};
use crate::record::{NewRecord, RecordBatch};
use crate::time::clock::ManualMonotonicClock;

pub(super) fn tp(topic: &str, partition: i32) -> TopicPartition {
    TopicPartition::new(topic, partition)
}

/// A log for which no time passes unless it is told so.
pub(super) fn log_with_clock() -> (EmbeddedLog, Arc<ManualMonotonicClock>) {
    let clock = Arc::new(ManualMonotonicClock::default());
    let options = EmbeddedOptions { monotonic_clock: clock.clone(), ..EmbeddedOptions::default() };
    (EmbeddedLog::in_memory_with(options), clock)
}

fn numbers(mut seed: u64) -> impl FnMut() -> u64 + Send {
    move || {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        seed >> 33
    }
}

pub(super) fn disk() -> SimulatedDisk {
    SimulatedDisk::new(numbers(1))
}

/// The machine goes down and comes up; what survives depends on the seed.
pub(super) fn crash(disk: &SimulatedDisk, seed: u64) {
    disk.set_random(numbers(seed));
    disk.crash().unwrap();
}

pub(super) fn open_on(disk: &SimulatedDisk, options: EmbeddedOptions) -> Result<EmbeddedLog, BrokerError> {
    EmbeddedLog::open_on(disk.process(), Path::new("/data/log"), options)
}

/// A log of a process that can be killed.
pub(super) fn process_on(disk: &SimulatedDisk, options: EmbeddedOptions) -> (EmbeddedLog, Arc<Process>) {
    let process = disk.process();
    (EmbeddedLog::open_on(process.clone(), Path::new("/data/log"), options).unwrap(), process)
}

pub(super) fn consumer(log: &EmbeddedLog) -> Box<dyn Consumer> {
    let config = ConsumerConfig { client_id: "test".into(), isolation: Isolation::ReadUncommitted, fetch_ahead_bytes: 1 << 20 };
    log.consumer(&config).unwrap()
}

pub(super) fn producer(log: &EmbeddedLog) -> Box<dyn Producer> {
    let config = ProducerConfig {
        client_id: "test".into(),
        linger: Duration::from_millis(5),
        batch_bytes: 1 << 20,
        buffer_bytes: 32 << 20,
        delivery_timeout: Duration::from_secs(10),
    };
    log.producer(&config).unwrap()
}

pub(super) const SESSION: Duration = Duration::from_secs(10);

pub(super) fn join(log: &EmbeddedLog, topics: &[&str]) -> Arc<dyn GroupMember> {
    join_as(log, topics, None)
}

pub(super) fn join_as(log: &EmbeddedLog, topics: &[&str], instance: Option<&str>) -> Arc<dyn GroupMember> {
    let config = GroupConfig {
        group: "group".into(),
        topics: topics.iter().map(|t| t.to_string()).collect(),
        instance: instance.map(str::to_owned),
        client_id: "test".into(),
        session_timeout: SESSION,
    };
    log.join_group(&config).unwrap()
}

pub(super) fn poll(member: &Arc<dyn GroupMember>) -> Option<GroupEvent> {
    member.poll(Duration::ZERO).unwrap()
}

pub(super) fn offset(partition: TopicPartition, offset: i64) -> CommitOffset {
    CommitOffset { partition, offset, metadata: format!("m{offset}") }
}

pub(super) fn record(key: Option<&[u8]>, value: &[u8], timestamp_ms: i64) -> RecordBatch {
    let mut batch = RecordBatch::default();
    batch.push(NewRecord { key, value: Some(value), timestamp_ms, offset: 0 });
    batch
}

/// Appends one record with this value.
pub(super) fn put(log: &EmbeddedLog, topic: &str, partition: i32, value: &[u8], timestamp_ms: i64) -> i64 {
    let batch = record(None, value, timestamp_ms);
    log.append(topic, Some(partition), batch.get(0).unwrap()).unwrap().1
}

/// Offset and value of all records from an offset on.
pub(super) fn values(log: &EmbeddedLog, topic: &str, partition: i32, from: i64) -> Vec<(i64, String)> {
    let batch = log.read(topic, partition, from, usize::MAX).unwrap();
    batch.iter().map(|r| (r.offset, String::from_utf8(r.value.unwrap().to_vec()).unwrap())).collect()
}

/// So many cases, or as many as `PROPTEST_CASES` asks for if those are more.
pub(super) fn at_least(cases: u32) -> proptest::test_runner::Config {
    let mut config = proptest::test_runner::Config::default();
    config.cases = config.cases.max(cases);
    config
}
