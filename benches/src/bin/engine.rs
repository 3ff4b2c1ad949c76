//! The engine's side of the contract: the cases as topologies, run as any user would run them.

use std::process::ExitCode;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use benches::contract::{Args, Run};
use streams_runtime::Streams;
use streams_runtime::broker::kafka::KafkaBroker;
use streams_runtime::broker::{Broker, Isolation, OffsetAt, TopicPartition};
use streams_runtime::prelude::*;

type Failure = Box<dyn std::error::Error>;

/// When the first record reached the topology.
static FIRST: OnceLock<Instant> = OnceLock::new();

fn note_first() {
    FIRST.get_or_init(Instant::now);
}

/// The text between `"name":"` and the next quote, as the other side finds it.
fn field<'a>(value: &'a str, name: &str) -> &'a str {
    let Some(start) = value.find(name) else { return "" };
    let rest = &value[start + name.len()..];
    rest.split('"').next().unwrap_or("")
}

topology! {
    /// ASCII upper case.
    fn map_values(input: String, output: String) -> MapValues {
        let views: Stream<str, str> = stream(input);
        views.peek(|_, _| note_first()).map_values(|v| v.to_ascii_uppercase()).to(output);
    }
}

topology! {
    /// Records as they are.
    fn forward(input: String, output: String) -> Forwarded {
        let views: Stream<str, str> = stream(input);
        views.peek(|_, _| note_first()).to(output);
    }
}

topology! {
    /// Records per key.
    fn count(input: String, output: String) -> Count {
        let views: Stream<str, str> = stream(input);
        let counts: Table<String, u64> = views.peek(|_, _| note_first()).group_by_key().count();
        counts.to_stream().to(output);
    }
}

topology! {
    /// Records per page, through a repartition topic.
    fn count_by(input: String, output: String) -> CountBy {
        let views: Stream<str, str> = stream(input);
        let by_page: Table<String, u64> = views.peek(|_, _| note_first()).group_by(|_, v| field(v, "\"page\":\"").to_owned()).count();
        by_page.to_stream().to(output);
    }
}

topology! {
    /// Words of lines.
    fn word_count(input: String, output: String) -> WordCount {
        let lines: Stream<Option<String>, str> = stream(input);
        let words: Table<String, u64> = lines
            .peek(|_, _| note_first())
            .flat_map_values(|line, out| for word in line.split(' ') { out(word) })
            .group_by(|_, word| word.to_owned())
            .count();
        words.to_stream().to(output);
    }
}

topology! {
    /// Views with the country of their user.
    fn stream_table_join(views: String, users_topic: String, output: String) -> StreamTableJoin {
        let clicks: Stream<str, str> = stream(views);
        let users: Table<String, String> = table(users_topic);
        clicks
            .peek(|_, _| note_first())
            .join(users, |view, user| format!("{view}|{}", field(user, "\"country\":\"")))
            .to(output);
    }
}

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
    match args.text("case")? {
        "map_values" => measure(map_values(first_input, output), &args, &inputs).await,
        "forward" => measure(forward(first_input, output), &args, &inputs).await,
        "count" => measure(count(first_input, output), &args, &inputs).await,
        "count_by" => measure(count_by(first_input, output), &args, &inputs).await,
        "word_count" => measure(word_count(first_input, output), &args, &inputs).await,
        "stream_table_join" => {
            let users = inputs.get(1).cloned().ok_or("two input topics are needed")?;
            measure(stream_table_join(first_input, users, output), &args, &inputs).await
        }
        other => Err(format!("unknown case {other}").into()),
    }
}

/// Records in the input topics; nothing is added while the engine runs.
fn records_in(bootstrap: &str, topics: &[String]) -> Result<u64, Failure> {
    let broker = KafkaBroker::new(bootstrap, Default::default())?;
    let names: Vec<&str> = topics.iter().map(String::as_str).collect();
    let mut partitions = Vec::new();
    for info in broker.topics(&names)?.into_iter().flatten() {
        partitions.extend((0..info.partitions).map(|p| TopicPartition::new(info.name.clone(), p)));
    }
    let ends = broker.offsets(&partitions, OffsetAt::Latest, Isolation::ReadUncommitted)?;
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
    run.first_record_at(FIRST.get().copied());
    let line = run.end("streams", args, records)?;
    app.shutdown(Duration::from_secs(30)).await?;
    Ok(line)
}
