//! A table has no null keys.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<Option<String>, String> = table("users");
        users.to_stream().to("out");
    }
}

fn main() {}
