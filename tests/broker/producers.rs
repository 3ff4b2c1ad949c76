//! Producers: room, giving up, failures, topics that grow.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewPartitions};
use rdkafka::client::DefaultClientContext;
use streams_runtime::broker::{
    ANY_PARTITION, Broker, BrokerError, Flushed, Isolation, NewTopic, OffsetAt, ProduceBatch, ProducerConfig, TopicPartition, TopicSlot,
    Waker,
};
use streams_runtime::record::NewRecord;

use crate::support::*;

fn push(batch: &mut ProduceBatch, to: TopicSlot, partition: i32, key: &[u8], value: &[u8]) {
    batch.push(to, partition, NewRecord { key: Some(key), value: Some(value), timestamp_ms: 1, offset: 0 });
}

fn values(at: &TopicPartition) -> Vec<Vec<u8>> {
    let broker = broker();
    let end = broker.offsets(std::slice::from_ref(at), OffsetAt::Latest, Isolation::ReadUncommitted).wait().expect("end")[0];
    let mut consumer = consumer(&broker);
    let slot = consumer.assign(at, 0).expect("assign");
    let records = read(consumer.as_mut(), slot, usize::try_from(end).expect("an offset"));
    records.iter().map(|record| record.value.unwrap_or_default().to_vec()).collect()
}

#[test]
fn what_finds_no_room_is_kept_in_its_order_and_nobody_waits() {
    const COUNT: u32 = 60_000;
    let broker = broker();
    let at = TopicPartition::new(topic(&broker, "room", 1), 0);
    let config = ProducerConfig { buffer_bytes: 64 << 10, linger: Duration::ZERO, ..producer_config() };
    let mut producer = broker.producer(&config).unwrap();
    let to = producer.declare(&at.topic, 1).unwrap();
    let rings = Arc::new(AtomicU32::new(0));
    let counted = rings.clone();
    producer.wake(Waker::new(move || {
        counted.fetch_add(1, Ordering::Relaxed);
    }));
    assert!(producer.has_room());
    let mut batch = ProduceBatch::default();
    for n in 0..COUNT {
        push(&mut batch, to, 0, b"k", &n.to_be_bytes().repeat(10));
    }
    let begun = Instant::now();
    producer.send(&batch).unwrap();
    let took = begun.elapsed();
    assert!(!producer.has_room(), "64 KiB hold {COUNT} records");
    assert!(took < Duration::from_secs(1), "sending took {took:?}");
    batch.clear();
    push(&mut batch, to, 0, b"k", b"last");
    producer.send(&batch).unwrap();
    let until = Instant::now() + PATIENCE;
    while !producer.has_room() {
        assert!(Instant::now() < until, "no room");
        let heard = rings.load(Ordering::Relaxed);
        producer.poll().unwrap();
        while rings.load(Ordering::Relaxed) == heard && !producer.has_room() {
            assert!(Instant::now() < until, "no ring");
            std::thread::sleep(Duration::from_micros(100));
        }
    }
    producer.flush(PATIENCE).unwrap();
    let values = values(&at);
    assert_eq!(values.len(), COUNT as usize + 1);
    for (n, value) in values.iter().take(COUNT as usize).enumerate() {
        assert_eq!(value[..4], (n as u32).to_be_bytes());
    }
    assert_eq!(values.last().unwrap(), b"last");
}

#[test]
fn a_failure_stays_until_everything_is_given_up() {
    let broker = broker();
    // The client's own limit is out of the way; the broker's is not.
    let lenient = broker_with(&[("producer.message.max.bytes", "8000000")]);
    let at = TopicPartition::new(topic(&broker, "refused", 1), 0);
    let mut producer = producer(&lenient);
    let to = producer.topic(&at.topic).unwrap();
    let mut batch = ProduceBatch::default();
    push(&mut batch, to, 0, b"k", &vec![b'x'; 3 << 20]);
    producer.send(&batch).unwrap();
    let first = producer.flush(PATIENCE).unwrap_err();
    assert!(matches!(first, BrokerError::Produce { permanent: true, .. }), "{first}");
    let text = first.to_string();
    assert!(text.contains("`max.message.bytes` of the topic") && text.contains("message.max.bytes` of the client"), "{text}");
    for _ in 0..3 {
        assert_eq!(producer.flush_step().unwrap_err().to_string(), text);
        assert_eq!(producer.poll().unwrap_err().to_string(), text);
    }
    producer.purge();
    producer.flush(PATIENCE).unwrap();
    batch.clear();
    push(&mut batch, to, 0, b"k", b"fits");
    producer.send(&batch).unwrap();
    producer.flush(PATIENCE).unwrap();
    assert_eq!(values(&at), [b"fits"]);
}

#[test]
fn what_is_given_up_is_not_written_and_what_follows_is() {
    let broker = broker();
    let at = TopicPartition::new(topic(&broker, "given-up", 1), 0);
    // Held back until somebody flushes.
    let config = ProducerConfig { linger: Duration::from_secs(20), buffer_bytes: 64 << 10, ..producer_config() };
    let mut producer = broker.producer(&config).unwrap();
    let to = producer.declare(&at.topic, 1).unwrap();
    for round in 0..5 {
        let mut batch = ProduceBatch::default();
        for _ in 0..2000 {
            push(&mut batch, to, 0, b"k", &[b'x'; 100]);
        }
        producer.send(&batch).unwrap();
        producer.purge();
        batch.clear();
        push(&mut batch, to, 0, b"k", format!("round {round}").as_bytes());
        producer.send(&batch).unwrap();
        let begun = Instant::now();
        producer.flush(PATIENCE).unwrap();
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    }
    let kept: Vec<_> = values(&at).into_iter().filter(|value| value[0] != b'x').collect();
    assert_eq!(kept, (0..5).map(|round| format!("round {round}").into_bytes()).collect::<Vec<_>>());
}

/// The client itself would hear of the new partitions only minutes later.
#[tokio::test]
async fn a_topic_that_grows_is_written_as_it_is_now() {
    let broker = broker();
    let name = topic(&broker, "growing", 1);
    let mut producer = producer(&broker);
    let to = producer.declare(&name, 1).unwrap();
    let mut batch = ProduceBatch::default();
    push(&mut batch, to, 0, b"k", b"before");
    producer.send(&batch).unwrap();
    producer.flush(PATIENCE).unwrap();
    let admin: AdminClient<DefaultClientContext> = ClientConfig::new().set("bootstrap.servers", address()).create().unwrap();
    admin.create_partitions(&[NewPartitions::new(&name, 3)], &AdminOptions::new()).await.unwrap();
    assert_eq!(producer.declare(&name, 3).unwrap(), to);
    assert_eq!(producer.partitions(to), 3);
    batch.clear();
    push(&mut batch, to, 2, b"k", b"to the new one");
    push(&mut batch, to, 0, b"k", b"after");
    push(&mut batch, to, ANY_PARTITION, b"k", b"anywhere");
    let begun = Instant::now();
    producer.send(&batch).unwrap();
    producer.flush(PATIENCE).unwrap();
    println!("written {:?} after the topic grew", begun.elapsed());
    assert!(producer.acknowledged_end(to, 2) >= Some(1));
}

#[test]
fn records_sent_while_others_are_sent_again_come_behind_them() {
    let broker = broker_with(&[("producer.message.max.bytes", "8000000")]);
    let name = fresh("mended");
    let config = [("max.message.bytes".to_owned(), "2000".to_owned())].into();
    broker.create_topic(&NewTopic { name: name.clone(), partitions: 1, replication: 1, config }).wait().unwrap();
    let at = TopicPartition::new(name.as_str(), 0);
    let config = ProducerConfig { batch_bytes: 1000, linger: Duration::ZERO, ..producer_config() };
    let mut producer = broker.producer(&config).unwrap();
    let to = producer.declare(&name, 1).unwrap();
    let mut batch = ProduceBatch::default();
    for n in 0..200_u32 {
        batch.clear();
        let noise: Vec<u8> = (0..3000_u32).map(|i| (i.wrapping_mul(n + 7).wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let value = n.to_string();
        push(&mut batch, to, 0, format!("k{}", n % 3).as_bytes(), if n % 50 == 20 { &noise } else { value.as_bytes() });
        // An error about one sent earlier may come here.
        producer.send(&batch).unwrap_or_default();
    }
    // The bad ones have no origin, so they are failures.
    let until = Instant::now() + PATIENCE;
    while producer.has_room() != (producer.acknowledged_end(to, 0) >= Some(196)) || !producer.has_room() {
        assert!(Instant::now() < until);
        producer.flush_step().err();
    }
    let error = producer.flush(PATIENCE).unwrap_err();
    assert!(matches!(error, BrokerError::Produce { permanent: true, .. }), "{error}");
    let values: Vec<u32> = values(&at).iter().map(|value| String::from_utf8(value.clone()).unwrap().parse().unwrap()).collect();
    for n in (0..200).filter(|n| n % 50 != 20) {
        assert!(values.contains(&n), "{n} is missing");
    }
    for (key, last) in [(0, 198), (1, 199), (2, 197)] {
        assert_eq!(values.iter().rfind(|n| **n % 3 == key), Some(&last), "{key}");
    }
}

#[test]
fn a_new_producer_has_its_first_acknowledgement_soon() {
    let broker = broker();
    let name = topic(&broker, "first", 1);
    let mut times: Vec<_> = (0..5)
        .map(|_| {
            let begun = Instant::now();
            let mut producer = producer(&broker);
            let to = producer.declare(&name, 1).unwrap();
            let mut batch = ProduceBatch::default();
            push(&mut batch, to, 0, b"k", b"v");
            producer.send(&batch).unwrap();
            while producer.flush_step().unwrap() == Flushed::Waiting {
                assert!(begun.elapsed() < PATIENCE);
            }
            begun.elapsed()
        })
        .collect();
    times.sort();
    println!("a new producer's first acknowledgement: {times:?}");
    // Left to itself, librdkafka asks for the leader up to a second later.
    assert!(times[2] < Duration::from_millis(700), "{times:?}");
}
