//! What one writes without an engine: poll, upper-case, send, commit, with the safe interface of rdkafka, tuned.
//!
//! Cases `forward` and `map_values`; the yardstick of the engine.

use std::collections::HashMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use benches::contract::{Args, Run};
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{Message, Offset, TopicPartitionList};

type Failure = Box<dyn std::error::Error>;

const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    match run() {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("handwritten: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<String, Failure> {
    let args = Args::from_env()?;
    let upper = match args.text("case")? {
        "forward" => false,
        "map_values" => true,
        other => return Err(format!("unknown case {other}").into()),
    };
    if args.text("guarantee")? != "at_least_once" {
        return Err("only at_least_once".into());
    }
    let (input, output) = (args.text("in")?, args.text("out")?);
    let commit_every = Duration::from_millis(args.number("commit-ms", 1000)?);

    let mut run = Run::start();
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", args.text("bootstrap")?)
        .set("group.id", args.text("app-id")?)
        .set("auto.offset.reset", "earliest")
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("isolation.level", "read_uncommitted")
        .set("fetch.queue.backoff.ms", "1")
        .create()?;
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", args.text("bootstrap")?)
        .set("acks", "all")
        .set("enable.idempotence", "true")
        .set("linger.ms", args.number("linger-ms", 10)?.to_string())
        .set("batch.size", args.number("batch-bytes", 262_144)?.to_string())
        .set("batch.num.messages", "100000")
        .set("partitioner", "murmur2_random")
        .create()?;

    let metadata = consumer.fetch_metadata(Some(input), PATIENCE)?;
    let topic = metadata.topics().first().ok_or("no metadata")?;
    let mut records = 0;
    for partition in topic.partitions() {
        let (low, high) = consumer.fetch_watermarks(input, partition.id(), PATIENCE)?;
        records += u64::try_from(high - low)?;
    }
    consumer.subscribe(&[input])?;

    let mut next: HashMap<i32, i64> = HashMap::new();
    let mut value = Vec::new();
    let mut done = 0;
    let mut committed = Instant::now();
    while done < records {
        let Some(message) = consumer.poll(Duration::from_millis(100)) else {
            producer.poll(Duration::ZERO);
            continue;
        };
        let message = message?;
        run.records_came();
        value.clear();
        value.extend_from_slice(message.payload().unwrap_or_default());
        if upper {
            value.make_ascii_uppercase();
        }
        let mut record = BaseRecord::to(output).payload(value.as_slice()).timestamp(message.timestamp().to_millis().unwrap_or_default());
        if let Some(key) = message.key() {
            record = record.key(key);
        }
        loop {
            match producer.send(record) {
                Ok(()) => break,
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), again)) => {
                    producer.poll(Duration::from_millis(1));
                    record = again;
                }
                Err((error, _)) => return Err(error.into()),
            }
        }
        next.insert(message.partition(), message.offset() + 1);
        done += 1;
        if done % 1000 == 0 {
            producer.poll(Duration::ZERO);
            if committed.elapsed() >= commit_every {
                commit(&producer, &consumer, input, &next)?;
                committed = Instant::now();
            }
        }
    }
    commit(&producer, &consumer, input, &next)?;
    Ok(run.end("handwritten", &args, records)?)
}

/// Everything sent is acknowledged, then the offsets are committed. `flush` would wait 100 ms.
fn commit(producer: &BaseProducer, consumer: &BaseConsumer, topic: &str, next: &HashMap<i32, i64>) -> Result<(), Failure> {
    let start = Instant::now();
    while producer.in_flight_count() > 0 {
        if start.elapsed() > PATIENCE {
            return Err("not acknowledged".into());
        }
        producer.poll(Duration::from_millis(1));
    }
    let mut offsets = TopicPartitionList::new();
    for (partition, offset) in next {
        offsets.add_partition_offset(topic, *partition, Offset::Offset(*offset))?;
    }
    consumer.commit(&offsets, CommitMode::Sync)?;
    Ok(())
}
