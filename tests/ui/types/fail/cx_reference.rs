//! A closure that gives what belongs to the context.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.map_values(|_, cx| cx.topic()).to("out");
    }
}

fn main() {}
