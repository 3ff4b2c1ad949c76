//! The written type of a mapped table is not what the closure gives.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        let lengths: Table<String, u64> = users.map_values(|user| user.clone());
        lengths.to_stream().to("out");
    }
}

fn main() {}
