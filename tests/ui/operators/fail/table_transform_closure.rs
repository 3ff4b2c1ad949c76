//! A transformer is no closure.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        users.transform_values(|_, user| user.clone()).to_stream().to("out");
    }
}

fn main() {}
