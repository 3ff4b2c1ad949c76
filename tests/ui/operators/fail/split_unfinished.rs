//! A split that does not say what happens to the rest.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let (long, short) = lines.split().branch(|_, v| v.len() > 10);
        long.merge(short).to("out");
    }
}

fn main() {}
