//! A closure that takes values.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.filter(|_: String, line: String| line.len() > 3).to("out");
    }
}

fn main() {}
