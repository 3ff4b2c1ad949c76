//! Two sides of a join with different numbers of partitions.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines").partitions(4);
        let users: Table<String, String> = table("users").partitions(6);
        lines.join(users, |a, b| format!("{a}{b}")).to("out");
    }
}

fn main() {}
