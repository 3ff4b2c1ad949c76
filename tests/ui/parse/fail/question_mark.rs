//! The `?` operator.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.filter(|_, v| v.len() > 10)?.to("out");
    }
}

fn main() {}
