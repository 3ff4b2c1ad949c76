//! An async closure.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.map_values(async |v| v.len()).to("out");
    }
}

fn main() {}
