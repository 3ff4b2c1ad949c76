//! Shadowing.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let long = lines.filter(|_, v| v.len() > 10);
        let long = long.filter(|_, v| v.len() > 20);
        long.to("out");
    }
}

fn main() {}
