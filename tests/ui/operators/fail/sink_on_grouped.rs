//! A grouped stream is not aggregated.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.group_by_key().to("out");
    }
}

fn main() {}
