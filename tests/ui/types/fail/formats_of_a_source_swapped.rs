//! The formats of a source are in the wrong order: one mistake.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<u64, String> = stream("lines").with(Utf8, BigEndian);
        lines.to("out");
    }
}

fn main() {}
