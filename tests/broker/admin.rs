//! Topics, their settings, offsets.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use streams_runtime::broker::kafka::KafkaBroker;
use streams_runtime::broker::{Broker, BrokerError, Isolation, NewTopic, OffsetAt, ProduceBatch, TopicInfo, TopicPartition};
use streams_runtime::record::NewRecord;

use crate::support::*;

#[test]
fn a_topic_is_made_once_with_its_settings_and_can_be_written_at_once() {
    let broker = broker();
    let name = fresh("made");
    let wanted = NewTopic {
        name: name.clone(),
        partitions: 3,
        replication: -1,
        config: BTreeMap::from([("cleanup.policy".into(), "compact".into())]),
    };
    broker.create_topic(&wanted).wait().unwrap();
    fill_all(&broker, &name, 3);
    let again = broker.create_topic(&wanted).wait().unwrap_err();
    assert!(matches!(&again, BrokerError::TopicExists { topic } if *topic == name), "{again}");
    let info = TopicInfo { name: name.as_str().into(), partitions: 3 };
    assert_eq!(broker.topics(&["no-such-topic", &name]).wait().unwrap(), [None, Some(info.clone())]);
    assert!(broker.all_topics().wait().unwrap().contains(&info));
    let config = broker.topic_config(&name).wait().unwrap();
    assert_eq!(config["cleanup.policy"], "compact");
    assert!(config.contains_key("retention.ms"), "defaults are there too");
    let missing = broker.topic_config("no-such-topic").wait().unwrap_err();
    assert!(matches!(missing, BrokerError::UnknownTopic { .. }), "{missing}");
}

fn fill_all(broker: &KafkaBroker, topic: &str, partitions: i32) {
    let mut producer = producer(broker);
    let slot = producer.topic(topic).expect("topic");
    let mut batch = ProduceBatch::default();
    for partition in 0..partitions {
        for n in 0..10 {
            let record = NewRecord { key: Some(b"k"), value: Some(b"v"), timestamp_ms: 1 + n, offset: 0 };
            batch.push(slot, partition, record);
        }
    }
    producer.send(&batch).expect("send");
    producer.flush(PATIENCE).expect("flush");
}

#[test]
fn a_topic_that_the_broker_refuses_says_why() {
    let error = broker()
        .create_topic(&NewTopic {
            name: fresh("refused"),
            partitions: 1,
            replication: 1,
            config: BTreeMap::from([("cleanup.policy".into(), "tidy".into())]),
        })
        .wait()
        .unwrap_err();
    assert!(error.to_string().to_lowercase().contains("config"), "{error}");
}

#[test]
fn offsets_come_in_the_order_asked_for() {
    let broker = broker();
    let topic = topic(&broker, "offsets", 3);
    let at = |p| TopicPartition::new(topic.as_str(), p);
    fill(&broker, &at(0), 30);
    fill(&broker, &at(2), 10);
    broker.delete_records(&[(at(0), 5), (at(2), 10)]).wait().unwrap();
    let asked = [at(2), at(0), at(1), at(0)];
    let offsets = |when| broker.offsets(&asked, when, Isolation::ReadUncommitted).wait().unwrap();
    assert_eq!(offsets(OffsetAt::Latest), [10, 30, 0, 30]);
    assert_eq!(offsets(OffsetAt::Earliest), [10, 5, 0, 5]);
    // Record n has timestamp 1000 + n; beyond the last it is the end.
    assert_eq!(offsets(OffsetAt::Timestamp(1020)), [10, 20, 0, 20]);
    assert_eq!(offsets(OffsetAt::Timestamp(9999)), [10, 30, 0, 30]);
    let none = broker.offsets(&[], OffsetAt::Latest, Isolation::ReadCommitted).wait();
    assert!(none.unwrap().is_empty());
}

#[test]
fn offsets_of_what_is_not_there_are_an_error() {
    let broker = broker();
    let topic = topic(&broker, "one", 1);
    let ask = |at: TopicPartition| {
        let start = Instant::now();
        let error = broker.offsets(&[at], OffsetAt::Latest, Isolation::ReadUncommitted).wait().unwrap_err();
        assert!(start.elapsed() < PATIENCE);
        error
    };
    let error = ask(TopicPartition::new(topic.as_str(), 7));
    assert!(matches!(error, BrokerError::UnknownPartition { .. }), "{error}");
    let error = ask(TopicPartition::new("no-such-topic", 0));
    assert!(matches!(error, BrokerError::UnknownTopic { .. } | BrokerError::UnknownPartition { .. }), "{error}");
}

#[test]
fn a_broker_that_is_not_there_is_an_error_in_bounded_time() {
    let limit = Duration::from_secs(2);
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let broker = KafkaBroker::new(address.as_str(), BTreeMap::new()).unwrap().request_timeout(limit).unwrap();
    let at = [TopicPartition::new("t", 0)];
    let new_topic = NewTopic { name: "t".into(), partitions: 1, replication: 1, config: BTreeMap::new() };
    type Call<'a> = Box<dyn Fn() -> Result<(), BrokerError> + 'a>;
    let calls: [(&str, Call<'_>); 5] = [
        ("topics", Box::new(|| broker.topics(&["t"]).wait().map(drop))),
        ("all_topics", Box::new(|| broker.all_topics().wait().map(drop))),
        ("offsets", Box::new(|| broker.offsets(&at, OffsetAt::Latest, Isolation::ReadUncommitted).wait().map(drop))),
        ("create_topic", Box::new(|| broker.create_topic(&new_topic).wait())),
        ("topic_config", Box::new(|| broker.topic_config("t").wait().map(drop))),
    ];
    for (name, call) in calls {
        let start = Instant::now();
        let error = call().unwrap_err();
        let took = start.elapsed();
        assert!(took < limit * 3, "{name} took {took:?}");
        assert!(error.is_retriable(), "{name}: {error}");
        assert!(error.to_string().contains(&address), "{name}: {error}");
    }
    let start = Instant::now();
    let mut producer = broker.producer(&producer_config()).unwrap();
    assert!(producer.topic("t").unwrap_err().is_retriable());
    drop(producer);
    drop(broker);
    assert!(start.elapsed() < limit * 4, "closing took {:?}", start.elapsed());
}
