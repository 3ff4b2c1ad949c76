//! A cache of what keeps no rows.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        let grown = users.filter(|_, user| !user.is_empty()).without_cache();
        grown.to_stream().to("out");
    }
}

fn main() {}
