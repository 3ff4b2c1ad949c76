//! A parameter of the topology is a reference in a closure.
use streams_runtime::prelude::*;

topology! {
    pub fn example(suffix: String) -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.map_values(|_| suffix).to("out");
    }
}

fn main() {}
