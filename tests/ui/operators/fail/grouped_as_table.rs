//! Grouped, and not aggregated.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, i64> = stream("views");
        let counts: Table<String, u64> = views.group_by_key();
    }
}

fn main() {}
