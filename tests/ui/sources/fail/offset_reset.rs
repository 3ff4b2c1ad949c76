//! The start as a string, as in Kafka's settings.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines").offset_reset("earliest");
        lines.to("out");
    }
}

fn main() {}
