//! A name for what a sink gives.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let out = lines.to("out");
    }
}

fn main() {}
