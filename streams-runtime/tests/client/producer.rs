//! Sending.

use std::sync::Arc;
use std::time::Duration;

use streams_runtime::broker::embedded::{EmbeddedLog, EmbeddedOptions, FsyncPolicy};
use streams_runtime::broker::{Broker, BrokerError, NewTopic};
use streams_runtime::client::codecs;
use streams_runtime::codec::{Json, Utf8};
use streams_runtime::partition::partition_for_key;
use streams_runtime::{Producer, SendError, TopicName, Windowed};

fn log_with(topic: &str, partitions: i32) -> EmbeddedLog {
    let log = EmbeddedLog::in_memory();
    log.create_topic(topic, partitions).unwrap();
    log
}

#[tokio::test]
async fn a_record_is_in_the_log_when_the_future_ends() {
    let log = log_with("views", 3);
    let views = Producer::<String, u64>::new(&log, "views");
    for (key, value, offset) in [("ann", 1, 0), ("ann", 2, 1)] {
        let sent = views.send(key, value).header("a", b"1").header("a", "2").timestamp_ms(7 + offset).await.unwrap();
        assert_eq!((sent.partition, sent.offset), (partition_for_key(b"ann", 3), offset));
        let batch = log.read("views", sent.partition, sent.offset, 1).unwrap();
        let record = batch.get(0).unwrap();
        assert_eq!((record.key, record.value), (Some(&b"ann"[..]), Some(&u64::to_be_bytes(value)[..])));
        assert_eq!(record.timestamp_ms, 7 + offset);
        let headers: Vec<_> = record.headers.iter().map(|h| (h.name().into_owned(), h.value.unwrap().to_vec())).collect();
        assert_eq!(headers, [("a".to_owned(), b"1".to_vec()), ("a".to_owned(), b"2".to_vec())]);
    }
}

#[tokio::test]
async fn without_a_time_it_is_now_and_without_a_key_any_partition() {
    let log = log_with("lines", 4);
    let lines = Producer::<(), str>::new(&log, "lines");
    let before = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
    let mut partitions = std::collections::BTreeSet::new();
    for _ in 0..8 {
        let sent = lines.send((), "to be").await.unwrap();
        partitions.insert(sent.partition);
        let record = log.read("lines", sent.partition, sent.offset, 1).unwrap();
        assert!(record.get(0).unwrap().timestamp_ms >= before);
    }
    assert_eq!(partitions.len(), 4, "spread evenly");
}

#[tokio::test]
async fn a_null_is_a_null() {
    let log = log_with("users", 1);
    let users = Producer::<String, Option<String>>::new(&log, "users");
    users.send("ann", "France").await.unwrap();
    users.send("ann", Some("Italy".to_owned())).await.unwrap();
    users.send("ann", None).await.unwrap();
    users.send_null("ann").await.unwrap();
    Producer::<String, String>::new(&log, "users").send_null("ben".to_owned()).await.unwrap();
    let batch = log.read("users", 0, 0, 10).unwrap();
    let values: Vec<_> = batch.iter().map(|r| r.value.map(<[u8]>::to_vec)).collect();
    assert_eq!(values, [Some(b"France".to_vec()), Some(b"Italy".to_vec()), None, None, None]);
}

#[tokio::test]
async fn partitions_are_chosen_by_name_by_the_partitioner_or_by_the_key() {
    let log = log_with("orders", 5);
    let topic = TopicName::<String, u64>::new("orders").partitioned_by(|_, amount, partitions| match amount {
        0 => None,
        99 => Some(vec![]),
        100 => Some(vec![1, 2]),
        101 => Some(vec![7]),
        _ => Some(vec![(*amount % u64::from(partitions)) as u32]),
    });
    let orders = Producer::new(&log, topic);
    assert_eq!(orders.send("x", 13).await.unwrap().partition, 3);
    assert_eq!(orders.send("x", 13).partition(0).await.unwrap().partition, 0);
    assert_eq!(orders.send("x", 0).await.unwrap().partition, partition_for_key(b"x", 5));
    assert_eq!(orders.send_null("x").await.unwrap().partition, partition_for_key(b"x", 5));
    let refused = orders.send("x", 99).await.unwrap_err();
    assert!(matches!(refused, SendError::Partitioner { chosen: 0, .. }), "{refused}");
    let refused = orders.send("x", 100).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "a record for topic `orders` was not sent: the topic's partitioner gives it to 2 partitions; name one with `.partition(n)`"
    );
    for refused in [orders.send("x", 101).await.unwrap_err(), orders.send("x", 1).partition(-1).await.unwrap_err()] {
        assert!(matches!(refused, SendError::UnknownPartition { partitions: 5, .. }), "{refused}");
    }
}

#[tokio::test]
async fn a_key_in_a_window_goes_where_its_key_goes() {
    let log = log_with("totals", 7);
    let totals = Producer::<Windowed<String>, u64>::new(&log, "totals");
    let key = |start_ms| Windowed { key: "ann".to_owned(), window: streams_runtime::Window { start_ms, end_ms: start_ms + 10 } };
    for start_ms in [0, 10, 20] {
        assert_eq!(totals.send(key(start_ms), 1).await.unwrap().partition, partition_for_key(b"ann", 7));
    }
}

#[tokio::test]
async fn formats_of_the_topic_are_used() {
    const TOTALS: TopicName<String, u64> = TopicName::with("totals", || codecs(Utf8, Json));
    let log = log_with("totals", 1);
    Producer::new(&log, TOTALS).send("ann", 12).await.unwrap();
    let batch = log.read("totals", 0, 0, 1).unwrap();
    assert_eq!(batch.get(0).unwrap().value, Some(&b"12"[..]));
}

#[tokio::test]
async fn what_cannot_be_sent_says_why_and_does_no_harm() {
    let log = EmbeddedLog::in_memory();
    let config = [("max.message.bytes".to_owned(), "200".to_owned())].into();
    Broker::create_topic(&log, &NewTopic { name: "limited".to_owned(), partitions: 1, replication: 1, config }).wait().unwrap();
    let small = Producer::<String, String>::new(&log, "limited");
    let refused = small.send("k", "x".repeat(500)).await.unwrap_err();
    assert!(matches!(&refused, SendError::Broker(BrokerError::Produce { permanent: true, .. })), "{refused}");
    let missing = small.for_topic::<String, String>("missing").send("k", "v").await.unwrap_err();
    assert!(matches!(&missing, SendError::Broker(BrokerError::UnknownTopic { topic }) if topic == "missing"), "{missing}");
    assert_eq!(format!("{missing:?}"), missing.to_string());
    assert_eq!(small.send("k", "v").await.unwrap().offset, 0);
}

#[tokio::test]
async fn what_is_enqueued_keeps_its_order_and_is_there_after_a_flush() {
    let log = log_with("numbers", 1);
    let numbers = Producer::<(), u64>::new(&log, "numbers");
    for number in 0..500 {
        numbers.send((), number).enqueue().await.unwrap();
    }
    numbers.flush().await.unwrap();
    let sent = numbers.send_all((500..1_000).map(|n| ((), n))).await.unwrap();
    assert_eq!(sent.last().unwrap().offset, 999);
    let batch = log.read("numbers", 0, 0, 2_000).unwrap();
    let values: Vec<_> = batch.iter().map(|r| u64::from_be_bytes(r.value.unwrap().try_into().unwrap())).collect();
    assert_eq!(values, (0..1_000).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_failure_that_nobody_waits_for_comes_with_the_flush_once() {
    let log = log_with("numbers", 1);
    let numbers = Producer::<(), u64>::new(&log, "numbers");
    drop(numbers.send((), 1).partition(9).enqueue().await.unwrap());
    let told = numbers.send((), 1).partition(8).enqueue().await.unwrap();
    let error = numbers.flush().await.unwrap_err();
    assert!(matches!(error, SendError::UnknownPartition { partition: 9, .. }), "{error}");
    numbers.flush().await.unwrap();
    assert!(matches!(told.await.unwrap_err(), SendError::UnknownPartition { partition: 8, .. }));
}

#[tokio::test]
async fn what_was_enqueued_is_written_although_the_producer_is_dropped() {
    let log = log_with("numbers", 1);
    let numbers = Producer::<(), u64>::new(&log, "numbers");
    for number in 0..100 {
        numbers.send((), number).enqueue().await.unwrap();
    }
    drop(numbers);
    let written = async {
        while log.end_offset("numbers", 0).unwrap() < 100 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), written).await.unwrap();
}

#[tokio::test]
async fn an_acknowledged_record_is_safe_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let options = EmbeddedOptions { fsync: FsyncPolicy::EveryFlush, ..EmbeddedOptions::default() };
    let log = EmbeddedLog::open_with(dir.path(), options.clone()).unwrap();
    log.create_topic("numbers", 2).unwrap();
    let numbers = Producer::<u64, u64>::new(&log, "numbers");
    let sent = numbers.send_all((0..50).map(|n| (n, n))).await.unwrap();
    let many = Arc::new(numbers);
    let others: Vec<_> = (50..100)
        .map(|n| {
            let many = Arc::clone(&many);
            tokio::spawn(async move { many.send(n, n).await })
        })
        .collect();
    for other in others {
        other.await.unwrap().unwrap();
    }
    assert_eq!(sent.len(), 50);
    drop(many);
    // The thread of the producer lets go of the directory a moment after the producer is dropped.
    drop(log);
    let reopened = loop {
        match EmbeddedLog::open_with(dir.path(), options.clone()) {
            Ok(log) => break log,
            Err(BrokerError::DirectoryInUse { .. }) => tokio::time::sleep(Duration::from_millis(5)).await,
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(reopened.end_offset("numbers", 0).unwrap() + reopened.end_offset("numbers", 1).unwrap(), 100);
}
