//! The streams of a cogroup are grouped by one type of key.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let clicks: Stream<u64, String> = stream("clicks");
        let others = clicks.group_by_key();
        let counts: Table<String, u64> =
            views.group_by_key().cogroup(|_, _, n| n + 1).cogroup(others, |_, _, n| n + 2).aggregate(|| 0);
        counts.to_stream().to("out");
    }
}

fn main() {}
