//! Writing and reading.

use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::client::DefaultClientContext;
use streams_runtime::broker::{
    ANY_PARTITION, Broker, BrokerError, Consumer, Isolation, OffsetAt, PartitionSlot, ProduceBatch, TopicPartition,
};
use streams_runtime::record::{NewRecord, RecordBatch};

use crate::support::*;

fn record<'a>(key: Option<&'a [u8]>, value: Option<&'a [u8]>, timestamp_ms: i64) -> NewRecord<'a> {
    NewRecord { key, value, timestamp_ms, offset: 0 }
}

#[test]
fn keys_values_nulls_headers_and_timestamps_come_back_as_they_were() {
    let broker = broker();
    let topic = topic(&broker, "round-trip", 2);
    let mut producer = producer(&broker);
    let slot = producer.topic(&topic).unwrap();
    assert_eq!(producer.partitions(slot), 2);
    assert_eq!(producer.acknowledged_end(slot, 1), None);
    let mut batch = ProduceBatch::default();
    batch.push(slot, 1, record(Some(b"k"), Some(b"v"), 7));
    batch.push_header(b"trace", Some(b"\xff\x00"));
    batch.push_header(b"trace", None);
    batch.push_header(b"", Some(b""));
    batch.push(slot, 1, record(None, Some(b""), 8));
    batch.push(slot, 1, record(Some(b""), None, 9));
    batch.push(slot, 1, record(Some(b"zero"), Some(b"z"), 0));
    producer.send(&batch).unwrap();
    producer.flush(PATIENCE).unwrap();
    assert_eq!(producer.acknowledged_end(slot, 1), Some(4));
    assert_eq!(producer.acknowledged_end(slot, 0), None);

    let mut consumer = consumer(&broker);
    let slot = consumer.assign(&TopicPartition::new(topic.as_str(), 1), 0).unwrap();
    let got = read(consumer.as_mut(), slot, 4);
    let first = got.get(0).unwrap();
    assert_eq!((first.key, first.value, first.timestamp_ms, first.offset), (Some(&b"k"[..]), Some(&b"v"[..]), 7, 0));
    let headers: Vec<_> = first.headers.iter().map(|h| (h.name_bytes(), h.value)).collect();
    let expected: [(&[u8], Option<&[u8]>); 3] = [(b"trace", Some(b"\xff\x00")), (b"trace", None), (b"", Some(b""))];
    assert_eq!(headers, expected);
    let rest: Vec<_> = got.iter().skip(1).map(|r| (r.key, r.value, r.timestamp_ms, r.offset, r.headers.len())).collect();
    let expected = [
        (None, Some(&b""[..]), 8, 1, 0),
        (Some(&b""[..]), None, 9, 2, 0),
        // As documented: librdkafka cannot send the timestamp 0.
        (Some(&b"zero"[..]), Some(&b"z"[..]), 1, 3, 0),
    ];
    assert_eq!(rest, expected);
}

#[test]
fn many_records_come_in_order_and_once_from_each_partition() {
    const EACH: usize = 60_000;
    let broker = broker();
    let topic = topic(&broker, "many", 3);
    let mut producer = producer(&broker);
    let to = producer.topic(&topic).unwrap();
    let mut batch = ProduceBatch::default();
    for n in 0..EACH {
        for partition in 0..3 {
            let value = (n as u64).to_be_bytes();
            batch.push(to, partition, record(Some(&value), Some(&value), 1 + n as i64));
        }
        if batch.len() >= 3000 {
            producer.send(&batch).unwrap();
            batch.clear();
        }
    }
    producer.send(&batch).unwrap();
    producer.flush(PATIENCE).unwrap();
    for partition in 0..3 {
        assert_eq!(producer.acknowledged_end(to, partition), Some(EACH as i64));
    }

    let mut consumer = consumer(&broker);
    let slots: Vec<_> = (0..3).map(|p| consumer.assign(&TopicPartition::new(topic.as_str(), p), 0).unwrap()).collect();
    let mut next = [0u64; 3];
    let mut records = RecordBatch::default();
    let until = Instant::now() + PATIENCE;
    while next.iter().any(|n| *n < EACH as u64) {
        assert!(Instant::now() < until, "got {next:?}");
        let mut got = 0;
        for (index, slot) in slots.iter().enumerate() {
            records.clear();
            got += consumer.fetch(*slot, 777, &mut records).unwrap();
            for record in records.iter() {
                assert_eq!(record.offset, next[index] as i64);
                assert_eq!(record.value, Some(&next[index].to_be_bytes()[..]));
                next[index] += 1;
            }
            assert_eq!(consumer.position(*slot), next[index] as i64);
        }
        if got == 0 {
            consumer.wait(Duration::from_millis(100));
        }
    }
}

#[test]
fn position_and_known_end_meet_at_the_end_also_of_an_empty_partition() {
    let broker = broker();
    let topic = topic(&broker, "ends", 2);
    let full = TopicPartition::new(topic.as_str(), 0);
    fill(&broker, &full, 5);
    let mut consumer = consumer(&broker);
    let slot = consumer.assign(&full, 2).unwrap();
    assert_eq!(consumer.position(slot), 2);
    let got = read(consumer.as_mut(), slot, 3);
    assert_eq!(got.get(0).unwrap().offset, 2);
    assert_eq!(consumer.position(slot), 5);
    assert_eq!(consumer.known_end(slot), Some(5));
    let empty = consumer.assign(&TopicPartition::new(topic.as_str(), 1), 0).unwrap();
    let until = Instant::now() + PATIENCE;
    while consumer.known_end(empty).is_none() {
        assert!(Instant::now() < until);
        consumer.wait(Duration::from_millis(100));
    }
    assert_eq!((consumer.known_end(empty), consumer.position(empty)), (Some(0), 0));
}

#[test]
fn a_partition_can_be_let_go_and_taken_again_anywhere() {
    let broker = broker();
    let at = TopicPartition::new(topic(&broker, "again", 1), 0);
    fill(&broker, &at, 100);
    let mut consumer = consumer(&broker);
    let slot = consumer.assign(&at, 0).unwrap();
    read(consumer.as_mut(), slot, 10);
    assert!(consumer.assign(&at, 0).is_err(), "twice at the same time");
    consumer.unassign(slot).unwrap();
    let mut none = RecordBatch::default();
    assert!(consumer.fetch(slot, 10, &mut none).is_err());
    for start in [50, 20, 99] {
        let slot = consumer.assign(&at, start).unwrap();
        let got = read(consumer.as_mut(), slot, 100 - start as usize);
        let offsets: Vec<_> = got.iter().map(|r| r.offset).collect();
        assert_eq!(offsets, (start..100).collect::<Vec<_>>());
        consumer.unassign(slot).unwrap();
    }
}

#[test]
fn wait_ends_with_records_with_the_waker_or_with_the_time() {
    let broker = broker();
    let at = TopicPartition::new(topic(&broker, "wait", 1), 0);
    let mut consumer = consumer(&broker);
    let slot = consumer.assign(&at, 0).unwrap();
    let mut records = RecordBatch::default();
    // Until nothing is reported any more (the end of the partition is).
    while consumer.known_end(slot).is_none() {
        consumer.wait(Duration::from_millis(300));
    }
    for _ in 0..3 {
        consumer.fetch(slot, 10, &mut records).unwrap();
        consumer.wait(Duration::from_millis(300));
    }
    assert_eq!(records.len(), 0);

    let start = Instant::now();
    consumer.wait(Duration::from_millis(700));
    let slept = start.elapsed();
    assert!(slept >= Duration::from_millis(690), "woke after {slept:?} for nothing");

    let waker = consumer.waker();
    waker.wake();
    let start = Instant::now();
    consumer.wait(PATIENCE);
    assert!(start.elapsed() < Duration::from_secs(1), "a wake before the wait is kept");
    let thread = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        waker.wake();
    });
    let start = Instant::now();
    consumer.wait(PATIENCE);
    assert!(start.elapsed() < PATIENCE / 2);
    thread.join().unwrap();

    let writer = std::thread::spawn({
        let at = at.clone();
        move || {
            std::thread::sleep(Duration::from_millis(300));
            fill(&crate::support::broker(), &at, 1);
        }
    });
    let start = Instant::now();
    while consumer.fetch(slot, 10, &mut records).unwrap() == 0 {
        consumer.wait(PATIENCE);
        assert!(start.elapsed() < PATIENCE / 2, "the record did not end the wait");
    }
    writer.join().unwrap();
}

#[test]
fn an_offset_that_is_gone_or_not_there_yet_is_an_error_that_names_the_earliest() {
    let broker = broker();
    let at = TopicPartition::new(topic(&broker, "range", 1), 0);
    fill(&broker, &at, 20);
    broker.delete_records(&[(at.clone(), 12)]).wait().unwrap();
    let isolation = Isolation::ReadUncommitted;
    let earliest = broker.offsets(std::slice::from_ref(&at), OffsetAt::Earliest, isolation).wait();
    assert_eq!(earliest.unwrap(), [12]);
    for wrong in [3, 500] {
        let mut consumer = consumer(&broker);
        let slot = consumer.assign(&at, wrong).unwrap();
        let mut records = RecordBatch::default();
        let until = Instant::now() + PATIENCE;
        let error = loop {
            assert!(Instant::now() < until, "no error at offset {wrong}");
            match consumer.fetch(slot, 10, &mut records) {
                Ok(0) => consumer.wait(Duration::from_millis(100)),
                Ok(n) => panic!("{n} records from offset {wrong}"),
                Err(error) => break error,
            }
        };
        match error {
            BrokerError::OffsetOutOfRange { partition, offset, earliest } => {
                assert_eq!((partition, offset, earliest), (at.clone(), wrong, 12));
            }
            other => panic!("{other}"),
        }
        // And from there it goes on.
        consumer.unassign(slot).unwrap();
        let slot = consumer.assign(&at, 12).unwrap();
        assert_eq!(read(consumer.as_mut(), slot, 8).get(0).unwrap().offset, 12);
    }
}

#[test]
fn a_record_too_large_fails_for_good_and_the_others_are_written() {
    let broker = broker();
    let at = TopicPartition::new(topic(&broker, "large", 1), 0);
    let mut producer = producer(&broker);
    let slot = producer.topic(&at.topic).unwrap();
    let large = vec![b'x'; 2 << 20];
    let mut batch = ProduceBatch::default();
    batch.push(slot, 0, record(None, Some(b"before"), 1));
    batch.push(slot, 0, record(None, Some(&large), 2));
    batch.push(slot, 0, record(None, Some(b"after"), 3));
    match producer.send(&batch).unwrap_err() {
        BrokerError::Produce { topic, partition, permanent, reason } => {
            assert_eq!((topic.as_str(), partition, permanent), (&*at.topic, Some(0), true));
            assert!(reason.contains("large"), "{reason}");
        }
        other => panic!("{other}"),
    }
    // The others go their way, but nobody is told that all is well.
    let until = Instant::now() + PATIENCE;
    while producer.acknowledged_end(slot, 0) != Some(2) {
        assert!(Instant::now() < until);
        producer.flush_step().unwrap_err();
    }
    let mut consumer = consumer(&broker);
    let slot = consumer.assign(&at, 0).unwrap();
    let values: Vec<_> = read(consumer.as_mut(), slot, 2).iter().map(|r| r.value.unwrap().to_vec()).collect();
    assert_eq!(values, [b"before".to_vec(), b"after".to_vec()]);
}

#[test]
fn records_for_any_partition_are_spread() {
    let broker = broker();
    let topic = topic(&broker, "spread", 4);
    let mut producer = producer(&broker);
    let slot = producer.topic(&topic).unwrap();
    let mut batch = ProduceBatch::default();
    for round in 0..40 {
        batch.clear();
        batch.push(slot, ANY_PARTITION, record(None, Some(b"v"), 1 + round));
        producer.send(&batch).unwrap();
        // Null keys stick to one partition for some milliseconds.
        std::thread::sleep(Duration::from_millis(12));
    }
    producer.flush(PATIENCE).unwrap();
    let all: Vec<_> = (0..4).map(|p| TopicPartition::new(topic.as_str(), p)).collect();
    let ends = broker.offsets(&all, OffsetAt::Latest, Isolation::ReadUncommitted).wait().unwrap();
    assert_eq!(ends.iter().sum::<i64>(), 40);
    assert!(ends.iter().filter(|n| **n > 0).count() >= 2, "{ends:?}");
}

#[test]
fn an_unknown_topic_is_an_error_that_names_it() {
    let broker = broker();
    let missing = fresh("missing");
    let error = producer(&broker).topic(&missing).unwrap_err();
    assert!(matches!(&error, BrokerError::UnknownTopic { topic } if *topic == missing), "{error}");
    assert_eq!(broker.topics(&[&missing]).wait().unwrap(), [None]);
}

#[test]
fn flushing_a_few_records_takes_no_tenth_of_a_second() {
    let broker = broker();
    let topic = topic(&broker, "flush", 1);
    let mut producer = producer(&broker);
    let slot = producer.topic(&topic).unwrap();
    let mut batch = ProduceBatch::default();
    batch.push(slot, 0, record(None, Some(b"v"), 1));
    let mut times: Vec<_> = (0..15)
        .map(|_| {
            let start = Instant::now();
            producer.send(&batch).unwrap();
            producer.flush(PATIENCE).unwrap();
            start.elapsed()
        })
        .collect();
    times.sort();
    assert!(times[7] < Duration::from_millis(80), "median of {times:?}");
}

#[test]
fn a_new_reader_has_its_first_record_soon() {
    let broker = broker();
    let at = TopicPartition::new(topic(&broker, "soon", 1), 0);
    fill(&broker, &at, 1);
    let mut times: Vec<_> = (0..5)
        .map(|_| {
            let start = Instant::now();
            let mut consumer = consumer(&broker);
            let slot = consumer.assign(&at, 0).unwrap();
            read(consumer.as_mut(), slot, 1);
            start.elapsed()
        })
        .collect();
    times.sort();
    // Left to itself, librdkafka asks for the leader up to a second later.
    assert!(times[2] < Duration::from_millis(700), "{times:?}");
}

/// Fetches until there is an error.
fn error_of(consumer: &mut dyn Consumer, slot: PartitionSlot) -> BrokerError {
    let until = Instant::now() + PATIENCE;
    let mut records = RecordBatch::default();
    loop {
        assert!(Instant::now() < until, "no error");
        match consumer.fetch(slot, 10, &mut records) {
            Ok(_) => consumer.wait(Duration::from_millis(50)),
            Err(error) => return error,
        }
    }
}

#[test]
fn reading_what_is_not_there_is_an_error_until_it_is_there() {
    let broker = broker();
    let mut consumer = consumer(&broker);
    let missing = TopicPartition::new(fresh("missing"), 0);
    let begun = Instant::now();
    let slot = consumer.assign(&missing, 0).unwrap();
    assert!(begun.elapsed() < Duration::from_millis(100), "{:?}", begun.elapsed());
    let error = error_of(consumer.as_mut(), slot);
    assert!(matches!(&error, BrokerError::UnknownTopic { topic } if **topic == *missing.topic), "{error}");
    let beyond = TopicPartition::new(topic(&broker, "beyond", 1), 1);
    let beyond_slot = consumer.assign(&beyond, 0).unwrap();
    let error = error_of(consumer.as_mut(), beyond_slot);
    assert!(matches!(&error, BrokerError::UnknownPartition { partition } if *partition == beyond), "{error}");
    consumer.unassign(beyond_slot).unwrap();

    create(&broker, &missing.topic, 1);
    fill(&broker, &missing, 3);
    let until = Instant::now() + PATIENCE;
    let mut records = RecordBatch::default();
    while records.len() < 3 {
        assert!(Instant::now() < until, "{} of 3 records came", records.len());
        match consumer.fetch(slot, 10, &mut records) {
            Err(BrokerError::UnknownTopic { .. }) | Ok(0) => consumer.wait(Duration::from_millis(50)),
            Ok(_) => {}
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn a_topic_that_is_deleted_and_made_again_is_no_error_that_ends_the_reader() {
    // A topic that is missing is taken for one that is just being made for so long.
    let broker = broker_with(&[("consumer.topic.metadata.propagation.max.ms", "300")]);
    let at = TopicPartition::new(topic(&broker, "again", 1), 0);
    fill(&broker, &at, 5);
    let mut consumer = consumer(&broker);
    let slot = consumer.assign(&at, 0).unwrap();
    read(consumer.as_mut(), slot, 5);
    let admin: AdminClient<DefaultClientContext> = ClientConfig::new().set("bootstrap.servers", address()).create().unwrap();
    admin.delete_topics(&[&at.topic], &AdminOptions::new()).await.unwrap();
    // The client waits in silence.
    let until = Instant::now() + Duration::from_secs(5);
    let mut records = RecordBatch::default();
    while Instant::now() < until {
        match consumer.fetch(slot, 10, &mut records) {
            Ok(_) | Err(BrokerError::UnknownTopic { .. }) => consumer.wait(Duration::from_millis(20)),
            Err(other) => panic!("{other}"),
        }
    }
    create(&broker, &at.topic, 1);
    fill(&broker, &at, 3);
    // Its offsets begin anew, so that where the reader was there is nothing any more.
    let until = Instant::now() + PATIENCE;
    loop {
        assert!(Instant::now() < until, "nothing is said of the new topic");
        match consumer.fetch(slot, 10, &mut records) {
            Ok(_) | Err(BrokerError::UnknownTopic { .. }) => consumer.wait(Duration::from_millis(20)),
            Err(BrokerError::OffsetOutOfRange { .. }) => break,
            Err(other) => panic!("{other}"),
        }
    }
    consumer.unassign(slot).unwrap();
    let slot = consumer.assign(&at, 0).unwrap();
    assert_eq!(read(consumer.as_mut(), slot, 3).len(), 3);
}

/// A reader that has others already, and one that is new.
#[test]
fn a_partition_that_is_added_has_its_first_record_soon() {
    let broker = broker();
    let name = topic(&broker, "added", 1);
    fill(&broker, &TopicPartition::new(name.as_str(), 0), 1);
    let mut others: Vec<_> = (0..10).map(|n| TopicPartition::new(topic(&broker, &format!("added-{n}"), 1), 0)).collect();
    others.iter().for_each(|at| fill(&broker, at, 1));
    let mut consumer = consumer(&broker);
    let mut times = Vec::new();
    others.insert(0, TopicPartition::new(name.as_str(), 0));
    for at in &others {
        let begun = Instant::now();
        let slot = consumer.assign(at, 0).unwrap();
        let assigned = begun.elapsed();
        assert!(assigned < Duration::from_millis(50), "{assigned:?}");
        read(consumer.as_mut(), slot, 1);
        times.push(begun.elapsed());
        // A fetch is under way when the next one comes.
        std::thread::sleep(Duration::from_millis(30));
    }
    println!("from assigning to the first record: {times:?}");
    times.sort();
    assert!(times[5] < Duration::from_millis(300), "{times:?}");
}
