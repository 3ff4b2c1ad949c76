//! State in the middle of a chain.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.group_by_key().count().to_stream().to("out");
    }
}

fn main() {}
