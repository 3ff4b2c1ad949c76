//! One setting with two values.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let counts: Table<String, u64> =
            lines.group_by_key().count().changelog_setting("segment.bytes", "1000000").changelog_setting("segment.bytes", "2000000");
        counts.to_stream().to("out");
    }
}

fn main() {}
