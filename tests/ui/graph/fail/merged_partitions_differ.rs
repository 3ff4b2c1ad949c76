//! Topics with different numbers of partitions are merged and grouped.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines").partitions(4);
        let others: Stream<String, String> = stream("others").partitions(6);
        let counts: Table<String, u64> = lines.merge(others).group_by_key().count();
        counts.to_stream().to("out");
    }
}

fn main() {}
