//! A repartition topic and state of one name.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let shuffled = lines.select_key(|_, v| v.clone()).repartition().named("counts");
        let counts: Table<String, u64> = lines.group_by(|_, v| v.clone()).count();
        shuffled.to("out");
        counts.to_stream().to("counts");
    }
}

fn main() {}
