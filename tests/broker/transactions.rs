//! Records of transactions, written by another client.

use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use streams_runtime::broker::{Broker, ConsumerConfig, Isolation, OffsetAt, TopicPartition};
use streams_runtime::record::RecordBatch;

use crate::support::*;

fn transactional() -> BaseProducer {
    let producer: BaseProducer =
        ClientConfig::new().set("bootstrap.servers", address()).set("transactional.id", fresh("writer")).create().expect("a client");
    producer.init_transactions(PATIENCE).expect("a coordinator");
    producer
}

fn write(producer: &BaseProducer, at: &TopicPartition, value: &str) {
    let record: BaseRecord<'_, (), str> = BaseRecord::to(&at.topic).partition(at.partition).payload(value);
    producer.send(record).map_err(|(error, _)| error).expect("sent");
}

#[test]
fn the_position_passes_transaction_markers_and_aborted_records() {
    let broker = broker();
    let at = TopicPartition::new(topic(&broker, "transactions", 1), 0);
    let producer = transactional();
    let write = |value: &str| write(&producer, &at, value);
    producer.begin_transaction().unwrap();
    ["a", "b", "c"].into_iter().for_each(write);
    producer.commit_transaction(PATIENCE).unwrap();
    producer.begin_transaction().unwrap();
    ["x", "y"].into_iter().for_each(write);
    producer.flush(PATIENCE).unwrap();
    producer.abort_transaction(PATIENCE).unwrap();

    // Three records, a marker, two records, a marker.
    let ends = |isolation| {
        let ends = broker.offsets(std::slice::from_ref(&at), OffsetAt::Latest, isolation).wait();
        ends.unwrap()[0]
    };
    let until = Instant::now() + PATIENCE;
    while ends(Isolation::ReadCommitted) < 7 {
        assert!(Instant::now() < until);
        std::thread::sleep(Duration::from_millis(20));
    }
    for (isolation, expected) in [(Isolation::ReadCommitted, "abc"), (Isolation::ReadUncommitted, "abcxy")] {
        assert_eq!(ends(isolation), 7);
        let config = ConsumerConfig { client_id: fresh("reader"), isolation, fetch_ahead_bytes: 1 << 20 };
        let mut consumer = broker.consumer(&config).unwrap();
        let slot = consumer.assign(&at, 0).unwrap();
        let mut records = RecordBatch::default();
        while consumer.position(slot) < 7 {
            assert!(Instant::now() < until, "position {}", consumer.position(slot));
            if consumer.fetch(slot, 100, &mut records).unwrap() == 0 {
                consumer.wait(Duration::from_millis(100));
            }
        }
        assert_eq!(consumer.known_end(slot), Some(7));
        let values: Vec<u8> = records.iter().flat_map(|r| r.value.unwrap().to_vec()).collect();
        assert_eq!(values, expected.as_bytes());
    }
}

#[test]
fn a_reader_that_has_all_that_is_decided_is_at_the_end_whatever_is_open() {
    let broker = broker();
    let at = TopicPartition::new(topic(&broker, "open", 1), 0);
    let producer = transactional();
    let write = |value: &str| write(&producer, &at, value);
    let config = ConsumerConfig { client_id: fresh("reader"), isolation: Isolation::ReadCommitted, fetch_ahead_bytes: 1 << 20 };
    let mut consumer = broker.consumer(&config).unwrap();
    let slot = consumer.assign(&at, 0).unwrap();
    let mut records = RecordBatch::default();
    // Two records and a marker each time.
    for round in 0..3_i64 {
        producer.begin_transaction().unwrap();
        ["a", "b"].into_iter().for_each(write);
        producer.flush(PATIENCE).unwrap();
        let decided = round * 3;
        let until = Instant::now() + PATIENCE;
        while consumer.position(slot) < decided || consumer.known_end(slot) != Some(decided) {
            assert!(Instant::now() < until, "at {} of {:?}, round {round}", consumer.position(slot), consumer.known_end(slot));
            consumer.fetch(slot, 100, &mut records).unwrap();
            consumer.wait(Duration::from_millis(20));
        }
        // And stays there, whatever is fetched.
        let until = Instant::now() + Duration::from_millis(500);
        while Instant::now() < until {
            assert_eq!(consumer.fetch(slot, 100, &mut records).unwrap(), 0);
            assert_eq!((consumer.position(slot), consumer.known_end(slot)), (decided, Some(decided)));
            consumer.wait(Duration::from_millis(20));
        }
        assert_eq!(records.len(), round as usize * 2);
        producer.commit_transaction(PATIENCE).unwrap();
    }
}
