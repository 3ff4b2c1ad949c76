//! Typed producers and readers on a real broker.

use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};
use streams_runtime::broker::{Broker, BrokerError, NewTopic};
use streams_runtime::partition::partition_for_key;
use streams_runtime::{Producer, ReadError, Reader, SendError};

use crate::support::*;

#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledgement_says_where_the_record_is() {
    let broker = broker();
    let topic = topic(&broker, "typed", 3);
    let views = Producer::<String, Option<u64>>::new(&broker, &*topic);
    let sent = views.send("ann", 7).header("trace", b"1").header("trace", b"").timestamp_ms(5_000).await.unwrap();
    assert_eq!((sent.partition, sent.offset), (partition_for_key(b"ann", 3), 0));
    assert_eq!(views.send("ann", None).timestamp_ms(6_000).await.unwrap().offset, 1);
    assert_eq!(views.send_null("ann").partition(sent.partition).timestamp_ms(7_000).await.unwrap().offset, 2);

    let records = Reader::<String, Option<u64>>::builder(&broker, &*topic).to_end().await.unwrap();
    let seen: Vec<_> = records.iter().map(|r| (r.key.as_str(), r.value, r.timestamp_ms, r.partition, r.offset)).collect();
    let at = sent.partition;
    assert_eq!(seen, [("ann", Some(7), 5_000, at, 0), ("ann", None, 6_000, at, 1), ("ann", None, 7_000, at, 2)]);
    let headers: Vec<_> = records[0].headers.iter().map(|(name, value)| (name.into_owned(), value.unwrap().to_vec())).collect();
    assert_eq!(headers, [("trace".to_owned(), b"1".to_vec()), ("trace".to_owned(), Vec::new())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_records_share_batches_and_keep_their_order() {
    let broker = broker();
    let topic = topic(&broker, "typed-many", 4);
    let numbers = Producer::<u64, u64>::new(&broker, &*topic);
    let mut reader = Reader::<u64, u64>::builder(&broker, &*topic).from_latest().open().await.unwrap();
    let begun = std::time::Instant::now();
    let sent = numbers.send_all((0..20_000).map(|n| (n, n))).await.unwrap();
    println!("20,000 records acknowledged in {:?}", begun.elapsed());
    let mut next = [0; 4];
    for place in &sent {
        assert_eq!(place.offset, next[place.partition as usize]);
        next[place.partition as usize] += 1;
    }
    let mut last = [None; 4];
    for _ in 0..20_000 {
        let record = tokio::time::timeout(PATIENCE, reader.next()).await.unwrap().unwrap().unwrap();
        let last = &mut last[record.partition as usize];
        assert!(last.replace(record.value) < Some(record.value), "in order");
    }
    for n in 0..100 {
        numbers.send(n, n).enqueue().await.unwrap();
    }
    numbers.flush().await.unwrap();
    assert_eq!(Reader::<u64, u64>::builder(&broker, &*topic).to_end().await.unwrap().len(), 20_100);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_broker_refuses_says_why() {
    let broker = broker();
    let topic = fresh("typed-small");
    let config = [("max.message.bytes".to_owned(), "1000".to_owned())].into();
    broker.create_topic(&NewTopic { name: topic.clone(), partitions: 1, replication: 1, config }).wait().unwrap();
    let small = Producer::<(), String>::new(&broker, &*topic);
    // Acknowledged first: a broker refuses a batch as a whole, and with it what fits.
    small.send((), "fits").await.unwrap();
    let refused = small.send((), noise(5_000)).await.unwrap_err();
    assert!(matches!(&refused, SendError::Broker(BrokerError::Produce { permanent: true, .. })), "{refused}");
    small.send((), "fits, too").await.unwrap();
    let beyond = small.send((), "nowhere").partition(1).await.unwrap_err();
    assert!(matches!(beyond, SendError::UnknownPartition { partition: 1, partitions: 1, .. }), "{beyond}");
    let missing = fresh("missing");
    let refused = small.for_topic::<(), String>(&*missing).send((), "nowhere").await.unwrap_err();
    assert!(matches!(&refused, SendError::Broker(BrokerError::UnknownTopic { topic }) if *topic == missing), "{refused}");
    let refused = Reader::<(), String>::builder(&broker, &*missing).open().await.unwrap_err();
    assert!(matches!(&refused, ReadError::Broker(BrokerError::UnknownTopic { .. })), "{refused}");
}

/// Text that does not become shorter.
fn noise(chars: u64) -> String {
    (0..chars).map(|n| char::from(b'a' + (n.wrapping_mul(6_364_136_223_846_793_005).rotate_left(17) % 26) as u8)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_aborted_transactions_are_left_out() {
    let broker = broker();
    let topic = topic(&broker, "typed-transactions", 1);
    let writer: BaseProducer =
        ClientConfig::new().set("bootstrap.servers", address()).set("transactional.id", fresh("writer")).create().unwrap();
    writer.init_transactions(PATIENCE).unwrap();
    for (values, commit) in [(["a", "b"], true), (["x", "y"], false), (["c", "d"], true)] {
        writer.begin_transaction().unwrap();
        for value in values {
            let record: BaseRecord<'_, (), str> = BaseRecord::to(&topic).partition(0).payload(value);
            writer.send(record).map_err(|(error, _)| error).unwrap();
        }
        writer.flush(PATIENCE).unwrap();
        if commit { writer.commit_transaction(PATIENCE) } else { writer.abort_transaction(PATIENCE) }.unwrap();
    }
    let builder = || Reader::<(), String>::builder(&broker, &*topic);
    let values = |records: Vec<streams_runtime::ConsumerRecord<(), String>>| records.into_iter().map(|r| r.value).collect::<String>();
    // The last marker may take a moment.
    let mut committed = String::new();
    for _ in 0..100 {
        committed = values(builder().to_end().await.unwrap());
        if committed == "abcd" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(committed, "abcd");
    assert_eq!(values(builder().read_uncommitted().to_end().await.unwrap()), "abxycd");
}
