//! Rows are counted in groups.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let sales: Table<String, i64> = table("sales");
        let counts: Table<String, u64> = sales.count();
        counts.to_stream().to("out");
    }
}

fn main() {}
