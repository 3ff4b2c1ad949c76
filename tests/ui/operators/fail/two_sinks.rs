//! Two sinks in one chain.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let left: Stream<String, i64> = stream("left");
        left.to("a").to("b");
    }
}

fn main() {}
