//! A grouped table has no changes yet.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let sales: Table<String, i64> = table("sales");
        sales.group_by(|key, n| (key.clone(), *n)).to_stream().to("out");
    }
}

fn main() {}
