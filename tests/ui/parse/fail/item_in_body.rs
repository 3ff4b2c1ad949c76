//! A function inside of the graph.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        fn is_long(v: &str) -> bool {
            v.len() > 10
        }
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
