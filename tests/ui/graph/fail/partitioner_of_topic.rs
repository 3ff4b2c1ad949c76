//! A source says something else than the sink that writes its topic.
use streams_runtime::prelude::*;

fn by_length<V>(key: &String, _: &V, partitions: u32) -> u32 {
    key.len() as u32 % partitions
}

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("divided").partitioned_by(by_length);
        let divided: Stream<String, String> = stream("divided").partitioned_by(|_, _, _| 0);
        divided.to("out");
    }
}

fn main() {}
