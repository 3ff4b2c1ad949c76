//! The written type of a count.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let counts: Table<String, i64> = lines.group_by_key().count();
        counts.to_stream().to("out");
    }
}

fn main() {}
