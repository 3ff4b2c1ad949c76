//! A joiner that takes one value.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let users: Table<String, String> = table("users");
        views.join(users, |user| user.len() as u64).to("out");
    }
}

fn main() {}
