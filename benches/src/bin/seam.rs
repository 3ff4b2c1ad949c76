//! The same work as `handwritten`, through the runtime's broker seam and nothing above it: what the engine can at best do.
//!
//! Cases `forward`, `map_values` (also by the name `seam_map_values`).

use std::process::ExitCode;
use std::time::{Duration, Instant};

use benches::contract::{Args, Run};
use streams_runtime::broker::kafka::KafkaBroker;
use streams_runtime::broker::{
    ANY_PARTITION, Broker, CommitOffset, Consumer, ConsumerConfig, GroupConfig, GroupEvent, Isolation, OffsetAt, ProduceBatch, Producer,
    ProducerConfig, TopicPartition,
};
use streams_runtime::record::{NewRecord, RecordBatch};

type Failure = Box<dyn std::error::Error>;

const PATIENCE: Duration = Duration::from_secs(60);
const BATCH_RECORDS: usize = 1000;

fn main() -> ExitCode {
    match run() {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("seam: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<String, Failure> {
    let args = Args::from_env()?;
    let upper = match args.text("case")? {
        "forward" => false,
        "map_values" | "seam_map_values" => true,
        other => return Err(format!("unknown case {other}").into()),
    };
    if args.text("guarantee")? != "at_least_once" {
        return Err("only at_least_once".into());
    }
    let (input, output) = (args.text("in")?, args.text("out")?);
    let commit_every = Duration::from_millis(args.number("commit-ms", 1000)?);

    let mut run = Run::start();
    let broker = KafkaBroker::new(args.text("bootstrap")?, Default::default())?;
    let group = broker.join_group(&GroupConfig {
        group: args.text("app-id")?.to_owned(),
        topics: vec![input.to_owned()],
        instance: None,
        client_id: "seam-group".to_owned(),
        session_timeout: Duration::from_secs(45),
    })?;
    let mut consumer = broker.consumer(&ConsumerConfig {
        client_id: "seam-consumer".to_owned(),
        isolation: Isolation::ReadUncommitted,
        fetch_ahead_bytes: 2048 << 10,
    })?;
    let mut producer = broker.producer(&ProducerConfig {
        client_id: "seam-producer".to_owned(),
        linger: Duration::from_millis(args.number("linger-ms", 10)?),
        batch_bytes: args.number("batch-bytes", 262_144)? as usize,
        buffer_bytes: 64 << 20,
        delivery_timeout: PATIENCE,
    })?;
    let to = producer.topic(output)?;

    let count = broker.topics(&[input]).wait()?.remove(0).ok_or("no input")?.partitions;
    let all: Vec<_> = (0..count).map(|p| TopicPartition::new(input, p)).collect();
    let isolation = Isolation::ReadUncommitted;
    let starts = broker.offsets(&all, OffsetAt::Earliest, isolation).wait()?;
    let ends = broker.offsets(&all, OffsetAt::Latest, isolation).wait()?;
    let records = u64::try_from(ends.iter().sum::<i64>() - starts.iter().sum::<i64>())?;
    let mut assigned = 0;
    let start = Instant::now();
    while assigned < all.len() {
        if let Some(GroupEvent::Assigned(list)) = group.poll(Duration::from_millis(100))? {
            assigned += list.len();
        }
        if start.elapsed() > PATIENCE {
            return Err("not assigned".into());
        }
    }
    let mut slots = Vec::new();
    for (partition, start) in all.iter().zip(&starts) {
        slots.push(consumer.assign(partition, *start)?);
    }

    let commit = |producer: &mut dyn Producer, consumer: &dyn Consumer, slots: &[_]| {
        producer.flush(PATIENCE)?;
        let offsets: Vec<_> = all
            .iter()
            .zip(slots)
            .map(|(partition, slot)| CommitOffset {
                partition: partition.clone(),
                offset: consumer.position(*slot),
                metadata: String::new(),
            })
            .collect();
        group.poll(Duration::ZERO)?;
        group.commit(&offsets).wait()
    };
    let mut batch = RecordBatch::default();
    let mut out = ProduceBatch::default();
    let mut value = Vec::new();
    let mut done = 0;
    let mut committed = Instant::now();
    while done < records {
        let mut got = 0;
        for slot in &slots {
            batch.clear();
            let fetched = consumer.fetch(*slot, BATCH_RECORDS, &mut batch)?;
            if fetched == 0 {
                continue;
            }
            run.records_came();
            got += fetched;
            out.clear();
            for record in batch.iter() {
                value.clear();
                value.extend_from_slice(record.value.unwrap_or_default());
                if upper {
                    value.make_ascii_uppercase();
                }
                out.push(
                    to,
                    ANY_PARTITION,
                    NewRecord { key: record.key, value: Some(&value), timestamp_ms: record.timestamp_ms, offset: 0 },
                );
            }
            producer.send(&out)?;
        }
        done += got as u64;
        if got == 0 {
            producer.poll()?;
            consumer.wait(Duration::from_millis(100));
        }
        if committed.elapsed() >= commit_every {
            commit(producer.as_mut(), consumer.as_ref(), &slots)?;
            committed = Instant::now();
        }
    }
    commit(producer.as_mut(), consumer.as_ref(), &slots)?;
    let line = run.end("seam", &args, records)?;
    group.leave().wait()?;
    Ok(line)
}
