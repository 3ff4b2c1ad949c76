//! The right table of a foreign-key join is not divided by its key.
use streams_runtime::prelude::*;

fn by_length<V>(key: &String, _: &V, partitions: u32) -> u32 {
    key.len() as u32 % partitions
}

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let users: Table<String, String> = table("users");
        let named: Table<String, String> = lines.repartition().partitioned_by(by_length).named("again").to_table();
        let joined = users.join(named, |user| user.clone(), |a, b| format!("{a}{b}"));
        joined.to_stream().to("out");
    }
}

fn main() {}
