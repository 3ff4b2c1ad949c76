//! A view without a store keeps no rows that could expire.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        let names = users.map_values(|user| user.to_uppercase()).ttl(hours(1));
        names.to_stream().to("names");
    }
}

fn main() {}
