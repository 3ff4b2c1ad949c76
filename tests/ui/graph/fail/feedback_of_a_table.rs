//! The changes of a table are written back to its topic.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        users.filter(|_, user| !user.is_empty()).to_stream().to("users");
    }
}

fn main() {}
