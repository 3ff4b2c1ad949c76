//! A topic without partitions.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines").partitions(0);
        lines.to("out");
    }
}

fn main() {}
