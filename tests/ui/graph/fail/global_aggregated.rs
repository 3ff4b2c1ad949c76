//! A global table is grouped.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let codes: GlobalTable<String, String> = global_table("codes");
        let lines: Stream<String, String> = stream("lines");
        let counts: Table<String, u64> = codes.group_by_key().count();
        lines.to("out");
    }
}

fn main() {}
