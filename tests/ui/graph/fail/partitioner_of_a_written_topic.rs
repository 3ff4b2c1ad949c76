//! The topic is divided by the sink that writes it.
use streams_runtime::prelude::*;

fn by_length<V>(key: &String, _: &V, partitions: u32) -> u32 {
    key.len() as u32 % partitions
}

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let users: Table<String, String> = table("users");
        lines.to("divided").partitioned_by(by_length);
        let divided: Stream<String, String> = stream("divided");
        divided.join(users, |a, b| format!("{a}{b}")).to("out");
    }
}

fn main() {}
