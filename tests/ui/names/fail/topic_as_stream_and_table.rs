//! A topic with two meanings.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let table: Table<String, String> = table("lines");
        lines.join(table, |a, b| format!("{a}{b}")).to("out");
    }
}

fn main() {}
