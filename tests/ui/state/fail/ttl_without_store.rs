//! A table that keeps no rows.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users").without_store().ttl(hours(1));
        users.to_stream().to("out");
    }
}

fn main() {}
