//! Kafka's own topic.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("__consumer_offsets");
    }
}

fn main() {}
