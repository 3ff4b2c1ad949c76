//! A stream instead of a store.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Stream<String, String> = stream("users");
        let lines: Stream<String, String> = stream("lines");
        lines.process(Dedup, users);
    }
}

fn main() {}
