//! Two sinks behind an operator.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let left: Stream<String, i64> = stream("left");
        left.filter(|_, n| *n > 0).to("a").to("b");
    }
}

fn main() {}
