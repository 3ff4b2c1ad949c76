//! A macro as a statement.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        println!("{lines:?}");
        lines.to("out");
    }
}

fn main() {}
