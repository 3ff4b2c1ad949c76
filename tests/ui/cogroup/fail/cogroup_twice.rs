//! Two aggregates of one cogroup, whose closures can only be in one place.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let clicks: Stream<String, String> = stream("clicks");
        let others = clicks.group_by_key();
        let both = views.group_by_key().cogroup(|_, _, n| n + 1).cogroup(others, |_, _, n| n + 2);
        let counts: Table<String, u64> = both.aggregate(|| 0);
        let per_minute: Table<Windowed<String>, u64> = both.windowed_by(tumbling(minutes(1))).aggregate(|| 0);
        counts.to_stream().to("out");
        per_minute.to_stream().to("per-minute");
    }
}

fn main() {}
