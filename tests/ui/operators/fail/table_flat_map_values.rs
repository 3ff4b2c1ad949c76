//! A table has one row for each key.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        users.flat_map_values(|user, out| out(user)).to_stream().to("out");
    }
}

fn main() {}
