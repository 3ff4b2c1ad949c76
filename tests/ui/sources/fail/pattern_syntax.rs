//! A pattern that is no regular expression.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let logs: Stream<String, String> = stream(pattern("logs-[a"));
        logs.to("out");
    }
}

fn main() {}
