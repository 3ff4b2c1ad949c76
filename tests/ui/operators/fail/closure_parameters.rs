//! A closure without the key.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.filter(|v| v.len() > 10).to("out");
    }
}

fn main() {}
