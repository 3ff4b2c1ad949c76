//! A semicolon is missing in the middle.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let long = lines.filter(|_, v| v.len() > 10)
        let short = lines.filter_not(|_, v| v.len() > 10);
        long.merge(short).to("out");
    }
}

fn main() {}
