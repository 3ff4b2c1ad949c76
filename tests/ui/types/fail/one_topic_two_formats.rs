//! A topic is written in one format and read in another.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.map_values(|line| line.len() as u64).to("lengths");
        let lengths: Stream<String, u64> = stream("lengths").with(Utf8, Json);
        lengths.to("out");
    }
}

fn main() {}
