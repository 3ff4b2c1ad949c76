//! A table of several topics.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table(pattern("users-.*"));
        users.to_stream().to("out");
    }
}

fn main() {}
