//! The wrong kind of type on a source.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Table<String, String> = stream("lines");
        lines.to_stream().to("out");
    }
}

fn main() {}
