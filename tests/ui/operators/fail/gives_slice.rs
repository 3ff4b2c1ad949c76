//! A part of a text has no size of its own.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.map_values(|line| line[1..]).to("out");
    }
}

fn main() {}
