//! A name that is defined later.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let long;
        lines.to("out");
    }
}

fn main() {}
