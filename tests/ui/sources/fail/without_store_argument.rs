//! The option takes nothing.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users").without_store("users");
        users.to_stream().to("out");
    }
}

fn main() {}
