//! The same option twice.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines").partitions(4).partitions(8);
        lines.to("out");
    }
}

fn main() {}
