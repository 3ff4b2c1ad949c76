//! The first branch goes nowhere.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let (long, short) = lines.split().branch(|_, v| v.len() > 10).otherwise();
        short.to("out");
    }
}

fn main() {}
