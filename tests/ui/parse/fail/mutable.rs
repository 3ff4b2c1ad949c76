//! A mutable name.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let mut long = lines.filter(|_, v| v.len() > 10);
        long.to("out");
    }
}

fn main() {}
