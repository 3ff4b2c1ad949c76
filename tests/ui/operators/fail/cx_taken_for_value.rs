//! A closure of key and value where the operator gives the value only.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.map_values(|key, value| format!("{key}{value}")).to("out");
        let users: Table<String, String> = table("users");
        users.try_map_values(|k, v| v.parse::<u64>()).to_stream().to("numbers");
        lines.filter(|old_key, key, value| old_key != key).to("moved");
    }
}

fn main() {}
