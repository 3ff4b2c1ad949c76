//! `map` makes a key and a value.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.map(|key, _| key.clone()).to("out");
    }
}

fn main() {}
