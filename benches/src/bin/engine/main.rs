//! The engine's side of the contract: the cases as topologies, run as any user would run them.

mod aggregations;
mod field;
mod first;
mod joins;
mod stateless;
mod windows;

use std::process::ExitCode;
use std::time::Duration;

use benches::contract::{Args, Run};
use streams_runtime::Streams;
use streams_runtime::Topology;
use streams_runtime::broker::kafka::KafkaBroker;
use streams_runtime::broker::{Broker, Isolation, OffsetAt, TopicPartition};

type Failure = Box<dyn std::error::Error>;

#[tokio::main(worker_threads = 1)]
async fn main() -> ExitCode {
    match run().await {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("engine: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<String, Failure> {
    let args = Args::from_env()?;
    if args.text("guarantee")? != "at_least_once" {
        return Err("only at_least_once exists yet".into());
    }
    if args.text("store").is_ok_and(|store| store == "rocksdb") {
        return Err("no store on disk exists yet".into());
    }
    let inputs: Vec<String> = args.text("in")?.split(',').map(str::to_owned).collect();
    let output = args.text("out")?.to_owned();
    let first_input = inputs.first().cloned().ok_or("no input topic")?;
    let second_input = || inputs.get(1).cloned().ok_or("two input topics are needed");
    match args.text("case")? {
        "map_values" => measure(stateless::map_values(first_input, output), &args, &inputs).await,
        "forward" => measure(stateless::forward(first_input, output), &args, &inputs).await,
        "filter_map_json" => measure(stateless::filter_map_json(first_input, output), &args, &inputs).await,
        "count" => measure(aggregations::count(first_input, output), &args, &inputs).await,
        "count_by" => measure(aggregations::count_by(first_input, output), &args, &inputs).await,
        "word_count" => measure(aggregations::word_count(first_input, output), &args, &inputs).await,
        "tumbling_count" => measure(windows::tumbling_count(first_input, output), &args, &inputs).await,
        "hopping_count" => measure(windows::hopping_count(first_input, output), &args, &inputs).await,
        "sliding_count" => measure(windows::sliding_count(first_input, output), &args, &inputs).await,
        "session_count" => measure(windows::session_count(first_input, output), &args, &inputs).await,
        "stream_table_join" => measure(joins::stream_table_join(first_input, second_input()?, output), &args, &inputs).await,
        "stream_stream_join" => measure(joins::stream_stream_join(first_input, second_input()?, output), &args, &inputs).await,
        "table_table_join" => measure(joins::table_table_join(first_input, second_input()?, output), &args, &inputs).await,
        "fk_join" => measure(joins::fk_join(first_input, second_input()?, output), &args, &inputs).await,
        other => Err(format!("unknown case {other}").into()),
    }
}

/// Records in the input topics; nothing is added while the engine runs.
fn records_in(bootstrap: &str, topics: &[String]) -> Result<u64, Failure> {
    let broker = KafkaBroker::new(bootstrap, Default::default())?;
    let names: Vec<&str> = topics.iter().map(String::as_str).collect();
    let mut partitions = Vec::new();
    for info in broker.topics(&names).wait()?.into_iter().flatten() {
        partitions.extend((0..info.partitions).map(|p| TopicPartition::new(info.name.clone(), p)));
    }
    let ends = broker.offsets(&partitions, OffsetAt::Latest, Isolation::ReadUncommitted).wait()?;
    Ok(ends.into_iter().sum::<i64>() as u64)
}

async fn measure<T: Topology>(topology: T, args: &Args, inputs: &[String]) -> Result<String, Failure> {
    let bootstrap = args.text("bootstrap")?.to_owned();
    let records = records_in(&bootstrap, inputs)?;
    let mut run = Run::start();
    let app = Streams::new(topology)
        .application_id(args.text("app-id")?)
        .brokers(bootstrap)
        .threads(args.number("threads", 1)? as usize)
        .commit_interval(Duration::from_millis(args.number("commit-ms", 1000)?))
        .cache_max_bytes(args.number("cache-bytes", 10 << 20)? as usize)
        .linger(Duration::from_millis(args.number("linger-ms", 10)?))
        .batch_bytes(args.number("batch-bytes", 262_144)? as usize)
        .start()
        .await?;
    app.drained().await?;
    run.first_record_at(first::first());
    let line = run.end("streams", args, records)?;
    app.shutdown(Duration::from_secs(30)).await?;
    Ok(line)
}
