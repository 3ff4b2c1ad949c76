//! Topics that come later may have any number of partitions.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let logs: Stream<String, String> = stream(pattern("logs-.*"));
        let users: Table<String, String> = table("users");
        logs.join(users, |a, b| format!("{a}{b}")).to("out");
    }
}

fn main() {}
