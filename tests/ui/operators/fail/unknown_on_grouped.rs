//! An operator that no kind has.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let sums: Table<String, u64> = lines.group_by_key().sum();
        sums.to_stream().to("out");
    }
}

fn main() {}
