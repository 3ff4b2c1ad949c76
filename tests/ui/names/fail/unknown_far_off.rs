//! A name that nothing resembles.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.merge(views).to("out");
    }
}

fn main() {}
