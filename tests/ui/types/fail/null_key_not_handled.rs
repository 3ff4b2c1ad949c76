//! Null lives in the type: a key that may be null is an `Option`.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<Option<String>, String> = stream("lines");
        lines.filter(|key, _| key.len() > 3).to("out");
    }
}

fn main() {}
