//! A name whose query handle every topology has already.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let description: Table<String, u64> = lines.group_by_key().count();
        description.to_stream().to("out");
    }
}

fn main() {}
