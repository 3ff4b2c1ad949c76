//! Neither do those in a repartition topic.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let counts: Table<Windowed<String>, u64> = lines.group_by_key().windowed_by(tumbling(minutes(5))).count();
        let again = counts.to_stream().repartition();
        again.for_each(|key, n| println!("{} {n:?}", key.window.end_ms));
    }
}

fn main() {}
