//! Transactions of other programs, in a topic that is read and in a changelog.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use serde_json::json;
use tests::process::{PATIENCE, Pipeline, eventually};

use crate::kafka;

/// A producer of transactions.
struct Transactions {
    producer: BaseProducer,
    topic: String,
}

impl Transactions {
    fn new(topic: &str) -> Self {
        let producer: BaseProducer = ClientConfig::new()
            .set("bootstrap.servers", kafka::address())
            .set("transactional.id", kafka::fresh("transactions"))
            .set("partitioner", "murmur2_random")
            .create()
            .unwrap();
        producer.init_transactions(PATIENCE).unwrap();
        Transactions { producer, topic: topic.to_owned() }
    }

    /// Begins one, with these records.
    fn begin(&self, records: usize, key: &str, value: &[u8]) {
        self.producer.begin_transaction().unwrap();
        for _ in 0..records {
            self.producer.send(BaseRecord::to(&self.topic).key(key).payload(value)).map_err(|(error, _)| error).unwrap();
        }
        self.producer.flush(PATIENCE).unwrap();
    }

    fn commit(&self) {
        self.producer.commit_transaction(PATIENCE).unwrap();
    }

    fn abort(&self) {
        self.producer.abort_transaction(PATIENCE).unwrap();
    }
}

struct Counting {
    id: String,
    input: String,
    output: String,
}

impl Counting {
    fn fresh(name: &str) -> Self {
        let [id, input, output] = [name, "in", "out"].map(kafka::fresh);
        kafka::create(&input, 1);
        kafka::create(&output, 1);
        Counting { id, input, output }
    }

    fn start(&self) -> Pipeline {
        let topics = [("id", &self.id), ("input", &self.input), ("output", &self.output)];
        let mut pipeline = kafka::start_with("transactions", "counted", &topics, &["commit_ms=100", "session_ms=6000", "cache=0"]);
        pipeline.wait_until_running();
        pipeline
    }
}

fn counts(pipeline: &mut Pipeline) -> BTreeMap<String, u64> {
    pipeline.rows().into_iter().map(|(k, v)| (k, v.as_u64().unwrap())).collect()
}

fn drained(pipeline: &mut Pipeline) -> bool {
    pipeline.ask("drained")["drained"] == json!(true)
}

fn expected(counts: &[(&str, u64)]) -> BTreeMap<String, u64> {
    counts.iter().map(|(key, count)| ((*key).to_owned(), *count)).collect()
}

#[test]
fn aborted_records_are_neither_processed_nor_restored() {
    let counting = Counting::fresh("aborted");
    let input = Transactions::new(&counting.input);
    for (records, key, is_committed) in [(10, "a", true), (1_000, "a", false), (10, "b", true), (5, "c", false)] {
        input.begin(records, key, b"v");
        if is_committed { input.commit() } else { input.abort() }
    }
    let mut first = counting.start();
    eventually("all is done", || drained(&mut first));
    assert_eq!(counts(&mut first), expected(&[("a", 10), ("b", 10)]));
    assert_eq!(first.status().records, 20);
    eventually("committed beyond the last marker", || kafka::is_done(&counting.id, &counting.input));
    first.terminate();

    let changelog = Transactions::new(&format!("{}-counts-changelog", counting.id));
    for (key, count, is_committed) in [("z", 7_u64, true), ("z", 9, false), ("a", 100, false), ("b", 11, true), ("y", 1, false)] {
        changelog.begin(1, key, &count.to_be_bytes());
        if is_committed { changelog.commit() } else { changelog.abort() }
    }
    let mut second = counting.start();
    assert_eq!(counts(&mut second), expected(&[("a", 10), ("b", 11), ("z", 7)]));
    input.begin(1, "z", b"v");
    input.commit();
    eventually("all is done", || drained(&mut second));
    assert_eq!(counts(&mut second), expected(&[("a", 10), ("b", 11), ("z", 8)]));
    second.terminate();
    assert!(kafka::read(&counting.output).iter().flatten().all(|result| result.number() <= 11));
}

#[test]
fn an_open_transaction_is_waited_for_until_it_is_decided() {
    let counting = Counting::fresh("open");
    let mut pipeline = counting.start();
    for (round, is_committed) in [(0, true), (1, false), (2, true)] {
        let open = Transactions::new(&counting.input);
        open.begin(10, "open", b"v");
        // Somebody else writes behind it.
        let other = Transactions::new(&counting.input);
        other.begin(5, "other", b"v");
        other.commit();
        std::thread::sleep(Duration::from_millis(700));
        let before = pipeline.status().records;
        // What is not decided is not there yet.
        assert!(drained(&mut pipeline), "round {round}");
        assert_eq!(pipeline.status().records, before);
        if is_committed {
            open.commit()
        } else {
            open.abort()
        }
        let now = before + if is_committed { 15 } else { 5 };
        pipeline.wait_for("what was behind it is processed", |s| s.records == now);
        assert!(drained(&mut pipeline), "round {round}");
        eventually("all is committed", || kafka::is_done(&counting.id, &counting.input));
    }
    assert_eq!(counts(&mut pipeline), expected(&[("open", 20), ("other", 15)]));
    pipeline.terminate();
}
