//! A twin that does not exist.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.try_merge(lines).to("out");
    }
}

fn main() {}
