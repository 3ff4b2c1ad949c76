//! A constant that cannot be the name of a topic.
use streams_runtime::prelude::*;

const LINES: &str = "all lines";

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream(LINES);
        lines.to("out");
    }
}

fn main() {}
