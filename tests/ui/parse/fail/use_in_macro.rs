//! An import inside of the macro.
use streams_runtime::prelude::*;

topology! {
    use std::time::Duration;

    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
