//! One name for two streams.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let parts = lines.split().branch(|_, v| v.len() > 10).otherwise();
        parts.to("out");
    }
}

fn main() {}
