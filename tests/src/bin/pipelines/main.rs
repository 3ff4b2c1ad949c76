//! The pipelines that tests run as processes: `pipelines <topology> name=value …`.
//!
//! Commands come on standard input, answers go to standard output, one JSON object per line; the log goes to standard error. When the
//! standard input ends the test is gone, and so is the program.

mod clock;
mod settings;
mod talk;
mod topologies;

use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;
use settings::Settings;
use streams_runtime::{App, BoxError, Topology, shutdown_signal};
use topologies::*;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(std::env::var("PIPELINES_LOG").unwrap_or_else(|_| "info".into())))
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    let result = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(BoxError::from)
        .and_then(|runtime| runtime.block_on(choose()));
    talk::say(&json!({ "ended": result.as_ref().err().map(ToString::to_string) }));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

async fn choose() -> Result<(), BoxError> {
    let mut args = std::env::args().skip(1);
    let name = args.next().ok_or("which topology?")?;
    let s = Settings::parse(args)?;
    let (input, output) = (s.text("input"), s.text("output"));
    match name.as_str() {
        "word_count" => run(word_count(input, output), &s, async |app| talk::rows(app.store(WordCount::COUNTS).all().await)).await,
        "counted" => run(counted(input, output), &s, async |app| talk::rows(app.store(Counted::COUNTS).all().await)).await,
        "stateless" => run(stateless(input, output, s.text("filtered"), s.text("mapped")), &s, none).await,
        "numbers" => run(numbers(input, output), &s, none).await,
        "tables" => {
            let topology = tables(input, s.text("users"), s.text("codes"), output);
            run(topology, &s, async |app| talk::rows(app.store(Tables::USERS).all().await)).await
        }
        "joins" => {
            let (accounts, customers) = (s.text("accounts"), s.text("customers"));
            let topology = joins(input, s.text("payments"), accounts, customers, output, s.text("owners"));
            run(topology, &s, async |app| talk::rows(app.store(Joins::OWNED).all().await)).await
        }
        "windows" => {
            let [visits, prices, orders, ended, sold] = ["visits", "prices", "orders", "ended", "sold"].map(|topic| s.text(topic));
            run(windows(input, visits, prices, orders, output, ended, sold), &s, none).await
        }
        "by_second" => run(by_second(input, output), &s, none).await,
        "matching" => run(matching(output), &s, none).await,
        "mischief" => run(mischief(input, output), &s, none).await,
        other => Err(format!("no topology `{other}`").into()),
    }
}

async fn none<T>(_: &App<T>) -> serde_json::Value {
    json!({ "rows": [] })
}

/// Whether all that there is gets done within a few seconds.
async fn drained<T: Topology>(app: &App<T>) -> bool {
    tokio::time::timeout(Duration::from_secs(3), app.drained()).await.is_ok_and(|drained| drained.is_ok())
}

/// Runs until SIGTERM or Ctrl-C, or until the end of the input with `until=end`.
async fn run<T: Topology>(topology: T, settings: &Settings, rows: impl AsyncFn(&App<T>) -> serde_json::Value) -> Result<(), BoxError> {
    let signal = shutdown_signal();
    tokio::pin!(signal);
    let app = settings.apply(topology)?.start().await?;
    if settings.get("until") == Some("end") {
        app.run_until(streams_runtime::end_of_input()).await?;
        return Ok(());
    }
    let mut states = app.states();
    let mut commands = talk::commands();
    loop {
        tokio::select! {
            () = &mut signal => break,
            ended = states.wait_for(|s| matches!(s, streams_runtime::AppState::Failed)) => {
                drop(ended);
                break;
            }
            command = commands.recv() => match command.as_deref() {
                Some("status") => {
                    let m = app.metrics();
                    talk::say(&json!({
                        "state": format!("{:?}", app.state()), "tasks": m.tasks, "running": m.running_tasks,
                        "ids": app.tasks().iter().map(ToString::to_string).collect::<Vec<_>>(), "records": m.records.records_in, "skipped": m.records.skipped_errors, "dropped": m.records.dropped,
                    }));
                }
                Some("drained") => talk::say(&json!({ "drained": drained(&app).await })),
                Some(shift) if shift.starts_with("clock ") => talk::say(&json!({ "ahead_ms": clock::shift(&shift["clock ".len()..])? })),
                Some("rows") => talk::say(&rows(&app).await),
                Some(other) => return Err(format!("no command `{other}`").into()),
                None => std::process::exit(9),
            }
        }
    }
    Ok(app.run_until(async {}).await?)
}
