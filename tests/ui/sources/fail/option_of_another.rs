//! An option on an operator that does not have it.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.filter(|_, v| v.len() > 10).partitions(4).to("out");
    }
}

fn main() {}
