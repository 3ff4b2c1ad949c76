//! A pattern that is not written out.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream(pattern(lines_regex()));
        lines.to("out");
    }
}

fn main() {}
