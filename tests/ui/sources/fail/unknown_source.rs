//! A source misspelled.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = steam("lines");
        lines.to("out");
    }
}

fn main() {}
