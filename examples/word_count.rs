//! Counts the words of a text: `cargo run --release --example word_count`.
//!
//! The text is the Declaration of Independence of the United States, of 1776: as in the Debian package `miscfiles` 1.5.
//!
//! On Kafka (`-- --brokers localhost:9092`) the same topology reads the topic `lines` until Ctrl-C:
//!
//! ```text
//! kafka-console-producer.sh --bootstrap-server localhost:9092 --topic lines < examples/data/declaration.txt
//! kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic word-counts --from-beginning \
//!     --property print.key=true --value-deserializer org.apache.kafka.common.serialization.LongDeserializer
//! ```

use std::cmp::Reverse;

use examples::*;
use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::prelude::*;
use streams_runtime::{Producer, Reader, Streams, end_of_input, shutdown_signal};

topology! {
    /// How often each word occurs.
    pub fn word_count() -> WordCount {
        let lines: Stream<(), String> = stream("lines");

        let words = lines.flat_map_values(|line, out| {
            for word in line.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
                out(&word.to_lowercase());
            }
        });
        let counts: Table<String, u64> = words.group_by(|_, word| word.clone()).count();

        counts.to_stream().to("word-counts");
    }
}

#[tokio::main]
async fn main() -> Result {
    let streams = Streams::new(word_count()).application_id("word-count").create_missing_topics(4);
    if let Some(brokers) = examples::brokers() {
        streams.brokers(brokers).start().await?.run_until(shutdown_signal()).await?;
        return Ok(());
    }

    let log = EmbeddedLog::in_memory();
    log.create_topic("lines", 4)?;
    let lines = Producer::new(&log, WordCount::LINES); // the types are those of the topology
    for (number, line) in (0..).zip(include_str!("data/declaration.txt").lines()) {
        lines.send((), line).timestamp_ms(number).enqueue().await?;
    }
    lines.flush().await?;
    streams.embedded_log(log.clone()).start().await?.run_until(end_of_input()).await?;

    let counts = Reader::builder(&log, WordCount::WORD_COUNTS).to_table().await?; // the last value of each key
    println!("{} words, {} of them different", counts.values().sum::<u64>(), counts.len());
    let mut by_count: Vec<_> = counts.into_iter().collect();
    by_count.sort_by_key(|(_, count)| Reverse(*count));
    for (word, count) in by_count.iter().take(20) {
        println!("{count:4} {word}");
    }
    Ok(())
}
