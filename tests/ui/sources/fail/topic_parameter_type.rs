//! A parameter that is no topic.
use streams_runtime::prelude::*;

topology! {
    pub fn example(input: u64) -> Example {
        let lines: Stream<String, String> = stream(input);
        lines.to("out");
    }
}

fn main() {}
