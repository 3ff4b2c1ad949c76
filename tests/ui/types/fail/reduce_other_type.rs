//! A reduction gives the type of the values.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let lengths: Table<String, String> = lines.group_by_key().reduce(|a, b| a.len() + b.len());
        lengths.to_stream().to("out");
    }
}

fn main() {}
