//! A stream of what has no wire format is made a table.
use streams_runtime::prelude::*;

struct Length(usize);

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let lengths: Table<String, Length> = lines.map_values(|line| Length(line.len())).to_table();
        lengths.to_stream().to("out");
    }
}

fn main() {}
