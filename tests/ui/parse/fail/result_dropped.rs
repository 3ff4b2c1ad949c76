//! A stream that goes nowhere.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.filter(|_, v| v.len() > 10);
        lines.to("out");
    }
}

fn main() {}
