//! An operator of streams on a table.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        users.map_values(|v| v.len() > 10).to("out");
    }
}

fn main() {}
