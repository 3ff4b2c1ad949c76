//! The written type of an aggregate and what the closure gives.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let lengths: Table<String, u64> = lines.group_by_key().aggregate(|| 0, |_, line, _| line.len());
        lengths.to_stream().to("out");
    }
}

fn main() {}
