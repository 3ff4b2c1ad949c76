//! A processor reads a table that is divided otherwise.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users").partitions(2);
        let lines: Stream<String, String> = stream("lines").partitions(4);
        lines.process(Dedup, users);
    }
}

fn main() {}
