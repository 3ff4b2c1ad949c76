//! A loop around statements.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        for n in 0..3 {
            lines.to("out");
        }
    }
}

fn main() {}
