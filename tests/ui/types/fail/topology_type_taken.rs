//! There is a type of the topology's name.
use streams_runtime::prelude::*;

pub struct Example;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
