//! A duration alone does not say until when.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        let rated = users.suppress(seconds(1));
        rated.to_stream().to("out");
    }
}

fn main() {}
