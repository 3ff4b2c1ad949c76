//! Rows that would not live at all.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users").ttl(seconds(0));
        users.to_stream().to("out");
    }
}

fn main() {}
