//! A store that nothing uses.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let seen: KeyValueStore<String, i64> = key_value_store();
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
