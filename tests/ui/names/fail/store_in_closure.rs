//! A store used inside of a closure.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let seen: KeyValueStore<String, i64> = key_value_store();
        let lines: Stream<String, String> = stream("lines");
        lines.filter(|_, v| seen.get(v).is_none()).process(Dedup, seen);
    }
}

fn main() {}
