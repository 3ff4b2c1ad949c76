//! The closure of a table's filter gives no `bool`.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        users.filter(|_, user| user.len()).to_stream().to("out");
    }
}

fn main() {}
