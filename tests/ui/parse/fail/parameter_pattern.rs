//! A parameter that is a pattern.
use streams_runtime::prelude::*;

topology! {
    pub fn example(mut limit: usize) -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
