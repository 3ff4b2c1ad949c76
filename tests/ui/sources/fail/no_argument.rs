//! A source without topic.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream();
        lines.to("out");
    }
}

fn main() {}
