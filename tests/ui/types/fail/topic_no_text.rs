//! A constant that is no text names a topic.
use streams_runtime::prelude::*;

const OUT: u64 = 7;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to(OUT);
    }
}

fn main() {}
