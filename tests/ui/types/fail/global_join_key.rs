//! The mapper of a join gives another key than the global table has.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<u64, String> = stream("views");
        let codes: GlobalTable<String, String> = global_table("codes");
        views.join(codes, |key, _| *key, |view, code| format!("{view}{code}")).to("out");
    }
}

fn main() {}
