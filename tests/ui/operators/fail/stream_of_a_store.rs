//! A store is not a stream.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let seen: KeyValueStore<String, i64> = key_value_store();
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
        seen.filter(|_, v| *v > 1).to("seen");
    }
}

fn main() {}
