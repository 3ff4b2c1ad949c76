//! A setting that is no text.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let counts: Table<String, u64> = lines.group_by_key().count().changelog_setting("segment.bytes", 1_000_000);
        counts.to_stream().to("out");
    }
}

fn main() {}
