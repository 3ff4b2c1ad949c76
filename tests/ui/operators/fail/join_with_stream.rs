//! A join with a stream.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let more: Stream<String, String> = stream("more");
        lines.join(more, |a, b| format!("{a}{b}")).to("out");
    }
}

fn main() {}
