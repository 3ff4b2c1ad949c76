//! A merge of what is divided in two ways is grouped.
use streams_runtime::prelude::*;

fn by_length<V>(key: &String, _: &V, partitions: u32) -> u32 {
    key.len() as u32 % partitions
}

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let others: Stream<String, String> = stream("others");
        let divided = others.repartition().partitioned_by(by_length);
        let counts: Table<String, u64> = lines.merge(divided).group_by_key().count();
        counts.to_stream().to("out");
    }
}

fn main() {}
