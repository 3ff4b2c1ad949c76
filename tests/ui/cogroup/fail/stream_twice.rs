//! Two closures for one stream.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let grouped = views.group_by_key();
        let counts: Table<String, u64> =
            grouped.cogroup(|_, _, n| n + 1).cogroup(grouped, |_, _, n| n + 2).aggregate(|| 0);
        counts.to_stream().to("out");
    }
}

fn main() {}
