//! Two streams of different types as one.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let numbers: Stream<String, u64> = stream("numbers");
        lines.merge(numbers).to("out");
    }
}

fn main() {}
