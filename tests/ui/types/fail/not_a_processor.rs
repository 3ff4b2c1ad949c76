//! A processor that is none.
use streams_runtime::prelude::*;

struct Dedup;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.process(Dedup).to("out");
    }
}

fn main() {}
