//! A record can join two sessions, so their aggregates are merged.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String, SessionWindow>, u64> =
            views.group_by_key().cogroup(|_, _, n| n + 1).windowed_by(sessions(minutes(5))).aggregate(|| 0);
        counts.to_stream().to("out");
    }
}

fn main() {}
