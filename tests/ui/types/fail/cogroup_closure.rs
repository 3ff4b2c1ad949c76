//! All closures of a cogroup give the written type of the state.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let clicks: Stream<String, String> = stream("clicks");
        let others = clicks.group_by_key();
        let counts: Table<String, u64> =
            views.group_by_key().cogroup(|_, _, n| n + 1).cogroup(others, |_, v, _| v.clone()).aggregate(|| 0);
        counts.to_stream().to("out");
    }
}

fn main() {}
