//! A semicolon is missing at the end.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out")
    }
}

fn main() {}
