//! A name of state that the macro cannot read.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users").named(USERS);
        users.to_stream().to("out");
    }
}

fn main() {}
