//! A view that nothing reads and that has no store.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        users.filter(|_, user| user.len() > 17);
    }
}

fn main() {}
