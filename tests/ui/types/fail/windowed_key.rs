//! The key of a windowed table is a key in a window.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<String, u64> = views.group_by_key().windowed_by(tumbling(minutes(1))).count();
        counts.to_stream().to("out");
    }
}

fn main() {}
