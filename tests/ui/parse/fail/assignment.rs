//! An assignment.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines = lines.filter(|_, v| v.is_empty());
        lines.to("out");
    }
}

fn main() {}
