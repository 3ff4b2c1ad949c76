//! Streams that are divided differently do not meet in one task.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views").partitions(4);
        let clicks: Stream<String, String> = stream("clicks").partitions(8);
        let others = clicks.group_by_key();
        let counts: Table<String, u64> =
            views.group_by_key().cogroup(|_, _, n| n + 1).cogroup(others, |_, _, n| n + 2).aggregate(|| 0);
        counts.to_stream().to("out");
    }
}

fn main() {}
