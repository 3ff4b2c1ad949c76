//! A later version of an application finds the state of the one before, or says why not.
#![allow(clippy::unwrap_used)] // tests

use std::time::{Duration, Instant};

use streams_runtime::prelude::*;
use streams_runtime::{Streams, end_of_input};

topology! {
    fn first() -> First {
        let input: Stream<String, String> = stream("in");
        let counts: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(tumbling(minutes(5))).count();
        counts.to_stream().to("out");
    }
}

topology! {
    /// Another `let`.
    fn renamed() -> Renamed {
        let input: Stream<String, String> = stream("in");
        let numbers: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(tumbling(seconds(300))).count();
        numbers.to_stream().to("out");
    }
}

topology! {
    /// The old name, more operators, later records, and state that was not there.
    fn grown() -> Grown {
        let input: Stream<String, String> = stream("in");
        let numbers: Table<Windowed<String>, u64> =
            input.filter(|_, v| !v.is_empty()).group_by_key().windowed_by(tumbling(minutes(5)).grace(seconds(5))).count().named("counts");
        let all: Table<String, u64> = input.group_by_key().count();
        numbers.to_stream().to("out");
    }
}

topology! {
    fn shorter() -> Shorter {
        let input: Stream<String, String> = stream("in");
        let counts: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(tumbling(minutes(1))).count();
        counts.to_stream().to("out");
    }
}

/// The error of a start and an end; empty if there is none. The threads of the application before may not have let go of the directory yet.
async fn run<T: streams_runtime::Topology>(make: impl Fn() -> Streams<T>, directory: &std::path::Path) -> String {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let app = make().application_id("app").embedded(directory).create_missing_topics(1).start().await;
        match app {
            Ok(app) => return app.run_until(end_of_input()).await.map_or_else(|error| error.to_string(), |()| String::new()),
            Err(error) if error.to_string().contains("in use by another process") && Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Err(error) => return error.to_string(),
        }
    }
}

#[tokio::test]
async fn state_that_changes_is_told_at_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    assert_eq!(run(|| Streams::new(first()), directory).await, "");
    assert_eq!(run(|| Streams::new(first()), directory).await, "");
    let error = run(|| Streams::new(renamed()), directory).await;
    assert!(error.contains("`counts` (`count : Table<Windowed<String>, u64> in tumbling(300000 ms)`) is gone"), "{error}");
    assert!(error.contains("`numbers` is the same under another name") && error.contains("`.named(\"counts\")`"), "{error}");
    assert_eq!(run(|| Streams::new(grown()), directory).await, "");
    let error = run(|| Streams::new(shorter()), directory).await;
    assert!(error.contains("and is `count : Table<Windowed<String>, u64> in tumbling(60000 ms)` now"), "{error}");
    assert!(error.contains("`all` (`count : Table<String, u64>`) is gone"), "{error}");
    assert_eq!(run(|| Streams::new(shorter()).accept_state_changes(), directory).await, "");
    assert_eq!(run(|| Streams::new(shorter()), directory).await, "");
}
