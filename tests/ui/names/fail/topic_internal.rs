//! Writing to what looks like an internal topic.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("app-users-changelog");
    }
}

fn main() {}
