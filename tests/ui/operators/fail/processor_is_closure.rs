//! A closure instead of a processor.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.process(|record| println!("{record:?}"));
    }
}

fn main() {}
