//! A count of a stream that is not grouped.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let counts: Table<String, u64> = lines.count();
        counts.to_stream().to("out");
    }
}

fn main() {}
