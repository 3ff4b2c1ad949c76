//! Sessions, and no closure that merges two of them.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String, SessionWindow>, u64> =
            views.group_by_key().windowed_by(sessions(minutes(5))).aggregate(|| 0, |_, v, sum| sum + v.len() as u64);
        counts.to_stream().to("out");
    }
}

fn main() {}
