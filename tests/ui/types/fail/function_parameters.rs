//! A function that takes something else.
use streams_runtime::prelude::*;

fn long(line: &String) -> bool {
    line.len() > 3
}

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.filter(long).to("out");
    }
}

fn main() {}
