//! Copies a topic, record by record: `cargo run --release --example copy_topic`.
//!
//! The smallest topology there is. Keys, values, times and headers arrive as they left.

use examples::*;
use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::prelude::*;
use streams_runtime::{Producer, Reader, Streams, end_of_input, shutdown_signal};

topology! {
    /// Copies one topic to another. Bytes are copied as they are, nulls included.
    pub fn copy_topic(from: String, to: String) -> CopyTopic {
        let records: Stream<Option<Vec<u8>>, Option<Vec<u8>>> = stream(from);
        records.to(to);
    }
}

#[tokio::main]
async fn main() -> Result {
    let topology = copy_topic("originals".to_owned(), "copies".to_owned());
    let streams = Streams::new(topology).application_id("copy-topic").create_missing_topics(4);
    if let Some(brokers) = examples::brokers() {
        streams.brokers(brokers).start().await?.run_until(shutdown_signal()).await?;
        return Ok(());
    }

    let log = EmbeddedLog::in_memory();
    log.create_topic("originals", 4)?;
    let planets = ["Mercury", "Venus", "Earth", "Mars", "Jupiter", "Saturn", "Uranus", "Neptune"];
    let originals = Producer::<String, i64>::new(&log, "originals");
    for (number, planet) in (0..).zip(planets) {
        originals.send(planet, number).timestamp_ms(number).await?;
    }
    originals.send_null("Pluto").timestamp_ms(8).await?;
    streams.embedded_log(log.clone()).start().await?.run_until(end_of_input()).await?;

    for planet in Reader::<String, Option<i64>>::builder(&log, "copies").to_end().await? {
        println!("{}: {:?}", planet.key, planet.value);
    }
    Ok(())
}
