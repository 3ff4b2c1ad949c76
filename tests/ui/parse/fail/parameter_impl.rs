//! A parameter without a concrete type.
use streams_runtime::prelude::*;

topology! {
    pub fn example(check: impl Fn(&str) -> bool) -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
