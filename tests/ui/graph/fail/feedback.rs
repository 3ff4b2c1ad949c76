//! What is made of a stream is written back to its topic.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.map_values(|line| format!("{line}!")).to("lines");
    }
}

fn main() {}
