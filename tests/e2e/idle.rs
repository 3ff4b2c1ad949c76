//! What an application costs that has nothing to do, and how soon it works again.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::producer::{BaseProducer, BaseRecord};

use crate::kafka;

/// The processor time of each thread of a process, with its name.
fn used(pid: u32) -> BTreeMap<String, (String, Duration)> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).unwrap().flatten();
    let of = |thread: fs::DirEntry| {
        let read = |file: &str| fs::read_to_string(thread.path().join(file)).unwrap_or_default();
        let on_processor_ns = read("schedstat").split_whitespace().next().and_then(|ns| ns.parse().ok());
        let used = Duration::from_nanos(on_processor_ns.unwrap_or(0));
        (thread.file_name().to_string_lossy().into_owned(), (read("comm").trim_end().to_owned(), used))
    };
    threads.map(of).collect()
}

/// What else runs on the machine can only add to a cost: the least of so many looks counts.
const LOOKS: usize = 3;

#[test]
fn an_application_that_has_nothing_to_do_costs_little_and_answers_at_once() {
    let [id, input, output, plain] = ["idle", "in", "out", "plain"].map(kafka::fresh);
    kafka::create(&input, 8);
    kafka::create(&output, 1);
    kafka::create(&plain, 8);
    let topics = [("id", &id), ("input", &input), ("output", &output)];
    let mut pipeline = kafka::start_with("idle", "numbers", &topics, &["threads=1", "linger_ms=0"]);
    assert_eq!(pipeline.wait_until_running().tasks, 8);
    std::thread::sleep(Duration::from_secs(3));
    let is_little = (0..LOOKS).any(|_| idle_cost(pipeline.pid()) < MOST);
    assert!(is_little, "more than {MOST:?} of processor time in {IDLE:?}");
    let is_soon = (0..LOOKS).any(|_| {
        let [to_result, by_topic] = [delays(&input, &output), delays(&plain, &plain)];
        println!("from a record to its result: {to_result:?}; through a topic alone: {by_topic:?}");
        // A record comes to the application, and its result back, each through a topic.
        to_result[to_result.len() / 2].saturating_sub(2 * by_topic[by_topic.len() / 2]) < Duration::from_millis(1)
    });
    assert!(is_soon, "more than 1 ms in the application");
    pipeline.terminate();
}

const IDLE: Duration = Duration::from_secs(30);

/// 0.2 % of a processor; without optimization 0.3 %.
const MOST: Duration = Duration::from_millis(if cfg!(debug_assertions) { 90 } else { 60 });

/// The processor time that a process uses meanwhile.
fn idle_cost(pid: u32) -> Duration {
    let before = used(pid);
    std::thread::sleep(IDLE);
    let since = |(thread, (name, after)): (String, (String, Duration))| {
        (name, after - before.get(&thread).map_or(Duration::ZERO, |(_, before)| *before))
    };
    let used: Vec<(String, Duration)> = used(pid).into_iter().map(since).collect();
    let sum = used.iter().map(|(_, used)| *used).sum();
    println!("{sum:?} of processor time in {IDLE:?}: {used:?}");
    sum
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
    for (partition, end) in kafka::ends(output).into_iter().enumerate() {
        list.add_partition_offset(output, partition as i32, rdkafka::Offset::Offset(end)).unwrap();
    }
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
