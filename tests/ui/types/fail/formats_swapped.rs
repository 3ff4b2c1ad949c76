//! The formats of a sink are in the wrong order: one mistake.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<u64, String> = stream("lines");
        lines.to("out").with(Utf8, BigEndian);
    }
}

fn main() {}
