//! A value that is a part of the record.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.map_values(|line| line.trim()).to("words");
    }
}

fn main() {}
