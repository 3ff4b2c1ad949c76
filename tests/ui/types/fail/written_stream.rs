//! The written type of a stream.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let lengths: Stream<String, String> = lines.map_values(|line| line.len() as u64);
        lengths.to("out");
    }
}

fn main() {}
