//! What an application costs that has nothing to do, and how soon it works again.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::producer::{BaseProducer, BaseRecord};

use crate::kafka;

/// The name of a process or thread, and the ticks of 10 ms that it has used.
fn used(stat: &str) -> (String, u64) {
    let text = fs::read_to_string(stat).unwrap_or_default();
    let Some((begin, rest)) = text.rsplit_once(')') else { return (String::new(), 0) };
    let fields: Vec<u64> = rest.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse().ok()).collect();
    (begin.split_once('(').map_or("", |(_, name)| name).to_owned(), fields.iter().sum())
}

/// The same of each thread, by its id.
fn used_by_threads(pid: u32) -> BTreeMap<String, (String, u64)> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).unwrap().flatten();
    threads.map(|thread| (thread.file_name().to_string_lossy().into_owned(), used(&format!("{}/stat", thread.path().display())))).collect()
}

#[test]
fn an_application_that_has_nothing_to_do_costs_little_and_answers_at_once() {
    const IDLE: Duration = Duration::from_secs(30);
    let [id, input, output] = ["idle", "in", "out"].map(kafka::fresh);
    kafka::create(&input, 8);
    kafka::create(&output, 1);
    let mut pipeline = kafka::start_with("idle", "numbers", &[("id", &id), ("input", &input), ("output", &output)], &["threads=1"]);
    assert_eq!(pipeline.wait_until_running().tasks, 8);
    std::thread::sleep(Duration::from_secs(3));

    let process = format!("/proc/{}/stat", pipeline.pid());
    let (before, threads_before) = (used(&process).1, used_by_threads(pipeline.pid()));
    std::thread::sleep(IDLE);
    let (after, threads_after) = (used(&process).1, used_by_threads(pipeline.pid()));
    let by_thread: Vec<String> = threads_after
        .iter()
        .map(|(thread, (name, ticks))| (name, ticks - threads_before.get(thread).map_or(0, |(_, before)| *before)))
        .filter(|(_, ticks)| *ticks > 0)
        .map(|(name, ticks)| format!("{name}: {ticks}"))
        .collect();
    println!("{} ticks of 10 ms in {IDLE:?}; {by_thread:?}", after - before);

    let delays = delays(&input, &output);
    println!("from a record to its result: {delays:?}");
    pipeline.terminate();
    assert!(delays[delays.len() / 2] < Duration::from_millis(50), "{delays:?}");
    // 1 % of a processor, without optimization. What it costs is wakes of the worker and of the
    // control thread.
    assert!(after - before < 30, "{} ticks of 10 ms in {IDLE:?}; {by_thread:?}", after - before);
}

/// How long a record takes to its result, one at a time; from the least to the greatest.
fn delays(input: &str, output: &str) -> Vec<Duration> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", kafka::address())
        .set("group.id", "delays")
        .set("enable.auto.commit", "false")
        .create()
        .unwrap();
    let mut list = rdkafka::TopicPartitionList::new();
    list.add_partition_offset(output, 0, rdkafka::Offset::Beginning).unwrap();
    consumer.assign(&list).unwrap();
    let producer: BaseProducer =
        ClientConfig::new().set("bootstrap.servers", kafka::address()).set("linger.ms", "0").set("acks", "1").create().unwrap();
    let mut delays: Vec<Duration> = (0..25_u64)
        .map(|n| {
            std::thread::sleep(Duration::from_millis(150));
            let value = (2 * n).to_be_bytes();
            let sent = Instant::now();
            let record: BaseRecord<'_, (), [u8]> = BaseRecord::to(input).partition((n % 8) as i32).payload(&value[..]);
            producer.send(record).map_err(|(error, _)| error).unwrap();
            // Not flushed: that waits for longer than a result takes.
            let until = sent + Duration::from_secs(20);
            loop {
                assert!(Instant::now() < until, "no result of record {n}");
                producer.poll(Duration::ZERO);
                if let Some(result) = consumer.poll(Duration::from_millis(1)) {
                    assert_eq!(rdkafka::Message::payload(&result.unwrap()), Some(&value[..]));
                    return sent.elapsed();
                }
            }
        })
        .collect();
    // The clients of the test connect with the first.
    let mut delays = delays.split_off(5);
    delays.sort_unstable();
    delays
}
