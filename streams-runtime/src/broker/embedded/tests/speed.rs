//! A rough figure of speed: `cargo test --release -- --ignored --nocapture embedded::tests::speed`.

use std::time::Instant;

use super::support::*;
use crate::broker::ProduceBatch;
use crate::broker::embedded::EmbeddedLog;
use crate::record::{NewRecord, RecordBatch};

pub(super) fn run(log: &EmbeddedLog, records: usize) -> (f64, f64) {
    log.create_topic("t", 4).unwrap();
    let mut producer = producer(log);
    let topic = producer.topic("t").unwrap();
    let mut batch = ProduceBatch::default();
    let value = [7; 90];
    let start = Instant::now();
    for i in 0..records {
        let key = (i as u64).to_be_bytes();
        let record = NewRecord { key: Some(&key), value: Some(&value), timestamp_ms: i as i64, offset: 0 };
        batch.push(topic, (i % 4) as i32, record);
        if batch.len() == 500 {
            producer.send(&batch).unwrap();
            batch.clear();
        }
    }
    producer.send(&batch).unwrap();
    producer.flush(std::time::Duration::from_secs(60)).unwrap();
    let written = records as f64 / start.elapsed().as_secs_f64();

    let mut consumer = consumer(log);
    let slots: Vec<_> = (0..4).map(|p| consumer.assign(&tp("t", p), 0).unwrap()).collect();
    let mut into = RecordBatch::default();
    let mut read = 0;
    let start = Instant::now();
    while read < records {
        for slot in &slots {
            into.clear();
            read += consumer.fetch(*slot, 500, &mut into).unwrap();
        }
    }
    (written, records as f64 / start.elapsed().as_secs_f64())
}

#[test]
#[ignore = "a measurement"]
fn records_per_second_in_memory() {
    let (written, read) = run(&EmbeddedLog::in_memory(), 4_000_000);
    println!("in memory: written {written:.0}/s, read {read:.0}/s");
}

#[test]
#[ignore = "a measurement"]
fn records_per_second_durable() {
    let dir = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(dir.path()).unwrap();
    let (written, read) = run(&log, 4_000_000);
    println!("durable: written {written:.0}/s, read {read:.0}/s");
    drop(log);
    let start = Instant::now();
    drop(EmbeddedLog::open(dir.path()).unwrap());
    println!("opened again in {} ms", start.elapsed().as_millis());
}

#[test]
#[ignore = "a measurement"]
fn flushes_per_second() {
    let dir = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(dir.path()).unwrap();
    let start = Instant::now();
    log.create_topic("t", 16).unwrap();
    println!("a topic of 16 partitions made in {} ms", start.elapsed().as_millis());
    let start = Instant::now();
    for i in 0..2_000 {
        put(&log, "t", 0, &[7; 90], i);
        log.flush().unwrap();
    }
    println!("{:.0} records/s, each flushed", 2_000.0 / start.elapsed().as_secs_f64());
}
