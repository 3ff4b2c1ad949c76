//! Keeps the long lines of a text: `cargo run --release --example filter_by_length`.
//!
//! What is long is a parameter of the topology: closures see it as a reference.

use examples::*;
use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::prelude::*;
use streams_runtime::{Producer, Reader, Streams, end_of_input, shutdown_signal};

topology! {
    /// Lines of at least `min_chars` characters, with their length in front.
    pub fn filter_by_length(min_chars: usize) -> FilterByLength {
        let lines: Stream<(), String> = stream("lines");

        let (long, short) = lines.split().branch(|_, line| line.chars().count() >= *min_chars).otherwise();

        long.map_values(|line| format!("{} {line}", line.chars().count())).to("long-lines");
        short.filter_not(|_, line| line.is_empty()).to("short-lines");
    }
}

#[tokio::main]
async fn main() -> Result {
    let streams = Streams::new(filter_by_length(70)).application_id("filter-by-length").create_missing_topics(1);
    if let Some(brokers) = examples::brokers() {
        streams.brokers(brokers).start().await?.run_until(shutdown_signal()).await?;
        return Ok(());
    }

    let log = EmbeddedLog::in_memory();
    log.create_topic("lines", 1)?;
    let lines = Producer::new(&log, FilterByLength::LINES);
    for (number, line) in (0..).zip(include_str!("data/declaration.txt").lines()) {
        lines.send((), line).timestamp_ms(number).await?;
    }
    streams.embedded_log(log.clone()).start().await?.run_until(end_of_input()).await?;

    for line in Reader::<(), String>::builder(&log, "long-lines").to_end().await? {
        println!("{}", line.value);
    }
    println!("and {} short lines", Reader::builder(&log, FilterByLength::SHORT_LINES).to_end().await?.len());
    Ok(())
}
