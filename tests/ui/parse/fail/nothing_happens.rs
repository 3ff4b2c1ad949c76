//! A second name for one stream.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let copy = lines;
        copy.to("out");
    }
}

fn main() {}
