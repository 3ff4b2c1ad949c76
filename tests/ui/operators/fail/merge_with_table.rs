//! A merge of a stream with a table.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        let lines: Stream<String, String> = stream("lines");
        lines.merge(users).to("out");
    }
}

fn main() {}
