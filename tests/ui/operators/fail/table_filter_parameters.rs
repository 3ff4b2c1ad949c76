//! A filter sees key and value.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        users.filter(|user| user.len() > 17).to_stream().to("out");
    }
}

fn main() {}
