//! A type that has no wire format is written.
use streams_runtime::prelude::*;

struct Length(usize);

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.map_values(|line| Length(line.len())).to("out");
    }
}

fn main() {}
