//! A stream is grouped before it comes into a cogroup.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let clicks: Stream<String, String> = stream("clicks");
        let counts: Table<String, u64> =
            views.group_by_key().cogroup(|_, _, n| n + 1).cogroup(clicks, |_, _, n| n + 2).aggregate(|| 0);
        counts.to_stream().to("out");
    }
}

fn main() {}
