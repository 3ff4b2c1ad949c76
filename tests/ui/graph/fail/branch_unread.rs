//! A branch that goes nowhere.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let (long, short) = lines.split().branch(|_, v| v.len() > 10).otherwise();
        long.to("out");
    }
}

fn main() {}
