//! A stream joined with a table of another key.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<u64, String> = stream("views");
        let users: Table<String, String> = table("users");
        let joined = views.join(users, |view, user| format!("{view}{user}"));
        joined.to("out");
    }
}

fn main() {}
