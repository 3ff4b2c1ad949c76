//! Two tables that are joined have the same number of partitions.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users").partitions(4);
        let towns: Table<String, String> = table("towns").partitions(6);
        users.join(towns, |user, town| format!("{user} of {town}")).to_stream().to("out");
    }
}

fn main() {}
