//! A constant turns out to be the topic that is read.
use streams_runtime::prelude::*;

const LINES: &str = "lines";

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.filter(|_, line| !line.is_empty()).to(LINES);
    }
}

fn main() {}
