//! Reading.

use std::time::Duration;

use streams_runtime::broker::BrokerError;
use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::{Producer, ReadError, Reader};

async fn numbers(partitions: i32, count: u64) -> EmbeddedLog {
    let log = EmbeddedLog::in_memory();
    log.create_topic("numbers", partitions).unwrap();
    let producer = Producer::<u64, String>::new(&log, "numbers");
    for number in 0..count {
        let partition = (number % partitions as u64) as i32;
        producer.send(number, format!("n{number}")).partition(partition).timestamp_ms(number as i64).enqueue().await.unwrap();
    }
    producer.flush().await.unwrap();
    log
}

#[tokio::test]
async fn to_the_end_merges_the_partitions_by_time() {
    let log = numbers(3, 5_000).await;
    let records = Reader::<u64, String>::builder(&log, "numbers").to_end().await.unwrap();
    assert_eq!(records.iter().map(|r| r.key).collect::<Vec<_>>(), (0..5_000).collect::<Vec<_>>());
    let last = records.last().unwrap();
    assert_eq!((last.value.as_str(), last.timestamp_ms, last.partition, last.offset), ("n4999", 4_999, 1, 1_666));
}

#[tokio::test]
async fn starts_where_it_is_told_to() {
    let log = numbers(2, 10).await;
    let keys = |records: Vec<streams_runtime::ConsumerRecord<u64, String>>| records.iter().map(|r| r.key).collect::<Vec<_>>();
    let reader = || Reader::<u64, String>::builder(&log, "numbers");
    assert_eq!(keys(reader().partition(1).to_end().await.unwrap()), [1, 3, 5, 7, 9]);
    assert_eq!(keys(reader().from_offset(1, 3).to_end().await.unwrap()), [7, 9]);
    assert_eq!(keys(reader().from_timestamp_ms(7).to_end().await.unwrap()), [7, 8, 9]);
    assert_eq!(keys(reader().from_latest().to_end().await.unwrap()), [0; 0]);
    assert_eq!(keys(reader().from_latest().from_earliest().to_end().await.unwrap()).len(), 10);
}

#[tokio::test]
async fn waits_for_what_comes_and_loses_nothing_when_a_wait_is_given_up() {
    let log = numbers(2, 4).await;
    let mut reader = Reader::<u64, String>::builder(&log, "numbers").from_latest().open().await.unwrap();
    let short = Duration::from_millis(30);
    assert!(tokio::time::timeout(short, reader.next()).await.is_err(), "nothing is there yet");
    let producer = Producer::<u64, String>::new(&log, "numbers");
    for number in 100..200 {
        producer.send(number, "later").header("trace", b"7").enqueue().await.unwrap();
    }
    let mut keys = std::collections::BTreeSet::new();
    while keys.len() < 100 {
        // Given up now and then.
        if let Ok(record) = tokio::time::timeout(Duration::from_micros(200), reader.next()).await {
            let record = record.unwrap().unwrap();
            assert_eq!(record.headers.last("trace"), Some(Some(&b"7"[..])));
            assert!(keys.insert(record.key), "each record comes once");
        }
    }
    assert_eq!(keys.into_iter().collect::<Vec<_>>(), (100..200).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_end_is_the_end_as_it_was_at_the_start() {
    let log = numbers(1, 3).await;
    let mut reader = Reader::<u64, String>::builder(&log, "numbers").until_end().open().await.unwrap();
    Producer::<u64, String>::new(&log, "numbers").send(9, "later").await.unwrap();
    for key in 0..3 {
        assert_eq!(reader.next().await.unwrap().unwrap().key, key);
    }
    assert_eq!(reader.next().await.unwrap(), None);
    assert_eq!(reader.next().await.unwrap(), None);
}

#[tokio::test]
async fn a_record_of_other_types_is_an_error_and_reading_goes_on_behind_it() {
    let log = numbers(1, 1).await;
    Producer::<String, String>::new(&log, "numbers").send("no number", "n").await.unwrap();
    Producer::<u64, Vec<u8>>::new(&log, "numbers").send(2, b"\xff\xfe".to_vec()).await.unwrap();
    Producer::<u64, String>::new(&log, "numbers").send_null(3).await.unwrap();
    Producer::<u64, String>::new(&log, "numbers").send(4, "good").await.unwrap();
    let mut reader = Reader::<u64, String>::builder(&log, "numbers").until_end().open().await.unwrap();
    assert_eq!(reader.next().await.unwrap().unwrap().key, 0);
    for (offset, part) in [(1, "key"), (2, "value"), (3, "value")] {
        let error = reader.next().await.unwrap_err();
        let ReadError::Decode { offset: found, part: which, .. } = &error else { panic!("{error}") };
        assert_eq!((*found, *which), (offset, part));
        assert!(error.to_string().starts_with(&format!("the {part} of numbers-0 offset {offset} cannot be decoded: ")), "{error}");
    }
    assert_eq!(reader.next().await.unwrap().unwrap().value, "good");
    let nulls = Reader::<Vec<u8>, Option<Vec<u8>>>::builder(&log, "numbers").to_end().await.unwrap();
    assert_eq!(nulls[3].value, None);
}

#[tokio::test]
async fn what_is_not_there_is_an_error_at_the_opening() {
    let log = numbers(2, 1).await;
    let missing = Reader::<u64, String>::builder(&log, "missing").open().await.unwrap_err();
    assert!(matches!(&missing, ReadError::Broker(BrokerError::UnknownTopic { .. })), "{missing}");
    let missing = Reader::<u64, String>::builder(&log, "numbers").partition(2).open().await.unwrap_err();
    assert!(matches!(&missing, ReadError::Broker(BrokerError::UnknownPartition { .. })), "{missing}");
}

#[tokio::test]
async fn a_table_is_the_last_value_of_each_key() {
    let log = EmbeddedLog::in_memory();
    log.create_topic("users", 3).unwrap();
    let users = Producer::<String, Option<u64>>::new(&log, "users");
    for (key, value) in [("ann", Some(1)), ("ben", Some(2)), ("ann", Some(3)), ("ben", None)] {
        users.send(key, value).await.unwrap();
    }
    let table = Reader::<String, Option<u64>>::builder(&log, "users").to_table().await.unwrap();
    assert_eq!(table, std::collections::BTreeMap::from([("ann".to_owned(), 3)]));
}
