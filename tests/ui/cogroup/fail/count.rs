//! A cogroup has its closures already: nothing is counted.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<String, u64> = views.group_by_key().cogroup(|_, _, n| n + 1).count();
        counts.to_stream().to("out");
    }
}

fn main() {}
