//! A table looked up inside of a closure.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        let lines: Stream<String, String> = stream("lines");
        lines.map_values(|line| users.get(line)).to("out");
    }
}

fn main() {}
