//! The right side of a left join may be missing.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        let towns: Table<String, String> = table("towns");
        let both: Table<String, String> = users.left_join(towns, |user, town: &String| format!("{user}{town}"));
        both.to_stream().to("out");
    }
}

fn main() {}
