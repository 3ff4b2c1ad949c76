//! A computed topic.
use streams_runtime::prelude::*;

topology! {
    pub fn example(region: String) -> Example {
        let lines: Stream<String, String> = stream(format!("lines-{}", region));
        lines.to("out");
    }
}

fn main() {}
