//! A repartition in the middle of a chain.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.select_key(|_, v| v.clone()).repartition().to("out");
    }
}

fn main() {}
