//! An `Option` in an `Option`.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, Option<Option<u64>>> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
