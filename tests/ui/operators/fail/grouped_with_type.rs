//! A type on what has none.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, i64> = stream("views");
        let grouped: Grouped<String, i64> = views.group_by_key();
        let counts: Table<String, u64> = grouped.count();
    }
}

fn main() {}
