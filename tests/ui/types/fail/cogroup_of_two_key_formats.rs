//! The streams of a cogroup have two formats.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines").with(Json, Utf8);
        let others: Stream<String, String> = stream("others");
        let grouped = others.group_by_key();
        let counts: Table<String, u64> = lines.group_by_key().cogroup(|_, _, n: u64| n + 1).cogroup(grouped, |_, _, n| n + 1).aggregate(|| 0);
        counts.to_stream().to("out");
    }
}

fn main() {}
