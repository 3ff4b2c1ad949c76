//! A table is joined with a global table.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        let towns: GlobalTable<String, String> = global_table("towns");
        users.left_join(towns, |user, town| format!("{user}{town:?}")).to_stream().to("out");
    }
}

fn main() {}
