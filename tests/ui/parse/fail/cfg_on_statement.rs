//! A part of the graph that depends on the build.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        #[cfg(test)]
        lines.print("line");
        lines.to("out");
    }
}

fn main() {}
