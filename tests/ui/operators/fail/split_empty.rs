//! A split without branches.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let (a, b) = lines.split().otherwise();
        a.merge(b).to("out");
    }
}

fn main() {}
