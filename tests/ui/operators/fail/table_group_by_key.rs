//! A table is grouped by its key already.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let sales: Table<String, i64> = table("sales");
        let counts: Table<String, u64> = sales.group_by_key().count();
        counts.to_stream().to("out");
    }
}

fn main() {}
