//! A name misspelled.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        line.to("out");
    }
}

fn main() {}
