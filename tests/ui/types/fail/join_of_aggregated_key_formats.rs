//! What is aggregated is still divided as what it was made of.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines").with(Json, Utf8);
        let users: Table<String, String> = table("users");
        let counts: Table<String, u64> = lines.group_by_key().count();
        let adults = users.filter(|_, user| !user.is_empty());
        counts.join(adults, |n, user| format!("{n}{user}")).to_stream().to("out");
    }
}

fn main() {}
