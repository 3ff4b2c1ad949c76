//! The repartition topic of a further stream is named after the state and the stream.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let clicks: Stream<String, String> = stream("clicks");
        let others = clicks.group_by(|_, v| v.clone());
        let taken: Table<String, String> = table("table").named("counts-others");
        let counts: Table<String, u64> =
            views.group_by_key().cogroup(|_, _, n| n + 1).cogroup(others, |_, _, n| n + 2).aggregate(|| 0);
        counts.to_stream().to("out");
        taken.to_stream().to("taken");
    }
}

fn main() {}
