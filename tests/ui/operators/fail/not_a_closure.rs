//! A value instead of a closure.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.filter(true).to("out");
    }
}

fn main() {}
