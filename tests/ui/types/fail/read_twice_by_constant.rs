//! Two sources read one topic, one of them by a constant.
use streams_runtime::prelude::*;

const LINES: &str = "lines";

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream(LINES);
        let again: Stream<String, String> = stream("lines");
        lines.to("out");
        again.to("again");
    }
}

fn main() {}
