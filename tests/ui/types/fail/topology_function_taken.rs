//! There is a function of the topology's name.
use streams_runtime::prelude::*;

pub fn example() {}

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
