//! A join with a global table needs to know its key.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let codes: GlobalTable<String, String> = global_table("codes");
        let lines: Stream<String, String> = stream("lines");
        lines.join(codes, |line, code| format!("{line}{code}")).to("out");
    }
}

fn main() {}
