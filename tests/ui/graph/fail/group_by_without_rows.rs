//! A table that keeps no rows cannot take them out of their groups again.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users").without_store();
        let towns: Table<String, u64> = users.group_by(|_, town| (town.clone(), 1u64)).count();
        towns.to_stream().to("out");
    }
}

fn main() {}
