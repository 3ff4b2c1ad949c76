//! Tables with keys of different types are joined.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        let towns: Table<u64, String> = table("towns");
        users.join(towns, |user, town| format!("{user}{town}")).to_stream().to("out");
    }
}

fn main() {}
