//! A view that nothing reads and that has no store.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        let adults = users.filter(|_, user| !user.is_empty());
        users.to_stream().to("out");
    }
}

fn main() {}
