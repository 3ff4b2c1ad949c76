//! A topic that is read for nothing.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let others: Stream<String, String> = stream("others");
        lines.to("out");
    }
}

fn main() {}
