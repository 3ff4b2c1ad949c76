//! Two topologies with one type.
use streams_runtime::prelude::*;

topology! {
    pub fn first() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }

    pub fn second() -> Example {
        let words: Stream<String, String> = stream("words");
        words.to("out");
    }
}

fn main() {}
