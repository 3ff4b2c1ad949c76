//! Two topics are made of each other.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("first");
        let first: Stream<String, String> = stream("first");
        first.to("second");
        let second: Stream<String, String> = stream("second");
        second.to("lines");
    }
}

fn main() {}
