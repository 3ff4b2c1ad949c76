//! A name of Rust that is none of Kafka.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let größe: Table<String, u64> = lines.group_by_key().count();
        größe.to_stream().to("out");
    }
}

fn main() {}
