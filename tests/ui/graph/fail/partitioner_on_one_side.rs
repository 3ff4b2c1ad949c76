//! One side is divided by a partitioner of its own.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let users: Table<String, String> = table("users");
        let divided = lines.repartition().partitioned_by(|_, line, partitions| line.len() as u32 % partitions);
        divided.join(users, |a, b| format!("{a}{b}")).to("out");
    }
}

fn main() {}
