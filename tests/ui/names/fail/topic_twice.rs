//! A topic read by two sources.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let again: Stream<String, String> = stream("lines");
        lines.merge(again).to("out");
    }
}

fn main() {}
