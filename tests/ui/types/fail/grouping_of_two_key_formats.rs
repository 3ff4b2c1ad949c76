//! A merge of two formats is grouped.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines").with(Json, Utf8);
        let others: Stream<String, String> = stream("others");
        let counts: Table<String, u64> = lines.merge(others).group_by_key().count();
        counts.to_stream().to("out");
    }
}

fn main() {}
