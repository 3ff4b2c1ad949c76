//! The changelog is the user's own topic.
use streams_runtime::prelude::*;

topology! {
    #[optimized]
    pub fn example() -> Example {
        let users: Table<String, String> = table("users").changelog_setting("segment.bytes", "1000000");
        users.to_stream().to("out");
    }
}

fn main() {}
