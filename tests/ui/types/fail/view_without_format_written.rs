//! A view that is written as state has a store, and its values no wire format.
use streams_runtime::prelude::*;

struct Length(usize);

topology! {
    pub fn example() -> Example {
        let lines: Table<String, String> = table("lines");
        let lengths: Table<String, Length> = lines.map_values(|line| Length(line.len()));
        lengths.to_stream().to("out");
    }
}

fn main() {}
