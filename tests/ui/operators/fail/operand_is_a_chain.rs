//! A chain as an argument.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let more: Stream<String, String> = stream("more");
        lines.merge(more.filter(|_, v| v.len() > 10)).to("out");
    }
}

fn main() {}
