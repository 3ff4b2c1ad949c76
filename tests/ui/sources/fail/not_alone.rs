//! An operator on a source in the same statement.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let long: Stream<String, String> = stream("lines").filter(|_, v| v.len() > 10);
        long.to("out");
    }
}

fn main() {}
