//! A decision at start-up.
use streams_runtime::prelude::*;

topology! {
    pub fn example(verbose: bool) -> Example {
        let lines: Stream<String, String> = stream("lines");
        if verbose {
            lines.print("line");
        }
        lines.to("out");
    }
}

fn main() {}
