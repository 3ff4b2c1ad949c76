//! A grouping that is never aggregated.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let grouped = lines.group_by_key();
        lines.to("out");
    }
}

fn main() {}
