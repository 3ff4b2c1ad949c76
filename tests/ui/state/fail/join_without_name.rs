//! A join that needs a repartition topic, and no name for it.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        let lines: Stream<String, String> = stream("lines");
        lines.select_key(|_, v| v.clone()).join(users, |a, b| format!("{a}{b}")).to("out");
    }
}

fn main() {}
