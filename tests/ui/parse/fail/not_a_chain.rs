//! An operator of Rust instead of one of streams.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines + lines;
        lines.to("out");
    }
}

fn main() {}
