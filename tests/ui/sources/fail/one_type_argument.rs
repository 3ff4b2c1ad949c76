//! Keys and values both have a type.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
