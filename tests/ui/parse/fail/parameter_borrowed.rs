//! A borrowed parameter.
use streams_runtime::prelude::*;

topology! {
    pub fn example(topic: &str) -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
