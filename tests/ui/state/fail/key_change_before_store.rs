//! Records with one key would meet different parts of the store.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let seen: KeyValueStore<String, i64> = key_value_store();
        let lines: Stream<String, String> = stream("lines");
        lines.select_key(|_, v| v.clone()).process(Dedup, seen);
    }
}

fn main() {}
