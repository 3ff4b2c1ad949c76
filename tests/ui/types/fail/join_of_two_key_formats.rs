//! One type of keys in two formats: their bytes differ, and so do their partitions.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines").with(Json, Utf8);
        let users: Table<String, String> = table("users");
        lines.join(users, |a, b| format!("{a}{b}")).to("out");
    }
}

fn main() {}
