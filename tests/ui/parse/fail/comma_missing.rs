//! Arguments that are not separated by a comma.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        let lines: Stream<String, String> = stream("lines");
        lines.join(users; |line, user| format!("{line}{user}")).to("out");
    }
}

fn main() {}
