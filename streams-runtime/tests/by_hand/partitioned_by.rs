//! Partitions of choice, on the embedded log.

use std::time::Duration;

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::partition::partition_for_key;
use streams_runtime::prelude::*;
use streams_runtime::record::NewRecord;
use streams_runtime::{Streams, end_of_input};

topology! {
    pub fn spread(offset: u32) -> Spread {
        let numbers: Stream<u64, u64> = stream("numbers");
        // To one, to several, to none, or by the key.
        numbers.to("spread").partitioned_by(|_, n, partitions| match n {
            0 => Some(Vec::new()),
            1 => Some((0..partitions).collect()),
            2 => Some(vec![*offset]),
            _ => None,
        });
        let halves = numbers.repartition().partitions(2).partitioned_by(|_, n, partitions| (*n as u32) % partitions);
        halves.to(|_, _, cx| format!("half-{}", cx.partition()));
        numbers.to(|_, _, _| "copies").partitioned_by(|_, _, _| [0, 1]).with(BigEndian, BigEndian);
    }

    pub fn beyond() -> Beyond {
        let numbers: Stream<u64, u64> = stream("numbers");
        numbers.to("spread").partitioned_by(|_, _, partitions| partitions);
    }
}

fn log() -> EmbeddedLog {
    let log = EmbeddedLog::in_memory();
    for (topic, partitions) in [("numbers", 1), ("spread", 3), ("half-0", 1), ("half-1", 1), ("copies", 2)] {
        log.create_topic(topic, partitions).unwrap();
    }
    for n in 0_u64..5 {
        let bytes = n.to_be_bytes();
        let record = NewRecord { key: Some(&bytes), value: Some(&bytes), timestamp_ms: n as i64, offset: 0 };
        log.append("numbers", Some(0), record).unwrap();
    }
    log
}

fn numbers(log: &EmbeddedLog, topic: &str, partition: i32) -> Vec<u64> {
    let records = log.read(topic, partition, 0, usize::MAX).unwrap();
    records.iter().map(|record| u64::from_be_bytes(record.value.unwrap().try_into().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn records_go_where_the_closure_says() {
    let log = log();
    let streams = Streams::new(spread(2)).application_id("spread").embedded_log(log.clone());
    streams.commit_interval(Duration::from_millis(20)).start().await.unwrap().run_until(end_of_input()).await.unwrap();
    for partition in 0..3 {
        let by_key = (3_u64..5).filter(|n| partition_for_key(&n.to_be_bytes(), 3) == partition);
        let expected: Vec<u64> = [1].into_iter().chain((partition == 2).then_some(2)).chain(by_key).collect();
        assert_eq!(numbers(&log, "spread", partition), expected, "{partition}");
    }
    assert_eq!((numbers(&log, "half-0", 0), numbers(&log, "half-1", 0)), (vec![0, 2, 4], vec![1, 3]));
    assert_eq!((numbers(&log, "copies", 0), numbers(&log, "copies", 1)), (vec![0, 1, 2, 3, 4], vec![0, 1, 2, 3, 4]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partition_that_is_not_there_stops_the_application() {
    let log = log();
    let app = Streams::new(beyond()).application_id("beyond").embedded_log(log.clone()).start().await.unwrap();
    let error = app.run_until(end_of_input()).await.unwrap_err();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text += &format!(": {cause}");
        source = cause.source();
    }
    assert!(text.contains("`partitioned_by` gave partition 3 of a topic with 3 partitions"), "{text}");
}
