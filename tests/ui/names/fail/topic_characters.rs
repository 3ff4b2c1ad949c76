//! A character that Kafka does not allow.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("all lines");
        lines.to("out");
    }
}

fn main() {}
